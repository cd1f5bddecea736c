import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {transitionOf} from '../../src/change/transition.ts';
import {
  DEFAULT_DESTINATION,
  describeRoute,
  isRouted,
  routeMatch,
  routeTo,
  undecidedRoutes,
} from '../../src/decide/route.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange, type ChangeOptions, texts} from '../helpers/values/changes.ts';

interface Given {
  readonly keys?: string;
  readonly known?: readonly string[];
}

function routed(routes: string, options: ChangeOptions = {}, {keys = 'notify: true', known}: Given = {}) {
  const rule = `  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, ${keys}}`;
  const rules = parseRules(`version: 1\nroutes: [${routes}]\nrules:\n${rule}\n`, 'rules.yml');
  const [first] = rules.rules;
  if (first === undefined) throw new Error('no rule');
  const change = aChange(options);
  const transition = transitionOf(change, 'healthStatus');
  return routeMatch(rules.routes, {rule: first, change, transition}, known);
}
const destinations = (...given: Parameters<typeof routed>) => routed(...given).destinations;

describe('the first route that matches decides', () => {
  const routes = '{match: {team: search}, slack: one}, {match: {team: payments}, slack: two}, {slack: three}';
  test.each([
    [['payments', 'search'], 'one'],
    [['payments'], 'two'],
    [[], 'three'],
  ])('for the teams %j: %s', (team, expected) => {
    expect(destinations(routes, {team})).toEqual([expected]);
  });

  test('and without one the default', () => {
    expect(destinations('')).toEqual([DEFAULT_DESTINATION]);
    expect(destinations('{match: {team: search}, slack: one}')).toEqual([DEFAULT_DESTINATION]);
  });

  test('with all of its destinations', () => {
    expect(destinations('{slack: [b, a, b]}')).toEqual(['b', 'a']);
  });
});

describe('a route with continue', () => {
  test.each<[string, string[]]>([
    ['{slack: a, continue: true}, {slack: b}', ['a', 'b']],
    ['{slack: a, continue: true}, {match: {severity: info}, slack: b}, {slack: c}', ['a', 'b']],
    ['{slack: a, continue: true}, {match: {team: x}, slack: c}', ['a']],
    ['{slack: [a, b], continue: true}, {slack: [c, b, a], continue: true}, {slack: d}', ['a', 'b', 'c', 'd']],
    ['{match: {team: x}, slack: a, continue: true}, {slack: b}', ['b']],
    ['{match: {severity: info}, slack: a, continue: false}, {slack: b}', ['a']],
  ])('%s: %j', (routes, expected) => {
    expect(destinations(routes)).toEqual(expected);
  });
});

describe('the destinations of the rule override every route', () => {
  test.each<[string, string[]]>([
    ['own', ['own']],
    ['[b, a]', ['b', 'a']],
    ['"{{ after.properties.channel }}"', ['ops']],
    ['"{{ after.properties.nothing }}"', ['routed']],
    ['[own, "{{ after.properties.nothing }}"]', ['own']],
  ])('%s: %j', (slack, expected) => {
    const keys = `notify: {slack: ${slack}}`;
    expect(destinations('{slack: routed}', {properties: {channel: 'ops'}}, {keys, known: ['ops']})).toEqual(expected);
  });
});

describe('the destination that the entity names', () => {
  const ROUTE = '{slack: "{{ after.properties.channel }}"}';
  const known = ['default', 'payments', 'Payments', 'on-call'];
  test.each<[string, unknown, string[]]>([
    ['exactly', 'payments', ['payments']],
    ['exactly, before another that comes first', 'Payments', ['Payments']],
    ['as a channel', '#on-call', ['on-call']],
    ['in other letter case, the first of two', 'PAYMENTS', ['payments']],
    ['as a channel in other letter case', ' #On-Call ', ['on-call']],
    ['that does not exist', 'search', ['default']],
    ['with an empty string', '', ['default']],
    ['with only #', '#', ['default']],
    ['with a number', 7, ['default']],
    ['with a list', ['payments'], ['default']],
    ['with null', null, ['default']],
    ['without a value', undefined, ['default']],
  ])('%s: %j', (_, channel, expected) => {
    expect(destinations(ROUTE, {properties: {channel}}, {known})).toEqual(expected);
  });

  test('can be any expression of conditions', () => {
    const routes = `{slack: "{{ format('{0}-{1}', after.properties.channel, change.to) }}"}`;
    expect(destinations(routes, {properties: {channel: 'sre'}}, {known: ['sre-Degraded']})).toEqual(['sre-Degraded']);
  });

  test('is otherwise the fallback, then the next route', () => {
    const next = '{match: {severity: info}, slack: next}';
    const withFallback = '{slack: ["{{ after.properties.channel }}", ops], fallback: back}';
    expect(destinations(withFallback, {}, {known})).toEqual(['back', 'ops']);
    expect(destinations(`${ROUTE}, ${next}`, {}, {known})).toEqual(['next']);
  });

  test('is followed by the next route if its route has continue', () => {
    const routes = `${ROUTE.replace('}"', '}", continue: true')}, {slack: next}`;
    expect(destinations(routes, {properties: {channel: 'payments'}}, {known})).toEqual(['payments', 'next']);
    expect(destinations(routes, {properties: {channel: 'search'}}, {known})).toEqual(['next']);
  });

  test('is used unchanged if the configured destinations are not known', () => {
    expect(destinations(ROUTE, {properties: {channel: '#any\n one'}})).toEqual(['any one']);
    expect(destinations(ROUTE, {properties: {channel: ' '}})).toEqual(['default']);
  });

  test('is always a configured destination for any text of the catalog', () => {
    fc.assert(
      fc.property(texts, channel => {
        const [destination = ''] = destinations(ROUTE, {properties: {channel}}, {known});
        expect(known).toContain(destination);
      }),
    );
  });
});

