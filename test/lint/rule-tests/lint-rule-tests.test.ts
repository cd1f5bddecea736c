/** Cases with blueprints are in test/lint/corpus.slow.test.ts. */
import {describe, expect, test} from '@jest/globals';
import {NO_BLUEPRINTS} from '../../../src/lint/catalog/lint-blueprints.ts';
import {lintRuleTests} from '../../../src/lint/rule-tests/lint-rule-tests.ts';

const RULES = {
  statuses: {health: ['Healthy', 'Degraded']},
  routes: [{match: {team: 'payments'}, slack: 'payments'}],
  rules: [{name: 'r', blueprint: 'service', property: 'health', if: 'after.properties.locked != true', notify: true}],
};
const check = (item: object, rules: object = RULES, reported: readonly string[] = []) =>
  lintRuleTests({tests: [item]}, {json: rules, reported}, NO_BLUEPRINTS).map(
    ({path, message}) => `${path.join('.')}: ${message}`,
  );

test.each([
  [{blueprint: 'servce'}, 'tests.0.change.blueprint: no rule watches the blueprint "servce". Did you mean "service"?'],
  [
    {blueprint: 'service', property: 'helth'},
    'tests.0.change.property: no rule of service reads the property "helth". Did you mean "health"?',
  ],
  [
    {blueprint: 'service', property: 'health', properties: {lockd: 1}},
    'tests.0.change.properties.lockd: no rule of service reads the property "lockd". Did you mean "locked"?',
  ],
  [
    {blueprint: 'service', property: 'health', to: 'Degradd'},
    'tests.0.change.to: the statuses of health do not include "Degradd". Did you mean "Degraded"?',
  ],
])('a mistyped name is reported: %j', (change, expected) => {
  expect(check({change})).toEqual([expected]);
});

test.each([
  {blueprint: 'cluster', property: 'whatever'},
  {blueprint: 'service', property: 'version', from: 1, to: 2},
  {blueprint: 'service', property: 'health', to: 'Gone'},
  {blueprint: 'service', property: 'health', from: null, to: 'Healthy', properties: {locked: true, other: 1}},
  {},
])('names that are not similar to those of the rules are allowed: %j', change => {
  expect(check({change, expect: 'nothing'})).toEqual([]);
});

test('each of several changes is checked, with its expectations', () => {
  const changes = [
    {blueprint: 'service', property: 'helth', expect: {messages: [{slack: 'paymnts'}, {slack: 'default'}]}},
  ];
  expect(check({changes})).toEqual([
    expect.stringMatching(/^tests\.0\.changes\.0\.property: /),
    'tests.0.changes.0.expect.messages.0.slack: no rule or route uses the destination "paymnts". Did you mean "payments"?',
  ]);
});

test('a name that differs from a reported name of the rules is allowed', () => {
  const messages = [{slack: 'paymnts'}];
  expect(check({expect: {messages}}, RULES, ['payments'])).toEqual([]);
  expect(check({expect: {messages: [{slack: 'somewhere'}]}}, RULES, ['payments'])).toEqual([]);
  expect(check({expect: {messages}}, RULES, ['health'])).toHaveLength(1);
  expect(check({change: {blueprint: 'servce'}}, RULES, ['service'])).toEqual([]);
});

test('nothing is compared if the rules did not load', () => {
  const item = {change: {blueprint: 'servce'}, expect: {messages: [{slack: 'paymnts'}]}};
  expect(lintRuleTests({tests: [item]}, undefined, NO_BLUEPRINTS)).toEqual([]);
});

test('any destination is allowed if an expression gives it', () => {
  const rules = {...RULES, routes: [{slack: '{{ after.properties.channel }}'}]};
  expect(check({expect: {messages: [{slack: 'anywhere'}]}}, rules)).toEqual([]);
});

test('such a destination must be one of the workflows, if these are known', () => {
  const rules = {...RULES, routes: [{slack: '{{ after.properties.channel }}', fallback: 'ops'}]};
  const messages = ['search', 'ops', 'default', 'serch'].map(slack => ({slack}));
  const found = lintRuleTests(
    {tests: [{expect: {messages}}]},
    {json: rules, reported: []},
    {
      ...NO_BLUEPRINTS,
      destinations: ['search', 'billing'],
    },
  );
  expect(found).toEqual([
    {
      path: ['tests', 0, 'expect', 'messages', 3, 'slack'],
      message: 'no workflow defines the destination "serch". Did you mean "search"?',
    },
  ]);
});

