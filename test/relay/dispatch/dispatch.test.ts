import {createHash} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {createDispatch, type DispatchSettings} from '../../../relay/dispatch/dispatch.ts';
import type {DispatchOutcome} from '../../../relay/dispatch/dispatch-outcome.ts';
import type {Change} from '../../../src/change/change.ts';
import {MAX_PAYLOAD_BYTES} from '../../../src/change/payload/encode-payload.ts';
import {transitionOf} from '../../../src/change/transition.ts';
import {partitionOf} from '../../../src/dispatch/partition-of.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {gzipNow} from '../test-relay.ts';
import {type Attempt, createVirtualGitHub, ok, type RequestEnd} from '../virtual-github.ts';

const HOLD_MS = 8_000;

const rules = parseRules(
  'version: 1\nincidents: {blueprint: incident}\nrules: [{name: health, blueprint: deploymentConfig, property: healthStatus, notify: true}]',
  'rules.yml',
);

interface Delays {
  /** The time that packing a batch takes. */
  readonly packMs?: number;
  /** Packing fails on a batch with this text. */
  readonly failsOn?: string;
  /** The time that the nth request waits for a token and a connection. */
  readonly readyMs?: (n: number) => number;
}

/** A dispatcher with a GitHub that gives these responses, on a virtual clock. */
function aDispatcher(
  end: (attempt: Attempt, n: number) => RequestEnd = () => ok,
  settings: Partial<DispatchSettings> = {},
  {packMs = 0, failsOn, readyMs}: Delays = {},
) {
  const clock = createManualClock();
  const startMs = clock.now();
  const {github, attempts, ids} = createVirtualGitHub(clock, end, readyMs);
  const seen: {
    accepted: number;
    refused: string[];
    bugs: unknown[];
    limitedMs: number[];
    results: string[];
    holding: number;
  } = {
    accepted: 0,
    refused: [],
    bugs: [],
    limitedMs: [],
    results: [],
    holding: 0,
  };
  const dispatch = createDispatch(
    {
      repository: {owner: 'acme', name: 'operations'},
      eventType: 'port-catalog-change',
      partitions: 4,
      dispatchesPerMinute: 60,
      ackTimeoutMs: HOLD_MS,
      ...settings,
    },
    {
      github,
      clock,
      random: () => 1,
      async gzip(pieces, maxBytes) {
        if (packMs > 0) await new Promise<void>(resolve => clock.after(packMs, resolve));
        const all = [...pieces];
        if (failsOn !== undefined && all.some(piece => piece.includes(failsOn))) throw new Error('cannot compress');
        return gzipNow(all, maxBytes);
      },
      observer: {
        onAttempt: ({result}) => void seen.results.push(result),
        onLimited: waitMs => void seen.limitedMs.push(waitMs),
        onPendingCount: changes => {
          seen.holding = changes;
        },
        onAccepted: () => void seen.accepted++,
        onRefused: reason => void seen.refused.push(reason),
        onBug: error => void seen.bugs.push(error),
      },
    },
  );
  const answered = new Map<string, {outcome: DispatchOutcome; atMs: number}>();
  /** Holds a change until it is answered, as for a webhook. */
  const hold = (change: Change, timeoutMs = HOLD_MS) => {
    const transition = transitionOf(change, 'healthStatus');
    const receivedAt = new Date(clock.now()).toISOString();
    return dispatch({change, transition, rules, receivedAt, timeoutMs}).then(outcome => {
      answered.set(change.id, {outcome, atMs: clock.now() - startMs});
      return outcome;
    });
  };
  const kinds = () => Object.fromEntries([...answered].map(([id, {outcome}]) => [id, outcome.kind]));
  return {clock, attempts, ids, seen, hold, answered, kinds, now: () => clock.now() - startMs, startMs};
}

/** Text that does not compress to less than half. */
function incompressible(seed: number, length = 12_000): string {
  const blocks = Array.from({length: Math.ceil(length / 64)}, (_, n) =>
    createHash('sha256').update(`${seed}.${n}`).digest('hex'),
  );
  return blocks.join('').slice(0, length);
}

