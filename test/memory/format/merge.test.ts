import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {emptyMemory, type Incident, type Memory} from '../../../src/memory/format/format.ts';
import {merge} from '../../../src/memory/format/merge.ts';
import {parseMemory} from '../../../src/memory/format/parse.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {memories} from '../an-arbitrary-memory.ts';

const text = (memory: Memory) => serialize(memory);

describe('a merge', () => {
  test('does not depend on which side is ours', () => {
    fc.assert(
      fc.property(memories, memories, memories, (base, ours, theirs) => {
        expect(text(merge({base, ours, theirs}))).toBe(text(merge({base, ours: theirs, theirs: ours})));
      }),
    );
  });

  test('with an unchanged side returns the other side and the ledger of both', () => {
    fc.assert(
      fc.property(memories, memories, (base, other) => {
        const theirs = {...other, horizon: Math.max(base.horizon, other.horizon)};
        const times = (key: string) => Math.max(base.done[key] ?? 0, theirs.done[key] ?? 0);
        const done = Object.fromEntries(Object.keys({...base.done, ...theirs.done}).map(key => [key, times(key)]));
        const left = Object.entries(theirs.unfinished).filter(([key]) => !(key in done));
        const expected = {...theirs, done, unfinished: Object.fromEntries(left)};
        expect(text(merge({base, ours: base, theirs}))).toBe(text(expected));
      }),
    );
  });

  test('of two equal sides returns that side', () => {
    fc.assert(
      fc.property(memories, memories, (base, both) => {
        expect(text(merge({base, ours: both, theirs: both}))).toBe(text(both));
      }),
    );
  });

  test('changes nothing if it is repeated', () => {
    fc.assert(
      fc.property(memories, memories, memories, (base, ours, theirs) => {
        const merged = merge({base, ours, theirs});
        expect(text(merge({base: theirs, ours: merged, theirs}))).toBe(text(merged));
      }),
    );
  });

  test('is valid and keeps every script that was started', () => {
    fc.assert(
      fc.property(memories, memories, memories, (base, ours, theirs) => {
        const merged = merge({base, ours, theirs});
        expect(parseMemory(text(merged), 3).kind).toBe('memory');
        for (const [key, entry] of Object.entries(ours.unfinished)) {
          const isNew = entry.remediate === 'started' && base.unfinished[key] === undefined;
          if (isNew) expect(merged.unfinished[key] ?? merged.done[key]).toBeDefined();
        }
        expect(merged.horizon).toBe(Math.max(ours.horizon, theirs.horizon));
      }),
    );
  });
});

describe('an incident that both sides changed', () => {
  const incident: Incident = {
    id: 'K7Q2M9',
    rule: 'r',
    blueprint: 'b',
    entity: 'e',
    title: 'E',
    state: 'open',
    since: 10,
    at: 10_000,
    value: 'Degraded',
    attempts: 1,
    escalated: 0,
    turns: [10],
    told: {default: {at: 10}},
  };
  const shard = (one: Partial<Incident>) => ({...emptyMemory(3, 0), incidents: [{...incident, ...one}]});
  const base = shard({});

  test('has the state of the later change, and the larger counts', () => {
    const ours = shard({at: 30_000, state: 'closed', closed: 30, told: {default: {at: 30}}});
    const theirs = shard({
      attempts: 2,
      lastRun: 20,
      gaveUp: true,
      told: {default: {at: 10}, leads: {at: 20}},
      escalated: 1,
    });
    expect(merge({base, ours, theirs}).incidents).toEqual([
      {
        ...incident,
        at: 30_000,
        state: 'closed',
        closed: 30,
        attempts: 2,
        lastRun: 20,
        gaveUp: true,
        escalated: 1,
        told: {default: {at: 30}, leads: {at: 20}},
      },
    ]);
  });

  test('stays removed if a person removed its line and the other side did not change it', () => {
    expect(merge({base, ours: base, theirs: {...base, incidents: []}}).incidents).toEqual([]);
    expect(merge({base, ours: shard({attempts: 2}), theirs: {...base, incidents: []}}).incidents).toHaveLength(1);
  });
});

test('a message that one side sent is done, like a script that one side finished', () => {
  const key = '9f86d081884c7d65';
  const begun = {t: 1, run: '1/1', at: 1, notify: {a: 'todo', b: 'todo'}, remediate: 'started'} as const;
  const shard = (entry: object) => ({...emptyMemory(3, 0), unfinished: {[key]: {...begun, ...entry}}});
  const merged = merge({
    base: shard({}),
    ours: shard({notify: {a: 'done', b: 'failed'}}),
    theirs: shard({notify: {a: 'todo', b: 'done'}, remediate: 'done'}),
  });
  expect(merged).toMatchObject({unfinished: {}, done: {[key]: 1}});
});
