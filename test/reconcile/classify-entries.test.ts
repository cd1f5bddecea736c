import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Change} from '../../src/change/change.ts';
import {decide} from '../../src/decide/evaluate.ts';
import {type ChangeStatus, createStatusOfChange} from '../../src/memory/change-status.ts';
import {emptyShards, fold} from '../../src/memory/fold/fold.ts';
import type {Shards} from '../../src/memory/format/format.ts';
import {settleAll} from '../../src/memory/settle.ts';
import {digestsOf, EntryClassifier} from '../../src/reconcile/classify-entries.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/a-change.ts';

const NOW = Date.parse('2026-11-28T12:00:00.000Z');
const RULES = parseRules(
  `version: 1
rules:
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: true}
  - {name: any-health, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: cpu, blueprint: database, property: cpuUtil, above: 80, notify: true}
`,
  'rules.yml',
);

/** The memory after a run that decided the changes. */
function remembering(changes: readonly Change[], shards: Shards = emptyShards()): Shards {
  const facts = {rules: RULES, shards, nowMs: NOW, run: '1/1', known: ['default']};
  const {reactions, next} = fold({...facts, decisions: decide(RULES, changes)});
  return settleAll(next, reactions, NOW);
}

function account(changes: readonly Change[], shards: Shards, before?: {rules: Record<string, string>; lastMs: number}) {
  const sum = new EntryClassifier({rules: RULES, statusOfChange: createStatusOfChange(shards), before});
  for (const change of changes) sum.take({kind: 'change', identifier: change.id, change});
  const {irrelevant, handled, superseded, undecided} = sum;
  return {irrelevant, handled, superseded, undecided: undecided.map(({entity}) => entity)};
}

const minute = (n: number) => new Date(NOW - 3_600_000 + n * 60_000).toISOString();
const degraded = aChange({entity: 'a', at: minute(1)});
const NONE = {irrelevant: 0, handled: 0, superseded: 0, undecided: []};

describe('a change', () => {
  test('that a run decided is handled, with any id', () => {
    const shards = remembering([{...degraded, id: 'r_1', runId: 'r_1'}]);
    expect(account([degraded], shards)).toEqual({...NONE, handled: 1});
  });

  test('that a run works on, or left unfinished, is handled: that run or the next one continues', () => {
    const facts = {rules: RULES, shards: emptyShards(), nowMs: NOW, run: '1/1', known: ['default']};
    const {next} = fold({...facts, decisions: decide(RULES, [degraded])});
    expect(account([degraded], next)).toEqual({...NONE, handled: 1});
  });

  test('that ended an incident is handled', () => {
    const recovered = aChange({entity: 'a', from: 'Degraded', to: 'Healthy', at: minute(2)});
    expect(account([recovered], remembering([degraded, recovered]))).toEqual({...NONE, handled: 1});
    expect(account([recovered], remembering([degraded]))).toEqual({...NONE, undecided: ['a']});
  });

  test('that no run has seen is undecided', () => {
    expect(account([degraded], remembering([]))).toEqual({...NONE, undecided: ['a']});
  });

  test('that no rule watches is irrelevant', () => {
    const changes = [aChange({property: 'memoryUtil'}), aChange({blueprint: 'cluster'})];
    expect(account(changes, emptyShards())).toEqual({...NONE, irrelevant: 2});
  });

  test('at or before the horizon is superseded', () => {
    const horizon = Date.parse(degraded.at) / 1000;
    const shards = new Map([...emptyShards()].map(([shard, memory]) => [shard, {...memory, horizon}]));
    expect(account([degraded], shards)).toEqual({...NONE, superseded: 1});
  });

  test('older than the last change of its incident is superseded', () => {
    const cpu = (n: number, to: number) =>
      aChange({blueprint: 'database', entity: 'db', property: 'cpuUtil', from: 50, to, at: minute(n)});
    expect(account([cpu(1, 90)], remembering([cpu(5, 95)]))).toEqual({...NONE, superseded: 1});
  });
});

describe('a new rule', () => {
  const before = {rules: {...digestsOf(RULES), 'any-health': 'another'}, lastMs: Date.parse(minute(10))};
  const aCpu = (n: number) =>
    aChange({blueprint: 'database', entity: `at-${n}`, property: 'cpuUtil', from: 50, to: 90, at: minute(n)});

  test('does not apply to changes that were accounted for before it', () => {
    expect(account([aCpu(5)], emptyShards(), {...before, rules: {}})).toEqual({...NONE, irrelevant: 1});
  });

  test('applies to later changes', () => {
    expect(account([aCpu(11)], emptyShards(), {...before, rules: {}})).toEqual({...NONE, undecided: ['at-11']});
  });

  test('does not affect other rules', () => {
    expect(account([degraded], emptyShards(), before)).toEqual({...NONE, undecided: ['a']});
  });
});

test('an unreadable event is not counted in the sum, and an event that is not a change is irrelevant', () => {
  const sum = new EntryClassifier({rules: RULES, statusOfChange: () => 'new'});
  sum.take({kind: 'unreadable', identifier: 'event_1', reason: 'why'});
  sum.take({kind: 'not-a-change', identifier: 'event_2', reason: 'a run'});
  expect(sum).toMatchObject({irrelevant: 1, unreadable: [{identifier: 'event_1', reason: 'why'}]});
});

test('a rule that cannot be decided is always reported', () => {
  const rules = parseRules(
    'version: 1\nrules: [{name: broken, blueprint: deploymentConfig, if: "fromJSON(after.properties.x)", notify: true}]',
    'rules.yml',
  );
  const sum = new EntryClassifier({rules, statusOfChange: () => 'new'});
  const change = aChange({properties: {x: 'not JSON'}});
  sum.take({kind: 'change', identifier: '1', change});
  expect(sum.unclear).toEqual([`broken could not be decided for ${change.entity}, changed at ${change.at}`]);
});

test('the classes add up to all changes', () => {
  const standings = fc.constantFrom<ChangeStatus>('new', 'handled', 'superseded');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), standings)), list => {
      let asked = 0;
      const relevant = list.filter(([isRelevant]) => isRelevant).flatMap(([, standing]) => [standing, standing]);
      const sum = new EntryClassifier({rules: RULES, statusOfChange: () => relevant[asked++] ?? 'new'});
      for (const [index, [isRelevant]] of list.entries()) {
        const change = aChange({entity: `e-${index}`, property: isRelevant ? 'healthStatus' : 'memoryUtil'});
        sum.take({kind: 'change', identifier: change.id, change});
      }
      const {irrelevant, handled, superseded, undecided} = sum;
      expect(irrelevant + handled + superseded + undecided.length).toBe(list.length);
    }),
  );
});
