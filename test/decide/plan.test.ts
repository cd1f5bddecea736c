import {describe, expect, test} from '@jest/globals';
import {decide} from '../../src/decide/evaluate.ts';
import {isEmpty, notInForce, plan} from '../../src/decide/plan.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rule} from '../../src/rules/rules.ts';
import {aChange} from '../helpers/a-change.ts';

const RULES = parseRules(
  `version: 1
routes:
  - {match: {team: payments}, slack: payments}
rules:
  - {name: told, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: mended, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: {slack: sre}, remediate: {run: scale-up.sh, timeout: 20s}}
  - {name: handed-over, blueprint: deploymentConfig, property: healthStatus, to: Degraded, remediate: {job: scale-up}}
  - {name: silent, blueprint: deploymentConfig, property: healthStatus, to: Crashed, remediate: {run: restart.sh}}
  - {name: elsewhere, blueprint: service, notify: true}
`,
  'rules.yml',
);

const planFor = (...changes: ReturnType<typeof aChange>[]) => plan(RULES, decide(RULES, changes));

test('one change becomes a message for each destination, scripts, and hand-overs', () => {
  const change = aChange();
  const {notifications, remediations, handOvers} = planFor(change);
  const transition = {property: 'healthStatus', from: 'Healthy', to: 'Degraded', changed: true, truncated: false};
  const [told, mended, handedOver] = RULES.rules;
  const reason = 'healthStatus went from Healthy to Degraded';
  const match = (rule: Rule | undefined, destination: string) => ({rule, change, reason, destination, transition});
  expect(notifications).toEqual([
    {destination: 'default', matches: [match(told, 'default')]},
    {destination: 'sre', matches: [match(mended, 'sre')]},
  ]);
  expect(remediations).toEqual([{match: match(mended, 'sre'), run: 'scale-up.sh', remediate: mended?.remediate}]);
  expect(handOvers).toEqual([{match: match(handedOver, 'default'), job: 'scale-up'}]);
});

test('several changes share a message where they share a destination, in the order of changes and rules', () => {
  const changes = [
    aChange({entity: 'a', team: ['payments']}),
    aChange({entity: 'b', to: 'Crashed'}),
    aChange({entity: 'c', team: ['payments']}),
    aChange({entity: 'd', blueprint: 'service'}),
    aChange({entity: 'e', to: 'Healthy'}),
  ];
  const {notifications, remediations} = planFor(...changes);
  const told = notifications.map(({destination, matches}) => [
    destination,
    matches.map(({change, rule}) => `${change.entity}: ${rule.name}`),
  ]);
  expect(told).toEqual([
    ['payments', ['a: told', 'c: told']],
    ['sre', ['a: mended', 'c: mended']],
    ['default', ['b: told', 'd: elsewhere']],
  ]);
  expect(remediations.map(({match, run}) => `${match.change.entity}: ${run}`)).toEqual([
    'a: scale-up.sh',
    'b: restart.sh',
    'c: scale-up.sh',
  ]);
});

describe('a plan', () => {
  test('is empty where nothing matched', () => {
    expect(isEmpty(planFor(aChange({to: 'Healthy'})))).toBe(true);
    expect(isEmpty(planFor())).toBe(true);
  });

  test.each(['notifications', 'remediations', 'handOvers'] as const)('is not empty with %s alone', part => {
    const nothing = {notifications: [], remediations: [], handOvers: []};
    expect(isEmpty({...nothing, [part]: planFor(aChange())[part]})).toBe(false);
  });

  test('is not empty with as many hand-overs as scripts', () => {
    expect(isEmpty({...planFor(aChange()), notifications: []})).toBe(false);
  });
});

describe('what is not in force yet', () => {
  const ruleWith = (keys: string): Rule => {
    const [rule] = parseRules(`version: 1\nrules: [{name: a, blueprint: b, property: p, ${keys}}]`, 'x').rules;
    if (rule === undefined) throw new Error('no rule');
    return rule;
  };
  const later = (key: string) => `\`${key}\` is not in force yet: it needs the incident memory of a later release`;

  test.each<[string, 'notification' | 'remediation', string[]]>([
    ['notify: true', 'notification', []],
    ['notify: true, above: 80, clear: 70', 'notification', ['clear']],
    ['remediate: {run: a.sh}', 'remediation', []],
    [
      'above: 80, clear: 70, remediate: {run: a.sh, cooldown: 5m, attempts: 3}',
      'remediation',
      ['clear', 'cooldown', 'attempts'],
    ],
    ['notify: true, above: 80, clear: 70, remediate: {run: a.sh, attempts: 3}', 'notification', []],
  ])('%s, for its %s: %j', (keys, kind, expected) => {
    expect(notInForce(ruleWith(keys), kind)).toEqual(expected.map(later));
  });
});
