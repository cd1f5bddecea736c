/** Storms on a virtual clock: bursts from a sender without retries, the outcome of each change, and the requests to GitHub. */
import {describe, expect, test} from '@jest/globals';
import {createDispatch, type Dispatch, type DispatchSettings} from '../../../relay/dispatch/dispatch.ts';
import {MAX_PAYLOAD_BYTES} from '../../../src/change/payload/encode-payload.ts';
import {transitionOf} from '../../../src/change/transition.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {aCatalogChange} from '../../helpers/values/catalog.ts';
import {createRandom} from '../../helpers/values/random.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';
import {aNoopObserver, gzipNow} from '../test-relay.ts';
import {type Attempt, createVirtualGitHub, ok, type RequestEnd} from '../virtual-github.ts';

const HOLD_MS = 8_000;
const SEED = 8;

const rules = parseRules(
  'version: 1\nrules: [{name: health, blueprint: deploymentConfig, property: healthStatus, if: after.properties.locked != true, notify: true}]',
  'rules.yml',
);

interface Storm {
  readonly changes: number;
  readonly overMs: number;
  readonly bytes?: number;
  readonly noise?: number;
  readonly copies?: readonly Partial<DispatchSettings>[];
  readonly end?: (attempt: Attempt, atMs: number) => RequestEnd;
}

const ONE = [{partitions: 4, dispatchesPerMinute: 60}];
const TWO = [
  {partitions: 2, dispatchesPerMinute: 30},
  {partitions: 2, dispatchesPerMinute: 30},
];

/** Sends changes evenly over a period, each once, to the copies of the relay in turn. */
async function storm({changes, overMs, bytes = 700, noise = 0, copies = ONE, end = () => ok}: Storm) {
  const clock = createManualClock();
  const startMs = clock.now();
  const random = createRandom(SEED);
  const {github, attempts} = createVirtualGitHub(clock, one => end(one, clock.now() - startMs));
  const relays = copies.map((settings): Dispatch => {
    const repository = {owner: 'acme', name: 'operations'};
    const defaults = {repository, eventType: 'port-catalog-change', ackTimeoutMs: HOLD_MS};
    const deps = {github, clock, random: random.next, gzip: gzipNow, observer: aNoopObserver()};
    return createDispatch({...defaults, ...ONE[0], ...settings} as DispatchSettings, deps);
  });
  const entities = Math.ceil(changes / 5);
  const lost: string[] = [];
  const lostSentAtMs: number[] = [];
  const acknowledged: string[] = [];
  const send = async (n: number): Promise<void> => {
    const change = aCatalogChange(n, `deployment-${n % entities}`, {bytes, noise});
    const transition = transitionOf(change, 'healthStatus');
    // All changes of an entity go to one copy, because the copies share no state.
    const relay = relays[(n % entities) % relays.length] as Dispatch;
    const receivedAt = new Date(clock.now()).toISOString();
    const outcome = await relay({change, transition, rules, receivedAt, timeoutMs: HOLD_MS});
    if (outcome.kind === 'accepted') acknowledged.push(change.id);
    else {
      lost.push(`${change.id} after ${clock.now() - startMs} ms: ${outcome.message}`);
      lostSentAtMs.push((n * overMs) / changes);
    }
  };
  // In reverse order, because the clock keeps the next timer at the end of its list.
  for (let n = changes - 1; n >= 0; n--) clock.after((n * overMs) / changes, () => void send(n));
  await clock.pass(overMs + 2 * HOLD_MS);
  return {attempts, lost, lostSentAtMs, acknowledged, startMs};
}

/** The largest number of dispatches within a minute. */
function busiestMinute(attempts: readonly Attempt[]): number {
  const times = attempts.map(({atMs}) => atMs);
  return Math.max(...times.map(start => times.filter(time => time >= start && time < start + 60_000).length));
}

