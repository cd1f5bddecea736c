import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {type ComparedSide, compareSides} from '../../src/lint-mode/compare.ts';
import {parseRuleTests} from '../../src/rule-tests/parse-rule-tests.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {rulesFile} from '../helpers/values/plans.ts';

const CHANGE =
  'change: {blueprint: deploymentConfig, entity: shop, property: healthStatus, from: Healthy, to: Degraded}';

/** @param tests each as YAML in one line */
function side(rules: string | undefined, tests: readonly string[] = []): ComparedSide {
  const text = `version: 1\ntests:\n${tests.map(one => `  - {${one}}\n`).join('')}`;
  return {
    written: rules === undefined ? undefined : parse(rules),
    rules: rules === undefined ? undefined : parseRules(rules, 'rules.yml'),
    tests: tests.length === 0 ? [] : parseRuleTests(text, 'tests.yml', {rules: undefined, readText: () => ''}),
  };
}

const NOTIFY = rulesFile(['to: Degraded, notify: true']);
const HEAL = rulesFile(['to: Degraded, remediate: {job: heal}']);
const DEGRADES = `name: it degrades, ${CHANGE}, expect: {rules: [rule-1]}`;

describe('rules', () => {
  const compared = (before: string | undefined, after: string) => compareSides(side(before), side(after)).rules;
  const NONE = {added: [], removed: [], changed: [], shared: []};

  test.each<[string, string | undefined, string, object]>([
    ['the same', NOTIFY, NOTIFY, NONE],
    [
      'the same rules in another notation',
      NOTIFY,
      `# a comment\n${NOTIFY.replace('to: Degraded, notify: true', "notify: true, to: 'Degraded'")}`,
      NONE,
    ],
    ['all new', undefined, NOTIFY, {...NONE, added: ['rule-1'], shared: []}],
    [
      'one removed, one added',
      rulesFile(['name: a, notify: true']),
      rulesFile(['name: b, notify: true']),
      {...NONE, added: ['b'], removed: ['a']},
    ],
    ['one changed, by its keys', NOTIFY, HEAL, {...NONE, changed: [{name: 'rule-1', keys: ['remediate', 'notify']}]}],
    [
      'shared keys',
      NOTIFY,
      rulesFile(['to: Degraded, notify: true'], 'statuses: {healthStatus: [Healthy, Degraded]}'),
      {...NONE, shared: ['statuses']},
    ],
    [
      'another order of rules',
      rulesFile(['name: a, notify: true', 'name: b, notify: true']),
      rulesFile(['name: b, notify: true', 'name: a, notify: true']),
      NONE,
    ],
  ])('%s', (_, before, after, expected) => {
    expect(compared(before, after)).toEqual(expected);
  });
});

describe('rule tests', () => {
  const compared = (before: ComparedSide, after: ComparedSide) => compareSides(before, after).tests;

  test('without changes have no reactions to show', () => {
    const one = side(NOTIFY, [DEGRADES]);
    expect(compared(one, one)).toEqual([{name: 'it degrades', kind: 'kept', before: true, after: true, reactions: []}]);
  });

  test('that moved in the file are the same', () => {
    const other = `name: other, ${CHANGE}, expect: {rules: [rule-1]}`;
    const kinds = compared(side(NOTIFY, [DEGRADES, other]), side(NOTIFY, [other, DEGRADES])).map(({kind}) => kind);
    expect(kinds).toEqual(['kept', 'kept']);
  });

  test('that passed and now fail show the different reactions', () => {
    const mild = rulesFile(['to: Crashed, notify: true', 'name: fresh, from: Healthy, notify: {slack: ops}']);
    const [result] = compared(side(NOTIFY, [DEGRADES]), side(mild, [DEGRADES]));
    expect(result).toMatchObject({kind: 'kept', before: true, after: false});
    expect(result?.reactions).toMatchObject([
      {
        rules: {before: ['rule-1'], after: ['fresh']},
        messages: {before: [{slack: 'default'}], after: [{slack: 'ops'}]},
        remediations: {before: [], after: []},
        muted: {before: [], after: []},
      },
    ]);
    expect(result?.reactions[0]).not.toHaveProperty('of');
  });

  test('that still pass show different reactions', () => {
    const [result] = compared(side(NOTIFY, [DEGRADES]), side(HEAL, [DEGRADES]));
    expect(result).toMatchObject({before: true, after: true});
    expect(result?.reactions[0]?.remediations.after).toEqual([{job: 'heal', rule: 'rule-1', entity: 'shop'}]);
  });

  test('that were edited with the rules show that the old version would fail', () => {
    const edited = `name: it degrades, ${CHANGE}, expect: {rules: []}`;
    const other = rulesFile(['to: Crashed, notify: true']);
    expect(compared(side(NOTIFY, [DEGRADES]), side(other, [edited]))).toMatchObject([
      {
        kind: 'edited',
        before: true,
        after: true,
        formerAfter: false,
        reactions: [{rules: {before: ['rule-1'], after: []}}],
      },
    ]);
  });

  test('that were removed still run as in the base', () => {
    const other = rulesFile(['to: Crashed, notify: true']);
    const [result, ...rest] = compared(side(NOTIFY, [DEGRADES]), side(other));
    expect(rest).toEqual([]);
    expect(result).toMatchObject({kind: 'removed', before: true, formerAfter: false});
    expect(result).not.toHaveProperty('after');
    expect(result?.reactions).toHaveLength(1);
  });

  test('that are new also run with the old rules', () => {
    const [result] = compared(side(NOTIFY), side(HEAL, [DEGRADES]));
    expect(result).toMatchObject({kind: 'added', after: true, reactions: [{messages: {after: []}}]});
    expect(result).not.toHaveProperty('before');
  });

  test('with several changes name the change that differs', () => {
    const several = `name: twice, changes: [{blueprint: deploymentConfig, property: healthStatus, to: Degraded, expect: {rules: [rule-1]}}, {blueprint: deploymentConfig, property: healthStatus, to: Crashed}], expect: {rules: [rule-1]}`;
    const [result] = compared(side(NOTIFY, [several]), side(HEAL, [several]));
    expect(result?.reactions.map(({of}) => of)).toEqual(['change 1 of 2', 'all 2 changes']);
  });

  test('count equal reactions separately', () => {
    const one = (entity: string, locked: boolean) =>
      `{blueprint: deploymentConfig, entity: ${entity}, property: healthStatus, to: Degraded, properties: {locked: ${locked}}}`;
    const twice = `name: twice, changes: [${one('a', false)}, ${one('b', true)}], expect: {remediations: [{job: heal}, {job: heal}]}`;
    const careful = rulesFile(['to: Degraded, remediate: {job: heal}, if: after.properties.locked != true']);
    const [result] = compared(side(HEAL, [twice]), side(careful, [twice]));
    const heal = {job: 'heal', rule: 'rule-1', entity: 'b'};
    expect(result?.reactions).toMatchObject([
      {rules: {before: [], after: []}, remediations: {before: [heal], after: []}},
    ]);
  });

  test('show no difference if the base has no rules or its tests cannot be loaded', () => {
    const head = side(NOTIFY, [DEGRADES]);
    expect(compared(side(undefined), head)).toEqual([{name: 'it degrades', kind: 'added', after: true, reactions: []}]);
    expect(compared({...side(NOTIFY), tests: undefined}, head)).toEqual([
      {name: 'it degrades', kind: 'kept', after: true, reactions: []},
    ]);
    expect(compared(head, {...head, tests: undefined})).toEqual([]);
  });
});
