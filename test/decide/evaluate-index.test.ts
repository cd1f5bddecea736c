/** Compares the index of the rules of a blueprint with a plain evaluation of every rule for every change. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Change} from '../../src/change/change.ts';
import {transitionOf} from '../../src/change/transition.ts';
import {ChangeView} from '../../src/decide/change-view.ts';
import {conditionsOf} from '../../src/decide/conditions.ts';
import {endOf} from '../../src/decide/ends.ts';
import {evaluate, type Verdict} from '../../src/decide/evaluate.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rule} from '../../src/rules/rules.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {runs} from '../helpers/values/runs.ts';

/** Evaluates one rule with its own view, without shared state. */
function plainVerdict(rule: Rule, change: Change): Verdict {
  const transition = rule.property === undefined ? undefined : transitionOf(change, rule.property);
  const question = {rule, view: new ChangeView(change), transition};
  const evaluated = conditionsOf(rule).map(({name, holds}) => ({name, held: holds(question)}));
  const decisive = evaluated.find(({held}) => held === false) ?? evaluated.find(({held}) => held === undefined);
  if (decisive === undefined) {
    return {rule: rule.name, matched: true, undecided: false, ...(transition === undefined ? {} : {transition})};
  }
  const end = endOf(rule, change, transition);
  return {
    rule: rule.name,
    matched: false,
    undecided: decisive.held === undefined,
    decidedBy: decisive.name,
    ...(end === 'no' ? {} : {ends: end}),
  };
}

const CONDITIONS = [
  'property: a',
  'property: a, from: 1, to: [2, x]',
  'property: a, to: 2, clear: {to: [1]}',
  'property: b, above: 2',
  'property: b, below: 2, clear: {at: 3}',
  'property: a, if: after.properties.b == 2',
  'property: b, if: after.properties.b == 2',
  "if: after.properties.b == 2 || before.properties.a == 'x'",
  'on: created',
  'on: [created, updated, deleted], property: b, to: 3',
  'on: deleted',
  'on: timer-expired, property: t',
];

const rules = parseRules(
  `version: 1\nrules:\n${CONDITIONS.map((condition, n) => `  - {name: r${n}, blueprint: deploymentConfig, ${condition}, notify: true}`).join('\n')}\n`,
  'rules.yml',
);

const value = fc.constantFrom<unknown>(1, 2, 3, 'x', null, undefined, {deep: 1}, 'x [cut]');
const side = fc.option(
  fc.record({properties: fc.record({a: value, b: value}, {requiredKeys: []}), relations: fc.constant({})}),
);
const PATHS = ['before.properties.a', 'after.properties.a', 'after.properties.b', 'after.properties.*', 'timer'];

const changes = fc
  .record({
    action: fc.constantFrom('CREATE', 'UPDATE', 'UPDATE', 'UPDATE', 'DELETE', 'TIMER_EXPIRED'),
    before: side,
    after: side,
    truncated: fc.option(fc.uniqueArray(fc.constantFrom(...PATHS), {minLength: 1}), {nil: undefined, freq: 3}),
  })
  .map(({truncated, ...parts}) => ({...aChange({}), ...parts, ...(truncated && {truncated})}) as Change);

test('the verdicts are those of each rule for each change', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(changes, change => {
      const verdicts = evaluate(rules, change);
      expect(verdicts).toEqual(rules.rules.map(rule => plainVerdict(rule, change)));
      for (const {matched, undecided, decidedBy, ends} of verdicts)
        seen.add(`${matched} ${undecided} ${decidedBy} ${ends}`);
    }),
    {numRuns: runs(4000)},
  );
  expect(seen.size).toBeGreaterThan(15);
});

test('the verdicts that changes share are frozen', () => {
  const [verdict] = evaluate(rules, aChange({}));
  expect(Object.isFrozen(verdict)).toBe(true);
});
