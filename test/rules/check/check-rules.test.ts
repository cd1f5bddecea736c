/** The checks read the written form before it is known to be valid. The messages of mistakes are tested in parse-rules.test.ts. */
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {checkIncident, checkInhibit} from '../../../src/rules/check/check-incident.ts';
import {checkMutes} from '../../../src/rules/check/check-mute.ts';
import {checkMatching} from '../../../src/rules/check/check-routes.ts';
import {checkNames, checkRule, lacks, namesOf} from '../../../src/rules/check/check-rules.ts';
import {jsonValues} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

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
  'fallback',
  'continue',
  'entity',
  'when',
  'days',
  'until',
  'for',
  'flapping',
  'while',
  'verify',
  'at',
];

test('the checks do not throw on any input', () => {
  const written: fc.Arbitrary<unknown> = fc.letrec(tie => ({
    any: fc.oneof({depthSize: 'small'}, jsonValues, fc.dictionary(fc.constantFrom(...KEYS), tie('any'))),
  })).any;
  fc.assert(
    fc.property(fc.array(written, {maxLength: 4}), fc.array(written, {maxLength: 4}), (rules, items) => {
      for (const rule of rules) expect(Array.isArray(checkRule(rule, () => false))).toBe(true);
      for (const rule of rules) expect(Array.isArray(checkIncident(rule))).toBe(true);
      expect(Array.isArray(checkInhibit(items, namesOf(rules)))).toBe(true);
      const lists = {routes: items, mute: items, silences: items, inhibit: items};
      expect(Array.isArray(checkNames(namesOf(rules), 'rules', ''))).toBe(true);
      expect(Array.isArray(checkMatching(lists, namesOf(rules)))).toBe(true);
      expect(Array.isArray(checkMutes(items, items))).toBe(true);
    }),
    {numRuns: runs(100)},
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
