import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {endOf} from '../../src/decide/ends.ts';
import {evaluate} from '../../src/decide/evaluate.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/a-change.ts';

const rulesOf = (keys: string) =>
  parseRules(`version: 1\nrules:\n  - {name: r, blueprint: b, property: p, ${keys}, notify: true}`, 'rules.yml');
const ruleOf = (keys: string) => {
  const [rule] = rulesOf(keys).rules;
  if (rule === undefined) throw new Error('no rule');
  return rule;
};
const update = (from: unknown, to: unknown) => aChange({blueprint: 'b', property: 'p', from, to});

describe('an incident', () => {
  test.each([
    ['to: [Degraded, Crashed]', 'Degraded', 'Healthy', 'ended'],
    ['to: [Degraded, Crashed]', 'Degraded', 'Crashed', 'no'],
    ['to: [Degraded, Crashed]', 'Unknown', 'Healthy', 'ended'],
    ['to: Degraded', 'Healthy', 'Healthy', 'no'],
    ['to: Degraded', 'Degraded', undefined, 'ended'],
    ['to: null', undefined, 'Healthy', 'ended'],
    ['to: "5"', '5', 5, 'ended'],
    ['to: Degraded, clear: {to: Healthy}', 'Degraded', 'Restarting', 'no'],
    ['to: Degraded, clear: {to: Healthy}', 'Restarting', 'Healthy', 'ended'],
    ['to: Degraded, clear: {to: [Healthy, null]}', 'Restarting', undefined, 'ended'],
    ['to: Degraded, clear: {for: 5m}', 'Degraded', 'Restarting', 'ended'],
    ['to: Degraded, from: Healthy, if: "false", on: updated', 'Degraded', 'Healthy', 'ended'],
    ['above: 80', 90, 60, 'ended'],
    ['above: 80', 80, 79.9, 'ended'],
    ['above: 80', 90, 80, 'no'],
    ['above: 80', 79, 60, 'no'],
    ['above: 80', 60, 90, 'no'],
    ['above: 80', 90, null, 'no'],
    ['above: 80', 90, '60', 'no'],
    ['above: 80', 'n/a', 60, 'no'],
    ['above: 80, clear: 70', 81, 79, 'no'],
    ['above: 80, clear: 70', 79, 70, 'ended'],
    ['above: 80, clear: 70', 81, 69, 'ended'],
    ['above: 80, clear: 70', 70, 69, 'no'],
    ['above: 80, clear: {at: 70, for: 5m}', 81, 69, 'ended'],
    ['below: 10', 5, 11, 'ended'],
    ['below: 10', 10, 10.1, 'ended'],
    ['below: 10', 5, 10, 'no'],
    ['below: 10, clear: 20', 15, 20, 'ended'],
    ['below: 10, clear: 20', 5, 15, 'no'],
    ['below: -5', -6, -4, 'ended'],
    ['below: 0, clear: 0', -1, 0, 'ended'],
  ])('of %s: %j → %j is %s', (keys, from, to, expected) => {
    expect(endOf(ruleOf(keys), update(from, to))).toBe(expected);
  });

  test.each(['to: Degraded', 'above: 80, clear: 70', 'to: Degraded, clear: {to: Healthy}'])(
    'of %s ends if the entity is deleted',
    keys => {
      expect(endOf(ruleOf(keys), aChange({blueprint: 'b', property: 'p', action: 'DELETE'}))).toBe('ended');
    },
  );

  test('of another blueprint does not end', () => {
    expect(endOf(ruleOf('to: Degraded'), {...update('Degraded', 'Healthy'), blueprint: 'c'})).toBe('no');
  });

  test('does not end with a timer', () => {
    expect(endOf(ruleOf('to: Degraded'), aChange({blueprint: 'b', property: 'p', action: 'TIMER_EXPIRED'}))).toBe('no');
  });

  test('is undecided if the value was cut', () => {
    const change = {
      ...aChange({blueprint: 'b', property: 'q'}),
      truncated: ['before.properties.*', 'after.properties.*'],
    };
    expect(endOf(ruleOf('to: Degraded, if: "false"'), change)).toBe('undecided');
  });
});

test('a rule without a bad value has no incident that ends', () => {
  expect(endOf(ruleOf('from: Degraded'), update('Degraded', 'Healthy'))).toBe('no');
  expect(endOf(ruleOf('on: deleted'), aChange({blueprint: 'b', action: 'DELETE'}))).toBe('no');
});

test('only a deletion both matches a rule and ends its incident, and the reverse of a match ends it', () => {
  const value = fc.oneof(fc.integer({min: 0, max: 100}), fc.constantFrom(null, 'Healthy', 'Degraded', 'Crashed', '85'));
  const keys = fc.constantFrom(
    'above: 50',
    'above: 50, clear: 30',
    'below: 50',
    'to: [Degraded, Crashed]',
    'to: 50',
    'to: null',
  );
  fc.assert(
    fc.property(keys, value, value, (written, from, to) => {
      const rules = rulesOf(written);
      const [rule] = rules.rules;
      const [verdict] = evaluate(rules, update(from, to));
      if (rule === undefined || verdict === undefined) throw new Error('no verdict');
      expect(verdict.matched && endOf(rule, update(from, to)) === 'ended').toBe(false);
      const wasGood = rule.to === undefined ? typeof from === 'number' : !rule.to.some(bad => bad === from);
      if (verdict.matched && wasGood && rule.clear === undefined) {
        expect(endOf(rule, update(to, from))).toBe('ended');
      }
    }),
  );
});