/** Changes of one entity, and so of one partition, in order. */
function changesOf(entity: string, n: number, properties: Record<string, unknown> = {}): Change[] {
  return Array.from({length: n}, (_, i) => aChange({entity, runId: `${entity}-${i + 1}`, properties}));
}

/** One change of each of several entities in different partitions. */
function inPartitions(n: number): Change[] {
  const found = new Map<number, Change>();
  for (let i = 0; found.size < n; i++) {
    const change = aChange({entity: `entity-${i}`, runId: `entity-${i}`});
    const partition = partitionOf(change, 4);
    if (!found.has(partition)) found.set(partition, change);
  }
  return [...found.values()];
}

describe('an internal error of the relay', () => {
  test('is reported, fails only the change that causes it, and does not delay others', async () => {
    const {clock, ids, seen, hold, kinds} = aDispatcher(() => ok, {dispatchesPerMinute: 600}, {failsOn: '"poison"'});
    const [first, ...others] = changesOf('a', 12);
    if (first) void hold(first); // while it is in flight, the others form one batch that must be packed
    for (const [n, change] of others.entries()) {
      const readme = n === 4 ? 'poison' : '';
      const properties = {
        ...change.after?.properties,
        readme,
        incompressible: incompressible(n, n === 4 ? 55_000 : 12_000),
      };
      void hold({...change, after: {properties, relations: {}}});
    }
    await clock.pass(HOLD_MS);
    expect(kinds()).toEqual({
      ...Object.fromEntries([...Array(12).keys()].map(n => [`a-${n + 1}`, 'accepted'])),
      'a-6': 'permanent',
    });
    expect(ids().flat()).toHaveLength(11);
    expect(seen.bugs).toContainEqual(new Error('cannot compress'));
    expect(seen.refused).toEqual([]);
    expect(seen.holding).toBe(0);
  });
});

