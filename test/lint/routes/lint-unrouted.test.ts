import {describe, expect, test} from '@jest/globals';
import type {Blueprints} from '../../../src/lint/catalog/lint-blueprints.ts';
import {lintUnrouted} from '../../../src/lint/routes/lint-unrouted.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';

const environment = {type: 'string', enum: ['production', 'staging']};
const BLUEPRINTS: Blueprints = {
  known: new Map([['db', {identifier: 'db', schema: {properties: {cpu: {type: 'number'}, environment}}}]]),
  names: ['db'],
};
const RULE = 'name: hot, blueprint: db, property: cpu, above: 80, severity: critical';

interface Given {
  readonly head?: string;
  /** Of the rule. */
  readonly keys?: string;
  readonly destinations?: readonly string[];
  readonly blueprints?: typeof BLUEPRINTS;
}

function found({head = '', keys = 'notify: true', destinations, blueprints = BLUEPRINTS}: Given): string[] {
  const rules = parseRules(`version: 1\n${head}\nrules: [{${RULE}, ${keys}}]\n`, 'rules.yml');
  return lintUnrouted(rules, blueprints, destinations).map(({path, message}) => `${path.join('.')}: ${message}`);
}

describe('a combination without a destination', () => {
  test.each<[string, string, readonly string[], RegExp]>([
    [
      'an environment without a route',
      'routes: [{match: {environment: production}, slack: a}]',
      ['a'],
      /an entity that no `match` names reaches no destination: it goes to the destination "default"/,
    ],
    [
      'a team whose channel is not configured',
      'routes: [{match: {team: x}, slack: b}, {slack: a}]',
      ['a'],
      /team: x reaches no destination: it goes to the destination "b"/,
    ],
    [
      'an entity whose channel is not configured',
      "routes: [{match: {entity: 'orders-*'}, slack: b}, {slack: a}]",
      ['a'],
      /entity: orders-x reaches no destination/,
    ],
  ])('%s', (_name, head, destinations, message) => {
    const [first, ...more] = found({head, destinations});
    expect(first).toMatch(/^rules\.0\.severity: is critical, but /);
    expect(first).toMatch(message);
    expect(more).toEqual([]);
  });

  test('mute windows of several zones that cover the whole week are reported', () => {
    const window = (name: string, when: string, match = '{environment: staging}') =>
      `{name: ${name}, ${when}, match: ${match}}`;
    const between = (from: string, to: string, zone = 'UTC') => `zone: ${zone}, when: {from: "${from}", to: "${to}"}`;
    const mute = (...windows: string[]) => `mute: [${windows.join(', ')}]`;
    const covering = mute(
      window('a', between('00:00', '13:00')),
      window('b', between('07:00', '23:00', 'America/New_York')),
    );
    expect(found({head: covering})).toEqual([
      expect.stringMatching(/environment: staging never reaches a destination: the mute windows a, b together/),
    ]);
    const gap = mute(
      window('a', between('00:00', '12:00')),
      window('b', between('07:30', '22:00', 'America/New_York')),
    );
    expect(found({head: gap})).toEqual([]);
    const other = mute(
      window('a', between('00:00', '13:00'), '{environment: test}'),
      window('b', between('12:00', '24:00'), '{environment: test}'),
    );
    expect(found({head: other})).toEqual([]); // the blueprint has no such environment
  });

  test('a rule without `notify` is reported', () => {
    expect(found({keys: 'remediate: {job: restart}'})).toEqual([expect.stringMatching(/the rule has no `notify`/)]);
  });
});

test.each<[string, Given]>([
  [
    'a last route for everything',
    {head: 'routes: [{match: {team: x}, slack: a}, {slack: b}]', destinations: ['a', 'b']},
  ],
  ['its own destination', {keys: 'notify: {slack: a}', destinations: ['a']}],
  ['a channel that the entity names', {head: "routes: [{slack: '{{ change.title }}'}]", destinations: ['a']}],
  ['unknown destinations', {head: 'routes: [{match: {team: x}, slack: a}]'}],
  ['no destination at all, which another check reports', {destinations: []}],
  [
    'an unknown blueprint',
    {
      keys: 'remediate: {job: restart}',
      destinations: ['a'],
      blueprints: {known: new Map(), names: []},
    },
  ],
])('lint reports nothing for %s', (_name, given) => {
  expect(found(given)).toEqual([]);
});
