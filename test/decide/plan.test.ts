import {describe, expect, test} from '@jest/globals';
import {decide} from '../../src/decide/evaluate.ts';
import {notInForce, type PlanFacts, plan} from '../../src/decide/plan.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rule} from '../../src/rules/rules.ts';
import {aChange} from '../helpers/values/a-change.ts';

const RULES = parseRules(
  `version: 1
routes:
  - {match: {team: payments}, slack: payments}
rules:
  - {name: notified, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: scaled, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: {slack: sre}, remediate: {run: scale-up.sh, timeout: 20s}}
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
  const [notified, scaled, handedOver] = RULES.rules;
  const match = (rule: Rule | undefined, name: string, destination: string) => {
    const route = [{route: name, asks: '', lookups: [], destinations: [destination]}];
    return {rule, change, destinations: [destination], route, transition};
  };
  expect(notifications).toEqual([
    {destination: 'default', matches: [match(notified, 'default', 'default')]},
    {destination: 'sre', matches: [match(scaled, 'notify.slack', 'sre')]},
  ]);
  expect(remediations).toEqual([
    {match: match(scaled, 'notify.slack', 'sre'), run: 'scale-up.sh', remediate: scaled?.remediate},
  ]);
  expect(handOvers).toEqual([{match: match(handedOver, 'default', 'default'), job: 'scale-up'}]);
});

test('changes with the same destination share a message, in the order of changes and rules', () => {
  const changes = [
    aChange({entity: 'a', team: ['payments']}),
    aChange({entity: 'b', to: 'Crashed'}),
    aChange({entity: 'c', team: ['payments']}),
    aChange({entity: 'd', blueprint: 'service'}),
    aChange({entity: 'e', to: 'Healthy'}),
  ];
  const {notifications, remediations} = planFor(...changes);
  const posted = notifications.map(({destination, matches}) => [
    destination,
    matches.map(({change, rule}) => `${change.entity}: ${rule.name}`),
  ]);
  expect(posted).toEqual([
    ['payments', ['a: notified', 'c: notified']],
    ['sre', ['a: scaled', 'c: scaled']],
    ['default', ['b: notified', 'd: elsewhere']],
  ]);
  expect(remediations.map(({match, run}) => `${match.change.entity}: ${run}`)).toEqual([
    'a: scale-up.sh',
    'b: restart.sh',
    'c: scale-up.sh',
  ]);
});

describe('several destinations', () => {
  const file = (keys: string) => `version: 1
routes:
  - {match: {severity: critical}, slack: [on-call, ops], continue: true}
  - {match: {team: payments}, slack: [payments, ops]}
${keys}
rules:
  - {name: a, blueprint: deploymentConfig, property: healthStatus, severity: critical, notify: true, remediate: {run: fix.sh}}
`;
  const changes = [aChange({entity: 'a', team: ['payments']}), aChange({entity: 'b', team: ['search']})];

  test('get a separate message about a match', () => {
    const rules = parseRules(file(''), 'rules.yml');
    const {notifications} = plan(rules, decide(rules, changes));
    expect(
      notifications.map(({destination, matches}) => [destination, matches.map(({change}) => change.entity)]),
    ).toEqual([
      ['on-call', ['a', 'b']],
      ['ops', ['a', 'b']],
      ['payments', ['a']],
    ]);
  });

  const NOW = Date.UTC(2026, 10, 28, 12);
  const muted = (keys: string, facts: PlanFacts = {nowMs: NOW}) => {
    const rules = parseRules(file(keys), 'rules.yml');
    const {notifications, remediations, muted: reactions} = plan(rules, decide(rules, changes), facts);
    return {
      posted: notifications.flatMap(({destination, matches}) =>
        matches.map(({change}) => `${destination} ${change.entity}`),
      ),
      run: remediations.map(({match}) => match.change.entity),
      muted: reactions.map(({match, mute, instead}) =>
        [match.change.entity, mute.by, ...Object.values(instead)].join(' '),
      ),
    };
  };
  const silence = (rest: string) => `silences: [{${rest}, until: 2026-11-28T12:01Z, owner: jane, reason: freeze}]`;

  test('are muted separately, and the remediation is run', () => {
    expect(muted(silence('match: {team: payments}'))).toEqual({
      posted: ['on-call b', 'ops b'],
      run: ['a', 'b'],
      muted: ['a silences[0] of jane on-call', 'a silences[0] of jane ops', 'a silences[0] of jane payments'],
    });
  });

  test('are muted with the remediation if the file sets this', () => {
    expect(muted(silence('match: {team: search}, remediate: mute'))).toEqual({
      posted: ['on-call a', 'ops a', 'payments a'],
      run: ['a'],
      muted: ['b silences[0] of jane on-call', 'b silences[0] of jane ops', 'b silences[0] of jane fix.sh'],
    });
  });

  test('are muted by the first mute, and the remediation by the first mute that stops it', () => {
    const windows = 'mute: [{name: saturdays, when: {days: sat}, zone: UTC}]';
    const {muted: reactions} = muted(`${windows}\n${silence('match: {team: search}, remediate: mute')}`);
    expect(reactions.slice(-3)).toEqual(['b saturdays on-call', 'b saturdays ops', 'b silences[0] of jane fix.sh']);
  });

  test('are muted at the time of the decision, and not without a time', () => {
    const all = ['on-call a', 'on-call b', 'ops a', 'ops b', 'payments a'];
    expect(muted(silence('match: {}')).posted).toEqual([]);
    expect(muted(silence('match: {}'), {nowMs: NOW + 60_000}).posted).toEqual(all);
    expect(muted(silence('match: {}'), {}).posted).toEqual(all);
  });
});

test('a hand-over is muted like a script', () => {
  const rules = parseRules(
    `version: 1
mute: [{name: saturdays, when: {days: sat}, zone: UTC, remediate: mute}]
rules: [{name: a, blueprint: deploymentConfig, property: healthStatus, remediate: {job: scale-up}}]
`,
    'rules.yml',
  );
  const {handOvers, muted} = plan(rules, decide(rules, [aChange()]), {nowMs: Date.UTC(2026, 10, 28)});
  expect(handOvers).toEqual([]);
  expect(muted.map(({instead}) => instead)).toEqual([{job: 'scale-up'}]);
});

describe('a plan', () => {
  test('is empty if no rule matched', () => {
    const nothing = {notifications: [], remediations: [], handOvers: [], muted: [], refused: []};
    expect(planFor(aChange({to: 'Healthy'}))).toEqual(nothing);
    expect(planFor()).toEqual(nothing);
  });
});

describe('keys that are not active yet', () => {
  const ruleWith = (keys: string): Rule => {
    const [rule] = parseRules(`version: 1\nrules: [{name: a, blueprint: b, property: p, ${keys}}]`, 'x').rules;
    if (rule === undefined) throw new Error('no rule');
    return rule;
  };
  const later = (key: string) => `\`${key}\` has no effect: it needs the incident memory`;

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
  ])('of %s for its %s: %j', (keys, kind, expected) => {
    expect(notInForce(ruleWith(keys), kind)).toEqual(expected.map(later));
  });
});
