import {describe, expect, test} from '@jest/globals';
import type {Blueprints} from '../../../src/lint/catalog/lint-blueprints.ts';
import {lintUnheard} from '../../../src/lint/rules/lint-unheard.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';

const environment = {type: 'string', enum: ['production', 'staging']};
const BLUEPRINTS: Blueprints = {
  known: new Map([['db', {identifier: 'db', schema: {properties: {cpu: {type: 'number'}, environment}}}]]),
  names: ['db'],
};
const RULE = 'name: hot, blueprint: db, property: cpu, above: 80, severity: critical';

function found(
  head: string,
  keys = 'notify: true',
  destinations?: readonly string[],
  blueprints = BLUEPRINTS,
): string[] {
  const rules = parseRules(`version: 1\n${head}\nrules: [{${RULE}, ${keys}}]\n`, 'rules.yml');
  return lintUnheard(rules, blueprints, destinations).map(({path, message}) => `${path.join('.')}: ${message}`);
}

describe('a combination without a destination', () => {
  test.each<[string, string, readonly string[], RegExp]>([
    [
      'an environment without a route',
      'routes: [{match: {environment: production}, slack: a}]',
      ['a'],
      /no destination hears of an entity that no `match` names: it goes to the destination "default"/,
    ],
    [
      'a team whose channel is not configured',
      'routes: [{match: {team: x}, slack: b}, {slack: a}]',
      ['a'],
      /hears of team: x: it goes to the destination "b"/,
    ],
    [
      'an entity whose channel is not configured',
      "routes: [{match: {entity: 'orders-*'}, slack: b}, {slack: a}]",
      ['a'],
      /hears of entity: orders-x/,
    ],
  ])('%s', (_name, head, destinations, message) => {
    const [first, ...more] = found(head, 'notify: true', destinations);
    expect(first).toMatch(/^rules\.0\.severity: is critical, but /);
    expect(first).toMatch(message);
    expect(more).toEqual([]);
  });

  test('mute windows of several zones that cover the whole week are reported', () => {
    const window = (name: string, zone: string, from: string, to: string, match = '{environment: staging}') =>
      `{name: ${name}, zone: ${zone}, when: {from: "${from}", to: "${to}"}, match: ${match}}`;
    const mute = (...windows: string[]) => `mute: [${windows.join(', ')}]`;
    const covering = mute(window('a', 'UTC', '00:00', '13:00'), window('b', 'America/New_York', '07:00', '23:00'));
    expect(found(covering)).toEqual([
      expect.stringMatching(/ever hears of environment: staging: the mute windows a, b together/),
    ]);
    const gap = mute(window('a', 'UTC', '00:00', '12:00'), window('b', 'America/New_York', '07:30', '22:00'));
    expect(found(gap)).toEqual([]);
    const other = mute(
      window('a', 'UTC', '00:00', '13:00', '{environment: test}'),
      window('b', 'UTC', '12:00', '24:00', '{environment: test}'),
    );
    expect(found(other)).toEqual([]); // the blueprint has no such environment
  });

  test('a rule without `notify` is reported', () => {
    expect(found('', 'remediate: {job: restart}')).toEqual([expect.stringMatching(/the rule has no `notify`/)]);
  });
});

test.each<[string, Parameters<typeof found>]>([
  ['a last route for everything', ['routes: [{match: {team: x}, slack: a}, {slack: b}]', 'notify: true', ['a', 'b']]],
  ['its own destination', ['', 'notify: {slack: a}', ['a']]],
  ['a channel that the entity names', ["routes: [{slack: '{{ change.title }}'}]", 'notify: true', ['a']]],
  ['unknown destinations', ['routes: [{match: {team: x}, slack: a}]']],
  ['no destination at all, which another check reports', ['', 'notify: true', []]],
  ['an unknown blueprint', ['', 'remediate: {job: restart}', ['a'], {known: new Map(), names: []}]],
])('lint reports nothing for %s', (_name, given) => {
  expect(found(...given)).toEqual([]);
});