/** Changes of an entity that arrive out of order. */
function orderBreaches(attempts: readonly Attempt[]): string[] {
  const last = new Map<string, string>();
  return attempts
    .filter(({accepted}) => accepted)
    .flatMap(({changes}) => changes)
    .flatMap(({entity, at}) => {
      const before = last.get(entity) ?? '';
      last.set(entity, at);
      return before <= at ? [] : [`${entity}: ${at} after ${before}`];
    });
}

describe('every change is accepted', () => {
  const BURSTS: [string, Storm][] = [
    ['50 in 1 s', {changes: 50, overMs: 1_000}],
    ['60 in 10 s', {changes: 60, overMs: 10_000}],
    ['100 in 10 s', {changes: 100, overMs: 10_000}],
    ['100 in 60 s', {changes: 100, overMs: 60_000}],
    ['300 in 60 s', {changes: 300, overMs: 60_000}],
    ['500 at once', {changes: 500, overMs: 1}],
  ];
  const changes = TRIES_ALL ? 10_000 : 3_000;
  const SMALL: [string, Storm] = [`${changes} of 0.7 KB in 60 s`, {changes, overMs: 60_000}];
  const LARGE: [string, Storm] = [`${changes} of 4 KB in 60 s`, {changes, overMs: 60_000, bytes: 4_000, noise: 0.5}];
  /** With two copies, each has half of the load. The large changes are the hardest for one. */
  const COPIES: [string, Storm['copies'], [string, Storm][]][] = [
    ['one copy', ONE, TRIES_ALL ? [SMALL, LARGE] : [LARGE]],
    ['two copies with half of the budget each', TWO, TRIES_ALL ? [SMALL, LARGE] : [SMALL]],
  ];

  describe.each(COPIES)('%s', (_copies, copies = ONE, storms) => {
    test.each([...BURSTS, ...storms])('%s', async (_burst, options) => {
      const {attempts, lost, acknowledged} = await storm({...options, copies});
      expect(lost.slice(0, 3)).toEqual([]);
      const dispatched = attempts.filter(({accepted}) => accepted).flatMap(({changes}) => changes.map(({id}) => id));
      expect(dispatched.toSorted()).toEqual(acknowledged.toSorted());
      expect(acknowledged).toHaveLength(options.changes);
      expect(busiestMinute(attempts)).toBeLessThanOrEqual(60);
      expect(Math.max(...attempts.map(({bytes}) => bytes))).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      expect(orderBreaches(attempts)).toEqual([]);
    });
  });
});

describe('an outage of GitHub for 30 s', () => {
  const [AWAY_MS, BACK_MS] = [10_000, 40_000];
  const OUTAGES: [string, RequestEnd][] = [
    ['it cannot be reached', {afterMs: 1, status: undefined, accepted: false}],
    ['it does not answer', {afterMs: 60_000, status: undefined, accepted: false}],
    ['it answers 502', {afterMs: 100, status: 502}],
    ['it answers 503 with Retry-After: 1', {afterMs: 100, status: 503, headers: {'retry-after': '1'}}],
  ];

  test.each(OUTAGES)(
    '%s: the relay accepts changes again within 3 s, and no acknowledged change is missing',
    async (_, outage) => {
      const end = (_attempt: Attempt, atMs: number) => (atMs >= AWAY_MS && atMs < BACK_MS ? outage : ok);
      const {attempts, lostSentAtMs, acknowledged, startMs} = await storm({changes: 600, overMs: 60_000, end});
      const accepted = attempts.filter(one => one.accepted);
      const first = accepted.find(({atMs}) => atMs - startMs >= BACK_MS);
      expect((first?.atMs ?? Number.POSITIVE_INFINITY) - startMs - BACK_MS).toBeLessThan(3_000);
      // Every change that the relay could still hold when GitHub was back is accepted.
      expect(Math.max(...lostSentAtMs)).toBeLessThan(BACK_MS);
      const dispatched = new Set(accepted.flatMap(({changes}) => changes.map(({id}) => id)));
      expect(acknowledged.filter(id => !dispatched.has(id))).toEqual([]);
      expect(orderBreaches(attempts)).toEqual([]);
      expect(busiestMinute(attempts)).toBeLessThanOrEqual(60);
    },
  );
});