test('the destinations that the file lists replace those of the workflows', () => {
  const rules = {...RULES, routes: [{slack: '{{ after.properties.channel }}', fallback: 'ops'}]};
  const tests = ['search', 'billing'].map(slack => ({expect: {messages: [{slack}]}}));
  const facts = {...NO_BLUEPRINTS, destinations: ['billing']};
  expect(lintRuleTests({destinations: ['search', 'x'], tests}, {json: rules, reported: []}, facts)).toEqual([
    {
      path: ['tests', 1, 'expect', 'messages', 0, 'slack'],
      message: expect.stringMatching(
        /^`destinations` of this file does not list the destination "billing". Use one of /,
      ),
    },
  ]);
});

test.each([7, null, {tests: 7}, {tests: [7, {change: 7, changes: 7, expect: 7}]}])(
  'invalid tests are ignored: %j',
  tests => {
    expect(lintRuleTests(tests, {json: RULES, reported: []}, NO_BLUEPRINTS)).toEqual([]);
  },
);

describe('lint finds a mistyped name that makes a test useless', () => {
  const rules = {
    routes: [{match: {team: ['payments', 'team-a']}, slack: 'a'}],
    statuses: {healthStatus: ['Healthy', 'Degraded']},
    rules: [{name: 'r', blueprint: 'deploymentConfig', property: 'healthStatus', notify: true}],
  };
  const found = (item: object, readText?: (path: string) => string) =>
    lintRuleTests({tests: [item]}, {json: rules, reported: []}, {...NO_BLUEPRINTS, readText}).map(
      ({path, message}) => `${path.slice(2).join('.')}: ${message}`,
    );
  const side = (properties: object, team = 'payments') => ({title: 'T', team: [team], properties, relations: {}});
  const eventOf = (words: {blueprint?: string; property?: string; to?: string; team?: string}) => {
    const {blueprint = 'deploymentConfig', property = 'healthStatus', to = 'Degraded', team} = words;
    return {
      action: 'UPDATE',
      context: {blueprint, entity: 'e'},
      diff: {before: side({[property]: 'Healthy'}, team), after: side({[property]: to}, team)},
    };
  };

  test.each([
    [{team: 'paymets'}, 'team: no route, window or silence selects the team "paymets". Did you mean "payments"?'],
    [{team: ['x', 'Payments']}, 'team.1: no route, window or silence selects the team "Payments". Did you mean'],
  ])('in the team of the short form: %j', (keys, message) => {
    expect(found({change: {blueprint: 'deploymentConfig', ...keys}})).toEqual([
      expect.stringContaining(`change.${message}`),
    ]);
  });

  test.each(['team-b', 'team-a', 'search', 'payments'])('but not in the team %s', team => {
    expect(found({change: {blueprint: 'deploymentConfig', team}})).toEqual([]);
  });

  test.each([
    [{blueprint: 'deploymentConfg'}, 'event.context.blueprint: no rule watches the blueprint "deploymentConfg"'],
    [{property: 'helthStatus'}, 'event.diff.after.properties.helthStatus: no rule of deploymentConfig reads'],
    [
      {to: 'Degradd'},
      'event.diff.after.properties.healthStatus: the statuses of healthStatus do not include "Degradd"',
    ],
    [{team: 'paymets'}, 'event.diff.after.team.0: no route, window or silence selects the team "paymets"'],
  ])('inside an event, at its place: %j', (words, message) => {
    const event = eventOf(words);
    expect(new Set(found({event}))).toEqual(new Set([expect.stringContaining(message)]));
    expect(new Set(found({changes: [{event}]}))).toEqual(new Set([expect.stringContaining(`changes.0.${message}`)]));
    const inFile = found({event: 'e.json'}, () => JSON.stringify(event));
    expect(new Set(inFile)).toEqual(new Set([expect.stringContaining(`event: ${message.split(': ')[1]}`)]));
  });

  test('but reports nothing for a correct event', () => {
    expect(found({event: eventOf({})})).toEqual([]);
    expect(found({event: {neither: 'event'}})).toEqual([]);
  });

  test('but not in a property with a name similar to the correct one', () => {
    const properties = {healthStatus: 'Healthy', healthStatus2: 'x'};
    expect(found({change: {blueprint: 'deploymentConfig', properties}})).toEqual([]);
  });
});
