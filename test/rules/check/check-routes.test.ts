/** Which routes are never reached. The messages of mistakes are tested in parse-rules.test.ts. */
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {routeMatch} from '../../../src/decide/route.ts';
import {checkMatching} from '../../../src/rules/check/check-routes.ts';
import {compileRules} from '../../../src/rules/compile-rules.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {runs} from '../../helpers/values/runs.ts';

describe('unreachable routes', () => {
  const unreachable = (...matches: unknown[]) =>
    checkMatching({routes: matches.map(match => ({match, slack: 'x'})), mute: [], silences: [], inhibit: []}, []).map(
      ({path}) => path.join('.'),
    );
  test.each<[string, unknown[], string[]]>([
    ['a route after one that matches everything', [{}, {team: 'a'}], ['routes.1']],
    [
      'routes after one that matches more',
      [{team: ['a', 'b']}, {team: 'b'}, {team: ['b', 'a']}],
      ['routes.1', 'routes.2'],
    ],
    ['no route after one that matches only part of it', [{team: 'a'}, {team: ['a', 'b']}, {severity: 'info'}], []],
    ['no route after one with more conditions', [{team: 'a', severity: 'info'}, {team: 'a'}], []],
    ['no route after one with other conditions', [{team: 'a'}, {blueprint: 'a'}], []],
    ['a repeated route', [{team: 'a'}, {team: 'a'}], ['routes.1']],
    ['no values that are not routes', ['all', null, 7, {team: 'a'}], []],
  ])('include %s', (_, matches, expected) => {
    expect(unreachable(...matches)).toEqual(expected);
  });
});

describe('a route that is reported as never reached', () => {
  const listOf = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), {minLength: 1, maxLength: 3});
  const match = fc.record(
    {
      entity: listOf('web-*', 'web-api', '*', 'w*', 'db'),
      team: listOf('a', 'b'),
      severity: listOf('info', 'warning', 'critical'),
      environment: listOf('production', 'staging'),
    },
    {requiredKeys: []},
  );
  const route = fc.record(
    {
      match,
      slack: fc.constantFrom('x', '{{ after.properties.channel }}'),
      continue: fc.boolean(),
      fallback: fc.constant('y'),
    },
    {requiredKeys: ['slack']},
  );
  const matched = fc.record({
    entity: fc.constantFrom('web-api', 'web-b', 'db', 'other'),
    team: fc.subarray(['a', 'b']),
    severity: fc.constantFrom('info' as const, 'warning' as const, 'critical' as const),
    environment: fc.constantFrom('production', 'staging', undefined),
    channel: fc.constantFrom('x', undefined),
  });

  test('is not reached by any match', () => {
    let reported = 0;
    fc.assert(
      fc.property(
        fc.array(route, {maxLength: 5}),
        fc.array(matched, {minLength: 20, maxLength: 20}),
        (routes, given) => {
          const unreached = checkMatching({routes, mute: [], silences: [], inhibit: []}, [])
            .filter(({message}) => message.startsWith('is never reached'))
            .map(({path}) => `routes[${String(path[1])}]`);
          reported += unreached.length;
          for (const {entity, team, severity, ...properties} of given) {
            const rule = {name: 'r', blueprint: 'deploymentConfig', severity, notify: true};
            const rules = compileRules({version: 1, routes: routes as never, rules: [rule]});
            const [compiled] = rules.rules;
            if (compiled === undefined) throw new Error('no rule');
            const change = aChange({entity, team, properties});
            const taken = routeMatch(rules.routes, {rule: compiled, change}, ['x', 'y']).route.map(step => step.route);
            expect(taken.filter(name => unreached.includes(name))).toEqual([]);
          }
        },
      ),
      {numRuns: runs(600)},
    );
    expect(reported).toBeGreaterThan(2);
  });
});
