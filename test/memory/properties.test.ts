/** Invariants for any rule and any events, on a virtual clock, with messages that fail and runs that crash. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Change} from '../../src/change/change.ts';
import {decide} from '../../src/decide/evaluate.ts';
import {acknowledge} from '../../src/memory/acknowledge.ts';
import {emptyShards, fold} from '../../src/memory/fold/fold.ts';
import type {Shards} from '../../src/memory/format/format.ts';
import {parseMemory} from '../../src/memory/format/parse.ts';
import {serialize} from '../../src/memory/format/serialize.ts';
import type {NotifyReaction, Reaction, RunReaction} from '../../src/memory/reactions.ts';
import {type Settled, settle} from '../../src/memory/settle.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {runs} from '../helpers/values/runs.ts';
import {minutes, oneRule} from './a-simulation.ts';

const some = (...keys: string[]) => fc.constantFrom('', '', ...keys);

/** A rule, from its keys. */
const written = fc
  .record({
    for: some(', for: 3m'),
    clear: some(', clear: {for: 4m}', ', clear: {to: Healthy}'),
    flapping: some(', flapping: {changes: 3, within: 10m}'),
    cooldown: some(', cooldown: 6m', ', cooldown: 15m'),
    attempts: some(', attempts: 1', ', attempts: 2'),
    verify: some(', verify: 5m', ', verify: 20m'),
    repeat: some('repeat: 7m', 'repeat: {every: 5m, times: 2}'),
    escalate: some(', escalate: [{after: 5m, slack: on-call}, {after: 9m, slack: leads}]'),
    recovery: some(', recovery: false'),
  })
  .map(({for: wait, clear, flapping, cooldown, attempts, verify, repeat, escalate, recovery}) => {
    const notify = `notify: {slack: [a, c]${repeat === '' ? '' : `, ${repeat}`}${escalate}${recovery}}`;
    return `to: [Degraded, Crashed]${wait}${clear}${flapping}, remediate: {run: a.sh${cooldown}${attempts}${verify}}, ${notify}`;
  });