describe('the description of what decided', () => {
  const describeRouted = (...given: Parameters<typeof routed>) => describeRoute(routed(...given));

  test('has the route and its match', () => {
    const routes =
      '{match: {team: search}, slack: one}, {match: {team: payments, severity: [info, warning]}, slack: [two, three]}';
    expect(describeRouted(routes, {team: ['payments']})).toBe(
      'routes[1] (team: payments, severity: info or warning) → two, three',
    );
    expect(describeRouted('{slack: one}')).toBe('routes[0] → one');
  });

  test('is the rule or the default', () => {
    expect(describeRouted('{slack: one}', {}, {keys: 'notify: {slack: own}'})).toBe('notify.slack → own');
    expect(describeRouted('')).toBe('default → default');
    expect([isRouted(routed('')), isRouted(routed('{slack: default}'))]).toEqual([false, true]);
  });

  test('has several routes if one has continue', () => {
    const routes = '{match: {entity: notification-*}, slack: a, continue: true}, {slack: b}';
    const match = routed(routes);
    expect(describeRoute(match)).toBe('routes[0] (entity: notification-*) → a; routes[1] → b');
    expect(routeTo(match, 'b')?.route).toBe('routes[1]');
    expect(routeTo(match, 'c')).toBeUndefined();
  });

  test('has the values that were read, and unknown destinations', () => {
    const routes = '{slack: "{{ after.properties.channel }}", fallback: back}';
    const known = ['payments'];
    expect(describeRouted(routes, {properties: {channel: '#Payments'}}, {known})).toBe(
      'routes[0] (after.properties.channel is #Payments) → payments',
    );
    expect(describeRouted(routes, {properties: {channel: 'a\nb'}}, {known})).toBe(
      'routes[0] (after.properties.channel is a b, which is not a destination) → back',
    );
    expect(describeRouted(routes.replace(', fallback: back', ''), {}, {known})).toBe(
      'routes[0] (after.properties.channel is not set) → none, trying the next route; default → default',
    );
  });
});

describe('a route that cannot be decided', () => {
  const cut = {truncated: ['team', 'after.properties.*']};
  const next = '{slack: next}';
  test.each<[string, string, string[]]>([
    ['by its team', `{match: {team: x}, slack: a}, ${next}`, ['default']],
    ['by its team, with a fallback', `{match: {team: x}, slack: "{{ change.to }}", fallback: back}, ${next}`, ['back']],
    ['by its environment', `{match: {environment: x}, slack: a}, ${next}`, ['default']],
    ['by its destination', `{slack: "{{ after.properties.channel }}"}, ${next}`, ['default']],
    ['by one of its destinations', `{slack: [a, "{{ change.team[0] }}", b], fallback: back}`, ['a', 'back', 'b']],
    ['by an expression that fails', `{slack: "{{ fromJSON('{') }}"}, ${next}`, ['default']],
    ['after one with continue', `{slack: a, continue: true}, {match: {team: x}, slack: b}, ${next}`, ['a', 'default']],
  ])('%s uses its fallback or the default, with the reason', (_, routes, expected) => {
    const match = routed(routes, cut);
    expect(match.destinations).toEqual(expected);
    expect(undecidedRoutes(match)).toHaveLength(1);
    expect(describeRoute(match)).toMatch(/ is not known| could not be evaluated/);
  });

  test.each<[string, string[]]>([
    [`{match: {team: x, entity: other-*}, slack: a}, ${next}`, ['next']],
    [`{match: {environment: x, severity: critical}, slack: a}, ${next}`, ['next']],
    ['{slack: "{{ change.to }}"}', ['Degraded']],
    [`{slack: "{{ after.properties.healthStatus }}"}, ${next}`, ['Degraded']],
  ])('or is decided without the cut values: %s', (routes, expected) => {
    const match = routed(routes, cut);
    expect(match.destinations).toEqual(expected);
    expect(undecidedRoutes(match)).toEqual([]);
  });
});