describe('group commit', () => {
  test('dispatches immediately if the relay is idle, and answers after GitHub accepted', async () => {
    const {clock, attempts, hold, answered} = aDispatcher();
    const change = aChange({runId: 'r_1'});
    void hold(change);
    await clock.pass(0);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.payload).toEqual({
      version: 1,
      title: 'notification-service-prod: healthStatus Healthy → Degraded',
      partition: partitionOf(change, 4),
      partitions: 4,
      receivedAt: '2025-11-23T12:13:20.000Z',
      changes: [change],
    });
    await clock.pass(299);
    expect(answered.size).toBe(0);
    await clock.pass(1);
    const accepted = {kind: 'accepted', partition: partitionOf(change, 4), batch: 1};
    expect(answered.get('r_1')).toEqual({outcome: accepted, atMs: 300});
  });

  test('sends a command for an incident to the partition of its subject', async () => {
    const {clock, attempts, hold, kinds} = aDispatcher();
    for (const subject of inPartitions(4)) {
      const properties = {subjectBlueprint: subject.blueprint, subjectEntity: subject.entity};
      void hold(aChange({blueprint: 'incident', entity: 'K7Q2M9', runId: subject.entity, properties}));
      await clock.pass(300);
      expect(attempts.at(-1)?.payload.partition).toBe(partitionOf(subject, 4));
    }
    expect(Object.values(kinds())).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  });

  test('collects the next batch while a batch of the partition is in flight', async () => {
    const {clock, attempts, ids, hold, answered} = aDispatcher();
    for (const change of changesOf('a', 4)) void hold(change);
    await clock.pass(300);
    expect(ids()).toEqual([['a-1'], ['a-2', 'a-3', 'a-4']]);
    expect([...answered.keys()]).toEqual(['a-1']);
    expect(attempts[1]?.payload.title).toBe('3 changes: healthStatus → Degraded in a');
    await clock.pass(300);
    expect(answered.get('a-4')?.outcome).toMatchObject({kind: 'accepted', batch: 3});
  });

  test('does not let partitions wait for each other', async () => {
    const {clock, attempts, hold} = aDispatcher();
    for (const change of inPartitions(4)) void hold(change);
    await clock.pass(0);
    expect(attempts.map(({payload}) => payload.partition).toSorted()).toEqual([0, 1, 2, 3]);
  });

  test('packs a batch that does not fit as plain JSON', async () => {
    const {clock, attempts, ids, hold} = aDispatcher(() => ok, {partitions: 1});
    const changes = changesOf('a', 60, {notes: 'x'.repeat(2_000)});
    for (const change of changes) void hold(change);
    await clock.pass(1_000);
    expect(ids().map(({length}) => length)).toEqual([1, 59]);
    expect(attempts[1]?.bytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    expect(attempts.flatMap(one => one.changes)).toEqual(changes);
  });

  test('puts the rest into the next batch, in the order of each entity', async () => {
    const {clock, attempts, ids, hold} = aDispatcher(() => ok, {partitions: 1});
    const large = (n: number) =>
      aChange({entity: 'a', runId: `a-${n}`, from: incompressible(n), to: incompressible(n + 0.5)});
    for (let n = 1; n <= 5; n++) void hold(large(n));
    await clock.pass(HOLD_MS);
    expect(ids()).toEqual([['a-1'], ['a-2', 'a-3'], ['a-4', 'a-5']]);
    expect(attempts.every(({bytes}) => bytes <= MAX_PAYLOAD_BYTES)).toBe(true);
    expect(attempts.flatMap(({changes}) => changes.flatMap(({truncated}) => truncated ?? []))).toEqual([]);
  });

  test('cuts unread parts of a single change that is too large, and marks it', async () => {
    const {clock, attempts, hold} = aDispatcher();
    void hold(aChange({properties: {readme: incompressible(1, 100_000)}}));
    await clock.pass(0);
    expect(attempts[0]?.bytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    expect(attempts[0]?.changes[0]).toMatchObject({
      before: {properties: {healthStatus: 'Healthy'}},
      truncated: ['before.properties.*', 'after.properties.*'],
    });
  });

  test('answers a webhook and its repetition with one change', async () => {
    const {clock, ids, hold, answered} = aDispatcher();
    const [change = aChange()] = changesOf('a', 1);
    const both = Promise.all([hold(change), hold(change)]);
    await clock.pass(300);
    expect((await both).map(({kind}) => kind)).toEqual(['accepted', 'accepted']);
    expect(ids()).toEqual([['a-1']]);
    expect(answered.size).toBe(1);
  });
});

describe('the budget', () => {
  test('collects changes that arrive faster than dispatches are allowed', async () => {
    const {clock, ids, hold} = aDispatcher(() => ({afterMs: 10, status: 204}), {partitions: 1});
    // The first four use a quarter of the burst. A webhook of each is held while the next arrives.
    for (const [n, change] of changesOf('a', 24).entries()) {
      void hold(change);
      await clock.pass(n < 4 ? 20 : 5);
    }
    await clock.pass(1_000);
    const sizes = ids().map(({length}) => length);
    expect(sizes.slice(0, 4)).toEqual([1, 1, 1, 1]);
    expect(sizes.length).toBeLessThan(9);
  });

  test('dispatches single changes immediately while the budget allows it', async () => {
    const {clock, attempts, hold, now} = aDispatcher(() => ({afterMs: 10, status: 204}));
    const heldMs: number[] = [];
    for (const change of changesOf('a', 12)) {
      const startMs = now();
      const outcome = hold(change);
      await clock.pass(10);
      await outcome;
      heldMs.push(now() - startMs);
    }
    expect(heldMs).toEqual(Array(12).fill(10));
    expect(attempts).toHaveLength(12);
  });

  test('answers a change at its deadline if it cannot be dispatched in time', async () => {
    const {clock, hold, answered} = aDispatcher(() => ok, {dispatchesPerMinute: 2, partitions: 1});
    for (const change of changesOf('a', 2)) void hold(change);
    await clock.pass(HOLD_MS);
    expect(answered.get('a-2')).toEqual({
      outcome: {
        kind: 'retryable',
        retryAfterSeconds: 5,
        message:
          'More changes arrive than 2 dispatches a minute can carry (REACTOR_MAX_DISPATCHES_PER_MINUTE). The change was not dispatched. Send it again in 5 s.',
      },
      atMs: HOLD_MS,
    });
  });

  test('refuses a change immediately if there is no room for it', async () => {
    const {clock, hold} = aDispatcher(() => ({afterMs: 60_000, status: undefined}));
    const [one = aChange(), ...others] = changesOf('a', 40, {readme: 'x'.repeat(500_000)});
    for (const change of [one, ...others]) void hold(change);
    await clock.pass(0);
    expect(await hold(aChange({entity: 'late'}))).toMatchObject({
      kind: 'retryable',
      message: expect.stringMatching(/as many changes as its memory allows/),
    });
  });
});

describe('a rate limit of GitHub', () => {
  const limitFirst =
    (headers: Record<string, string>, status = 429) =>
    (_attempt: Attempt, n: number) =>
      n === 1 ? {afterMs: 100, status, headers} : ok;

  test('refuses held and new changes until it ends', async () => {
    const {clock, attempts, hold, answered, seen} = aDispatcher(limitFirst({'retry-after': '30'}));
    for (const change of changesOf('a', 2)) void hold(change);
    await clock.pass(100);
    const limited = (seconds: number) => ({
      kind: 'retryable',
      retryAfterSeconds: seconds,
      message: `GitHub limits the rate of requests (429). The change was not dispatched. Send it again in ${seconds} s.`,
    });
    expect([answered.get('a-1')?.outcome, answered.get('a-2')?.outcome]).toEqual([limited(30), limited(30)]);
    await clock.pass(12_500);
    expect(await hold(aChange({entity: 'b'}))).toEqual(limited(18));
    expect(attempts).toHaveLength(1);
    expect(seen.limitedMs).toEqual([30_000]);
    await clock.pass(17_500);
    const late = hold(aChange({entity: 'c'}));
    await clock.pass(300);
    expect(await late).toMatchObject({kind: 'accepted'});
  });

  test('is probed by one dispatch at its end, before others follow', async () => {
    const {clock, attempts, hold} = aDispatcher(limitFirst({'retry-after': '30'}));
    void hold(aChange({entity: 'first'}));
    await clock.pass(30_200);
    for (const change of inPartitions(4)) void hold(change);
    await clock.pass(299);
    expect(attempts).toHaveLength(2);
    await clock.pass(1);
    expect(attempts).toHaveLength(5);
  });

  test.each<[string, number, Record<string, string>]>([
    ['Retry-After: 0', 429, {'retry-after': '0'}],
    ['Retry-After: 3', 429, {'retry-after': '3'}],
    ['a date 3 s ahead', 403, {'retry-after': 'Sun, 23 Nov 2025 12:13:23 GMT'}],
    ['a reset 3 s ahead', 403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1763900003'}],
    ['503 with Retry-After: 1', 503, {'retry-after': '1'}],
    ['the last request, and a reset 3 s ahead', 204, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1763900003'}],
  ])('%s: held and new changes wait until it ends', async (_, status, headers) => {
    const {clock, attempts, hold, kinds} = aDispatcher(limitFirst(headers, status));
    for (const change of changesOf('a', 3)) void hold(change);
    await clock.pass(500);
    for (const change of changesOf('b', 3)) void hold(change);
    await clock.pass(5_000);
    expect(Object.values(kinds())).toEqual(Array(6).fill('accepted'));
    expect(attempts.length).toBeLessThanOrEqual(4);
  });

  test.each<[string, Delays]>([
    ['is being packed', {packMs: 500}],
    ['waits for a token or a connection', {readyMs: n => (n === 2 ? 500 : 0)}],
    ['waits for a connection until after the limit', {readyMs: n => (n === 2 ? 3_200 : 0)}],
  ])('stops a batch that %s until a probe succeeds', async (_, slow) => {
    const {clock, attempts, hold, kinds} = aDispatcher(limitFirst({'retry-after': '3'}), {}, slow);
    const [one = aChange(), other = aChange()] = inPartitions(2);
    void hold(one);
    void hold({...other, title: 'x'.repeat(60_000)});
    await clock.pass(3_000);
    expect(attempts).toHaveLength(1);
    await clock.pass(5_000);
    expect(Object.values(kinds())).toEqual(['accepted', 'accepted']);
    const [limited = 0, probe = 0, next = 0] = attempts.map(({atMs}) => atMs);
    expect(probe).toBeGreaterThanOrEqual(limited + 3_100);
    expect(next).toBeGreaterThanOrEqual(probe + 300);
  });

  test('answers a webhook with an earlier deadline immediately, with the rest of the limit', async () => {
    const {clock, hold, answered} = aDispatcher(limitFirst({'retry-after': '5'}));
    void hold(aChange({runId: 'short'}), 3_000);
    void hold(aChange({runId: 'long'}));
    await clock.pass(100);
    expect(answered.get('short')).toMatchObject({outcome: {kind: 'retryable', retryAfterSeconds: 5}, atMs: 100});
    expect(await hold(aChange({runId: 'new'}), 4_000)).toMatchObject({kind: 'retryable', retryAfterSeconds: 5});
    await clock.pass(6_000);
    expect(answered.get('long')?.outcome).toMatchObject({kind: 'accepted'});
  });

  test('allows no request between the last of the hour and the reset', async () => {
    const resetSeconds = 1_763_900_000 + 120;
    const headers = {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(resetSeconds)};
    const {clock, hold, answered} = aDispatcher(limitFirst(headers, 204));
    for (const change of changesOf('a', 2)) void hold(change);
    await clock.pass(100);
    expect(answered.get('a-1')?.outcome).toMatchObject({kind: 'accepted'});
    expect(answered.get('a-2')?.outcome).toMatchObject({kind: 'retryable', retryAfterSeconds: 120});
  });
});

describe('failures of GitHub', () => {
  test('stop a batch that waits for a connection while a probe runs', async () => {
    const fail = (_attempt: Attempt, n: number): RequestEnd => (n <= 2 ? {afterMs: 1_000, status: 502} : ok);
    const {clock, attempts, hold, kinds} = aDispatcher(fail, {}, {readyMs: n => (n === 2 ? 1_500 : 0)});
    for (const change of inPartitions(2)) void hold(change);
    await clock.pass(1_900);
    expect(attempts).toHaveLength(2); // the first, and a probe in flight
    await clock.pass(3_000);
    expect(Object.values(kinds())).toEqual(['accepted', 'accepted']);
  });

  test('are retried while a webhook is held, in order and before later changes', async () => {
    const {clock, ids, hold, kinds} = aDispatcher((_attempt, n) => (n <= 2 ? {afterMs: 50, status: 502} : ok));
    for (const change of changesOf('a', 3)) void hold(change);
    await clock.pass(2_000);
    expect(ids()).toEqual([['a-1'], ['a-1', 'a-2', 'a-3'], ['a-1', 'a-2', 'a-3']]);
    expect(kinds()).toEqual({'a-1': 'accepted', 'a-2': 'accepted', 'a-3': 'accepted'});
  });

  test('can repeat a change with the same id if the response was lost', async () => {
    const {clock, ids, hold, kinds} = aDispatcher((_attempt, n) =>
      n === 1 ? {afterMs: 50, status: undefined, accepted: true} : ok,
    );
    void hold(aChange({runId: 'r_1'}));
    await clock.pass(1_000);
    expect(ids()).toEqual([['r_1'], ['r_1']]);
    expect(kinds()).toEqual({r_1: 'accepted'});
  });

  test('are answered at the deadline with a Retry-After time', async () => {
    const {clock, hold, answered, attempts} = aDispatcher(() => ({afterMs: 20, status: undefined}));
    void hold(aChange({runId: 'r_1'}));
    await clock.pass(HOLD_MS);
    expect(answered.get('r_1')).toEqual({
      outcome: {
        kind: 'retryable',
        retryAfterSeconds: 5,
        message:
          'GitHub could not be reached: words. GitHub may have accepted the change anyway. Send it again in 5 s.',
      },
      atMs: expect.any(Number),
    });
    expect(answered.get('r_1')?.atMs).toBeLessThanOrEqual(HOLD_MS);
    expect(attempts.length).toBeGreaterThan(4);
    expect(attempts.length).toBeLessThan(12);
  });

  test('allow one probe at a time', async () => {
    const {clock, attempts, hold} = aDispatcher(() => ({afterMs: 60_000, status: 204}));
    for (const change of inPartitions(4)) void hold(change);
    await clock.pass(4_000);
    expect(attempts).toHaveLength(4);
    for (const change of inPartitions(4)) void hold({...change, id: `${change.id}-b`}, 20_000);
    await clock.pass(10_000);
    const probes = attempts.slice(4);
    expect(probes.length).toBeLessThanOrEqual(5);
    const gaps = probes.slice(1).map(({atMs}, i) => atMs - (probes[i]?.atMs ?? 0));
    expect(gaps.every(gap => gap >= 2_000)).toBe(true);
  });

  test('end at most three seconds after GitHub works again', async () => {
    let isDown = true;
    const {clock, attempts, hold, startMs} = aDispatcher(() => (isDown ? {afterMs: 60_000, status: undefined} : ok));
    for (let second = 0; second < 30; second++) {
      for (const change of inPartitions(4)) void hold({...change, id: `${change.id}-${second}`});
      await clock.pass(1_000);
    }
    isDown = false;
    for (let tenth = 0; tenth < 50; tenth++) {
      for (const change of inPartitions(4)) void hold({...change, id: `${change.id}-later-${tenth}`});
      await clock.pass(100);
    }
    const first = attempts.find(({accepted}) => accepted);
    expect((first?.atMs ?? Number.POSITIVE_INFINITY) - startMs - 30_000).toBeLessThan(3_000);
    expect(new Set(attempts.filter(({accepted}) => accepted).map(({payload}) => payload.partition)).size).toBe(4);
  });

  test('with status 503 and Retry-After are answered with that time', async () => {
    const {clock, hold} = aDispatcher(() => ({afterMs: 20, status: 503, headers: {'retry-after': '17'}}));
    const outcome = hold(aChange());
    await clock.pass(20);
    expect(await outcome).toMatchObject({kind: 'retryable', retryAfterSeconds: 17});
  });
});

describe('combinations', () => {
  test('a slow GitHub counts as working', async () => {
    const {clock, attempts, hold, kinds} = aDispatcher((_attempt, n) =>
      n % 6 === 1 ? {afterMs: 20, status: 500} : {afterMs: 3_000, status: 204},
    );
    for (let second = 0; second < 20; second++) {
      void hold(aChange({entity: 'a', runId: `r_${second}`}));
      await clock.pass(1_000);
    }
    await clock.pass(HOLD_MS);
    expect(attempts.map(({timeoutMs}) => timeoutMs).filter(ms => !Number.isInteger(ms))).toEqual([]); // AbortSignal needs integers
    expect(attempts.filter(({accepted}) => accepted).length).toBeGreaterThan(3);
    expect(kinds()['r_19']).toBe('accepted');
  });

  test('a limit in four answers counts as one', async () => {
    const {clock, hold, answered} = aDispatcher(() => ({
      afterMs: 100,
      status: 403,
      headers: {'x-ratelimit-remaining': '0'},
    }));
    for (const change of inPartitions(4)) void hold(change);
    await clock.pass(100);
    const waits = [...answered.values()].map(({outcome}) => outcome.kind === 'retryable' && outcome.retryAfterSeconds);
    expect(waits).toEqual(Array(4).fill(60));
  });

  test('changes that share the id of a run, but are not the same, are each dispatched', async () => {
    const {clock, attempts, hold} = aDispatcher(() => ok, {partitions: 1});
    for (const to of ['Degraded', 'Crashed']) void hold(aChange({runId: 'wfr_1', to}));
    await clock.pass(1_000);
    expect(attempts.flatMap(({changes}) => changes.map(({after}) => after?.properties['healthStatus']))).toEqual([
      'Degraded',
      'Crashed',
    ]);
  });

  test('a failure during a limit is answered immediately with the limit', async () => {
    const {clock, hold, answered} = aDispatcher((_attempt, n) =>
      n === 1 ? {afterMs: 100, status: 429, headers: {'retry-after': '60'}} : {afterMs: 200, status: 500},
    );
    const [one = aChange(), other = aChange()] = inPartitions(2);
    void hold(one);
    void hold(other);
    await clock.pass(200);
    expect(answered.get(other.id)).toMatchObject({
      outcome: {retryAfterSeconds: 60, message: expect.stringMatching(/limits the rate.*may have accepted the change/)},
      atMs: 200,
    });
  });

  test('a late acceptance does not end the limit for later changes', async () => {
    const {clock, hold} = aDispatcher((_attempt, n) =>
      n === 1 ? {afterMs: 100, status: 429, headers: {'retry-after': '60'}} : {afterMs: 200, status: 204},
    );
    for (const change of inPartitions(2)) void hold(change);
    await clock.pass(1_000);
    expect(await hold(aChange({entity: 'late'}))).toMatchObject({message: expect.stringMatching(/limits the rate/)});
  });

  test('a change that always fails does not delay the others', async () => {
    const poison = (attempt: Attempt) => attempt.changes.some(({entity}) => entity === 'poison');
    const {clock, hold, answered} = aDispatcher(attempt => ({afterMs: 100, status: poison(attempt) ? 500 : 204}), {
      dispatchesPerMinute: 600,
      partitions: 64,
    });
    void hold(aChange({entity: 'poison', runId: 'poison'}));
    for (let n = 0; n < 12; n++) {
      void hold(aChange({entity: `entity-${n}`, runId: `r_${n}`}));
      await clock.pass(500);
    }
    await clock.pass(2_000);
    const fine = [...answered].filter(([id]) => id !== 'poison');
    expect(fine.map(([, {outcome}]) => outcome.kind)).toEqual(Array(12).fill('accepted'));
  });

  test('answers each of many refused changes with the refusal', async () => {
    const {clock, hold, kinds} = aDispatcher(() => ({afterMs: 10, status: 422}), {dispatchesPerMinute: 600});
    for (const change of changesOf('a', 12)) void hold(change);
    await clock.pass(HOLD_MS);
    expect(new Set(Object.values(kinds()))).toEqual(new Set(['permanent']));
  });
});

describe('permanent refusals', () => {
  test('have a message with the fix, and reach the readiness check', async () => {
    const {clock, hold, seen} = aDispatcher(() => ({afterMs: 20, status: 404}));
    const outcome = hold(aChange());
    await clock.pass(20);
    expect(await outcome).toEqual({kind: 'permanent', message: expect.stringMatching(/Contents: write on acme/)});
    expect(seen).toMatchObject({accepted: 0, refused: [expect.stringMatching(/Contents: write/)]});
  });

  test('affect only the change that GitHub refuses, not others in its batch', async () => {
    const poison = (attempt: Attempt) => attempt.changes.some(({id}) => id === 'a-4');
    const {clock, hold, kinds, ids} = aDispatcher(attempt => ({afterMs: 20, status: poison(attempt) ? 422 : 204}));
    for (const change of changesOf('a', 6)) void hold(change);
    await clock.pass(HOLD_MS);
    expect(kinds()).toEqual({
      ...Object.fromEntries(changesOf('a', 6).map(({id}) => [id, 'accepted'])),
      'a-4': 'permanent',
    });
    expect(ids().at(-1)?.at(-1)).toBe('a-6');
  });
});
