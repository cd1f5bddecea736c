import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {transitionOf} from '../../src/change/transition.ts';
import {
  factsOfRule,
  isRuleSelected,
  possibleDestinations,
  writtenFacts,
} from '../../src/decide/possible-destinations.ts';
import {routeMatch} from '../../src/decide/route.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {aChange} from '../helpers/values/changes.ts';

const RULE = '{name: degraded, blueprint: deploymentConfig, property: healthStatus, severity: critical, notify: true}';
const rulesWith = (routes: string): Rules =>
  parseRules(`version: 1\nroutes: [${routes}]\nrules: [${RULE}]\n`, 'rules.yml');
const destinationsOf = (routes: string, facts: Parameters<typeof possibleDestinations>[1]) =>
  possibleDestinations(rulesWith(routes).routes, facts);

describe('the destinations that always get a message, and those that can get one', () => {
  const TREE =
    '{match: {severity: critical, environment: prod}, slack: oncall, continue: true}, {match: {team: a}, slack: a}, {slack: rest}';
  test.each<[string, string, Parameters<typeof possibleDestinations>[1], string[], string[]]>([
    ['no routes', '', {severity: ['critical']}, ['default'], []],
    ['all facts', TREE, {severity: ['critical'], environment: ['prod'], team: ['a']}, ['oncall', 'a'], []],
    ['another severity', TREE, {severity: ['info'], environment: ['prod'], team: ['a']}, ['a'], []],
    ['no environment', TREE, {severity: ['critical'], team: ['a']}, ['a'], ['oncall']],
    ['no team', TREE, {severity: ['info']}, [], ['a', 'rest']],
    ['one of several teams', TREE, {severity: ['info'], team: ['b', 'a']}, ['a'], []],
    ['an entity that fits', "{match: {entity: 'api-*'}, slack: api}", {entity: ['api-1']}, ['api'], []],
    ['an entity that does not', "{match: {entity: 'api-*'}, slack: api}", {entity: ['web']}, ['default'], []],
    ['an expression', "{slack: '{{ change.title }}', fallback: f}", {team: ['a']}, [], ['f']],
    ['an expression that may have no result', "{slack: '{{ change.title }}'}, {slack: b}", {team: ['a']}, [], ['b']],
    [
      'a route that always matches, with continue',
      '{slack: a, continue: true}, {match: {team: x}, slack: x}',
      {},
      ['a'],
      ['x'],
    ],
  ])('%s', (_name, routes, facts, always, perhaps) => {
    expect(destinationsOf(routes, facts)).toMatchObject({always, perhaps});
  });

  test('each step has the facts that it depends on', () => {
    expect(destinationsOf(TREE, {severity: ['critical']}).steps).toMatchObject([
      {route: 'routes[0]', if: 'environment: prod', continue: true},
      {route: 'routes[1]', if: 'team: a'},
      {route: 'routes[2]', asks: '', otherwise: true},
    ]);
  });

  test('the destinations of the rule go first', () => {
    expect(possibleDestinations(rulesWith(TREE).routes, {}, ['own'])).toMatchObject({always: ['own'], perhaps: []});
  });
});

test('a rule is considered if it has the facts about rules', () => {
  const [rule] = rulesWith('').rules;
  if (rule === undefined) throw new Error('no rule');
  expect(isRuleSelected(rule, {severity: ['critical'], team: ['whatever']})).toBe(true);
  expect(isRuleSelected(rule, {severity: ['info']})).toBe(false);
  expect(isRuleSelected(rule, {blueprint: ['database']})).toBe(false);
  expect(writtenFacts({severity: ['critical'], team: ['a', 'b']})).toBe('severity critical, team a or b');
});

/** Compares with the router of the action, for any values of the unknown facts. */
test('the answer contains the routes that the action uses', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const route = fc.record(
    {
      match: fc.record(
        {team: word, environment: word, severity: fc.constantFrom('critical', 'info')},
        {requiredKeys: []},
      ),
      slack: fc.constantFrom('one', 'two', 'three'),
      continue: fc.boolean(),
    },
    {requiredKeys: ['match', 'slack']},
  );
  fc.assert(
    fc.property(
      fc.array(route, {maxLength: 5}),
      word,
      word,
      fc.boolean(),
      fc.boolean(),
      (routes, team, place, knowsTeam, knowsPlace) => {
        let rules: Rules;
        try {
          rules = rulesWith(routes.map(one => JSON.stringify(one)).join(', '));
        } catch {
          return; // a route that is never reached is a mistake
        }
        const [rule] = rules.rules;
        if (rule === undefined) throw new Error('no rule');
        const change = aChange({team: [team], properties: {environment: place}});
        const taken = routeMatch(rules.routes, {rule, change, transition: transitionOf(change, 'healthStatus')});
        const facts = {...(knowsTeam ? {team: [team]} : {}), ...(knowsPlace ? {environment: [place]} : {})};
        const {always, perhaps, steps} = possibleDestinations(rules.routes, factsOfRule(rule, facts));
        expect([...always, ...perhaps]).toEqual(expect.arrayContaining([...taken.destinations]));
        expect(taken.destinations).toEqual(expect.arrayContaining([...always]));
        expect(steps.map(step => step.route)).toEqual(expect.arrayContaining(taken.route.map(one => one.route)));
        if (knowsTeam && knowsPlace) expect(always).toEqual(taken.destinations);
      },
    ),
  );
});
