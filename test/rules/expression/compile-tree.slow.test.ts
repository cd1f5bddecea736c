/** Compares Port Reactor's evaluator with GitHub's own. */
import {isDeepStrictEqual} from 'node:util';
import {data, Evaluator, type Expr, Lexer, Parser} from '@actions/expressions';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {messageOf} from '../../../src/base/errors.ts';
import {isContainer, type Value} from '../../../src/rules/expression/coercion.ts';
import {compileTree} from '../../../src/rules/expression/compile-tree.ts';
import {ExpressionContext, toJson, toValue, unwrap} from '../../../src/rules/expression/expression-data.ts';
import {HOSTILE_NAMES} from '../../helpers/values/a-change.ts';
import {runs} from '../../helpers/values/runs.ts';
import {ORDINARY_NAMES, rootsWith, STEPS, sourcesWith, VALUES} from './random-expressions.ts';

type Outcome = {readonly value: unknown} | {readonly error: string};

function outcomeOf(evaluate: () => Value): Outcome {
  try {
    return {value: toJson(evaluate())};
  } catch (error) {
    return {error: messageOf(error)};
  }
}

const contextOf = (roots: Readonly<Record<string, unknown>>) =>
  new ExpressionContext(Object.fromEntries(Object.entries(roots).map(([name, json]) => [name, () => toValue(json)])));

const ours = (tree: Expr, roots: Readonly<Record<string, unknown>>) =>
  outcomeOf(() => compileTree(tree)(contextOf(roots)));
/** Parses with GitHub's parser, because ours refuses names that a change does not have. */
const parse = (source: string) => new Parser(new Lexer(source).lex().tokens, ['change', 'before', 'after'], []).parse();

const github = (tree: Expr, roots: Readonly<Record<string, unknown>>) =>
  outcomeOf(() => unwrap(new Evaluator(tree, contextOf(roots)).evaluate()));

describe("an expression gives the same result as GitHub's evaluator", () => {
  test.each([
    ...['!a', 'a == b', 'a != b', 'a < b', 'a <= b', 'a > b', 'a >= b', 'a && b', 'a || b'],
    ...['a == a', 'a != a', 'a < a', 'a >= a'],
    ...['contains(a, b)', 'startsWith(a, b)', 'endsWith(a, b)'],
  ])('for every pair of values: %s', pattern => {
    const tree = parse(pattern.replace(/\ba\b/g, 'change.from').replace(/\bb\b/g, 'change.to'));
    const pairs = VALUES.flatMap(from => VALUES.map(to => ({change: {from, to}})));
    const different = pairs.filter(roots => !isDeepStrictEqual(ours(tree, roots), github(tree, roots)));
    expect(different).toEqual([]);
  });

  test.each(STEPS)('for every value: change.to%s', step => {
    const tree = parse(`change.to${step}`);
    for (const to of VALUES) expect(ours(tree, {change: {to}})).toEqual(github(tree, {change: {to}}));
  });

  test('for any change', () => {
    const names = [...ORDINARY_NAMES, ...HOSTILE_NAMES];
    const seen = {values: new Set<unknown>(), errors: new Set<string>()};
    fc.assert(
      fc.property(sourcesWith(names), rootsWith(names), (source, roots) => {
        const tree = parse(source);
        const outcome = ours(tree, roots);
        expect(outcome).toEqual(github(tree, roots));
        if ('value' in outcome) seen.values.add(outcome.value);
        else seen.errors.add(outcome.error);
      }),
      {numRuns: runs(20_000)},
    );
    expect(seen.values.size).toBeGreaterThan(100);
    expect(seen.errors.size).toBeGreaterThan(4);
  });

  test("with GitHub's own lists and mappings", () => {
    const shown = (outcome: Outcome) =>
      'value' in outcome && isContainer(toValue(outcome.value)) ? Array.isArray(outcome.value) : outcome;
    fc.assert(
      fc.property(sourcesWith(ORDINARY_NAMES), rootsWith(ORDINARY_NAMES), (source, roots) => {
        const tree = parse(source);
        const context = new data.Dictionary(
          ...Object.entries(roots).map(([key, json]) => ({key, value: official(json)})),
        );
        expect(shown(ours(tree, roots))).toEqual(
          shown(outcomeOf(() => unwrap(new Evaluator(tree, context).evaluate()))),
        );
      }),
      {numRuns: runs(8000)},
    );
  });
});

/** JSON converted to GitHub's classes only. */
function official(json: unknown): data.ExpressionData {
  if (json === null || json === undefined) return new data.Null();
  if (typeof json === 'string') return new data.StringData(json);
  if (typeof json === 'number') return new data.NumberData(json);
  if (typeof json === 'boolean') return new data.BooleanData(json);
  if (Array.isArray(json)) return new data.Array(...json.map(official));
  return new data.Dictionary(...Object.entries(json).map(([key, value]) => ({key, value: official(value)})));
}
