/** What is said of mistakes is in parse-rules.test.ts. Here: the checks see the written form before it is known to be right. */
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {checkRule, checkRules, lacks} from '../../src/rules/check-rules.ts';
import {jsonValues} from '../helpers/changes.ts';

const KEYS = [
  'name',
  'property',
  'on',
  'from',
  'to',
  'above',
  'below',
  'clear',
  'notify',
  'remediate',
  'run',
  'job',
  'env',
  'match',
  'rule',
  'team',
  'slack',
];

test('nothing that is written makes a check fail', () => {
  const written: fc.Arbitrary<unknown> = fc.letrec(tie => ({
    any: fc.oneof({depthSize: 'small'}, jsonValues, fc.dictionary(fc.constantFrom(...KEYS), tie('any'))),
  })).any;
  fc.assert(
    fc.property(fc.array(written, {maxLength: 4}), fc.array(written, {maxLength: 4}), (rules, routes) => {
      for (const rule of rules) expect(Array.isArray(checkRule(rule, () => false))).toBe(true);
      expect(Array.isArray(checkRules(rules, routes))).toBe(true);
    }),
    {numRuns: 100},
  );
});

describe('a missing key', () => {
  test.each<[object, boolean]>([
    [{}, true],
    [{property: 'health'}, false],
    [{propery: 'health'}, false],
    [{Property: 'health'}, false],
    [{property: null}, false],
    [{owner: 'health'}, true],
    [{}, true],
  ])('%j lacks a property: %s', (rule, expected) => {
    expect(lacks(rule as Record<string, unknown>, 'property')).toBe(expected);
  });
});

describe('routes', () => {
  const said = (...matches: unknown[]) =>
    checkRules(
      [],
      matches.map(match => ({match, slack: 'x'})),
    ).map(({path}) => path.join('.'));
  test.each<[string, unknown[], string[]]>([
    ['of which one takes all', [{}, {team: 'a'}], ['routes.1']],
    ['of which one takes more', [{team: ['a', 'b']}, {team: 'b'}, {team: ['b', 'a']}], ['routes.1', 'routes.2']],
    ['of which one takes part', [{team: 'a'}, {team: ['a', 'b']}, {severity: 'info'}], []],
    ['of which one asks for more', [{team: 'a', severity: 'info'}, {team: 'a'}], []],
    ['of which one asks for other things', [{team: 'a'}, {blueprint: 'a'}], []],
    ['that are the same', [{team: 'a'}, {team: 'a'}], ['routes.1']],
    ['that are none', ['all', null, 7, {team: 'a'}], []],
  ])('%s', (_, matches, expected) => {
    expect(said(...matches)).toEqual(expected);
  });
});