/** What happens in a run, how many minutes after the previous one, and how the run ends. */
const event = fc.record({
  wait: fc.constantFrom(0, 1, 1, 2, 5, 12, 40),
  what: fc.constantFrom(
    'Degraded',
    'Degraded',
    'Crashed',
    'Healthy',
    'Healthy',
    'Unknown',
    'delete',
    'tick',
    'ack',
    'again',
  ),
  outcome: fc.constantFrom('done', 'done', 'done', 'failed', 'dies'),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  readonly minute: number;
  readonly changes: readonly Change[];
  readonly reactions: readonly Reaction[];
  readonly outcome: Event['outcome'];
  readonly shards: Shards;
}

function replayEvents(rules: Rules, events: readonly Event[]): Run[] {
  let [minute, value, shards, last]: [number, unknown, Shards, Change | undefined] = [
    0,
    'Healthy',
    emptyShards(),
    undefined,
  ];
  return events.map(({wait, what, outcome}, index) => {
    minute += wait;
    const nowMs = minutes(minute) + index; // no two changes at the same millisecond
    const at = {blueprint: 'b', entity: 'e', property: 'p', at: new Date(nowMs).toISOString()};
    const changes: Change[] = [];
    if (what === 'again' && last !== undefined) changes.push(last);
    else if (what === 'delete') changes.push(aChange({...at, action: 'DELETE', from: value}));
    else if (!['tick', 'ack', 'again'].includes(what)) changes.push(aChange({...at, from: value, to: what}));
    if (what === 'ack')
      shards = acknowledge(rules, shards, {isSelected: () => true, by: 'jane', at: Math.floor(nowMs / 1000)}).next;
    const [change] = changes;
    if (change !== undefined && what !== 'again') [last, value] = [change, what === 'delete' ? undefined : what];
    const decided = fold({rules, decisions: decide(rules, changes), shards, nowMs, run: `${index}/1`});
    shards = outcome === 'dies' ? decided.next : settle(decided.next, outcomesOf(decided.reactions, outcome, nowMs));
    return {minute, changes, reactions: decided.reactions, outcome, shards};
  });
}

function outcomesOf(reactions: readonly Reaction[], status: 'done' | 'failed', nowMs: number): Settled[] {
  return reactions.flatMap((reaction): Settled[] => {
    const {shard, key, incident} = reaction;
    if (reaction.kind === 'run') return [{kind: 'script', shard, key, status}];
    if (reaction.kind === 'note') return [];
    const at = Math.floor(nowMs / 1000);
    return reaction.destinations.map(destination => ({
      kind: 'message',
      shard,
      key,
      incident: incident?.id,
      destination,
      status,
      at,
    }));
  });
}

const messagesOf = (runs: readonly Run[]) =>
  runs.flatMap(({reactions}) => reactions.filter((one): one is NotifyReaction => one.kind === 'notify'));
const scriptsOf = (runs: readonly Run[]) =>
  runs.flatMap(({reactions, minute}) =>
    reactions.filter((one): one is RunReaction => one.kind === 'run').map(one => ({...one, minute})),
  );

function always(check: (runs: readonly Run[], rules: Rules) => void, change = (one: Event) => one): void {
  fc.assert(
    fc.property(written, fc.array(event, {minLength: 1, maxLength: 40}), (keys, events) => {
      const rules = oneRule(keys);
      check(replayEvents(rules, events.map(change)), rules);
    }),
    {numRuns: runs(150)},
  );
}

test('a beginning follows another only after an end', () => {
  always((runs, rules) => {
    let isBegun = false;
    for (const {changes, reactions} of runs) {
      const [verdict] = changes.flatMap(change => decide(rules, [change])[0]?.watching ?? []);
      // Due work comes before the change. A change that ends an incident can close it before the clock opens it again.
      for (const reaction of reactions) {
        if (reaction.kind !== 'notify' || reaction.mayBeRepeat) continue;
        if (['recovered', 'deleted', 'stable', 'flapping'].includes(reaction.topic)) isBegun = false;
        if (!['firing', 'reopened'].includes(reaction.topic)) continue;
        expect(isBegun).toBe(false);
        isBegun = true;
      }
      if (verdict?.ends === 'ended') isBegun = false;
    }
  });
});

test('a destination gets an end only if it got the beginning', () => {
  always(runs => {
    const notified = new Set<string>();
    for (const {topic, incident, destinations} of messagesOf(runs)) {
      for (const destination of destinations) {
        const pair = `${incident?.id} ${destination}`;
        if (['recovered', 'deleted', 'stable', 'not-recovered', 'reminder'].includes(topic))
          expect(notified).toContain(pair);
        notified.add(pair);
      }
    }
  });
});

test('no script runs twice for one key, within its cooldown, or more often than its attempts allow', () => {
  always((runs, rules) => {
    const {cooldownMs = 0, attempts = Number.POSITIVE_INFINITY} = rules.rules[0]?.remediate ?? {};
    const all = scriptsOf(runs);
    for (const [index, {minute, attempt}] of all.entries()) {
      const before = all[index - 1];
      if (before !== undefined && before.incident?.id === all[index]?.incident?.id) {
        expect((minute - before.minute) * 60_000).toBeGreaterThanOrEqual(cooldownMs);
      }
      expect(attempt).toBeLessThanOrEqual(attempts);
    }
    const started = all.map(({key, incident}) => `${key} ${incident?.attempts}`);
    expect(new Set(started).size).toBe(started.length);
    for (const id of new Set(all.map(({incident}) => incident?.id))) {
      expect(all.filter(({incident}) => incident?.id === id).length).toBeLessThanOrEqual(attempts);
    }
  });
});

test('a flapping incident has no messages and no scripts', () => {
  always(
    runs => {
      let isFlapping = false;
      for (const reaction of runs.flatMap(({reactions}) => reactions)) {
        if (reaction.kind === 'note') continue;
        const word = reaction.kind === 'notify' ? reaction.topic : 'run';
        if (isFlapping) expect(word).toBe('stable');
        isFlapping = word === 'flapping';
      }
    },
    one => ({...one, outcome: 'done'}),
  );
});

test('the last message reports the current state', () => {
  always(
    (runs, rules) => {
      if (rules.rules[0]?.notify?.recovery === false) return;
      for (const [index, {shards}] of runs.entries()) {
        const [incident] = [...shards.values()].flatMap(({incidents}) => incidents);
        const messages = messagesOf(runs.slice(0, index + 1)).filter(
          ({topic: word, mayBeRepeat}) => word !== 'outcome-unknown' && !mayBeRepeat,
        );
        const last = messages.at(-1)?.topic;
        const isOpen = incident?.state === 'open' || incident?.state === 'clearing';
        if (incident?.flapping !== undefined) expect(last).toBe('flapping');
        else if (isOpen) expect(['recovered', 'deleted', undefined]).not.toContain(last);
        else expect(['firing', 'reopened', 'update', 'reminder', 'escalation']).not.toContain(last);
      }
    },
    one => (one.outcome === 'failed' ? {...one, outcome: 'done'} : one),
  );
});

test('the memory is always valid, and nothing is due in the past', () => {
  always(runs => {
    for (const {shards, minute} of runs) {
      for (const [shard, memory] of shards) {
        expect(parseMemory(serialize(memory), shard)).toMatchObject({kind: 'memory'});
        for (const {due = Number.POSITIVE_INFINITY} of memory.incidents)
          expect(due).toBeGreaterThanOrEqual(minutes(minute) / 1000);
      }
    }
  });
});
