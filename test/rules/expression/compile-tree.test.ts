/** What Port Reactor evaluates itself, against GitHub's own evaluator. */
import {isDeepStrictEqual} from 'node:util';
import {data, Evaluator, type Expr, Lexer, Parser} from '@actions/expressions';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {messageOf} from '../../../src/base/errors.ts';
import {isContainer, type Value} from '../../../src/rules/expression/coercion.ts';
import {compileTree} from '../../../src/rules/expression/compile-tree.ts';
import {ExpressionContext, toJson, toValue, unwrap} from '../../../src/rules/expression/expression-data.ts';
import {HOSTILE_NAMES} from '../../helpers/a-change.ts';
import {runs} from '../../helpers/runs.ts';

/** Texts that are nearly alike, or look like something else. */
const TEXTS = [
  ...[
    '',
    ' ',
    'a',
    'A',
    'Healthy',
    'healthy',
    'HEALTHY ',
    '0',
    '-0',
    '12',
    ' 12 ',
    '1e3',
    '0x10',
    '0X1F',
    '0b1',
    '1_0',
  ],
  ...[
    '.5',
    '-',
    '+1',
    'NaN',
    'Infinity',
    'true',
    'False',
    'null',
    'Object',
    'Array',
    '0.3',
    '[1,"a"]',
    '{"A":1}',
    '{',
    '{0}',
  ],
  ...[
    'i',
    'I',
    'ı',
    'İ',
    'ß',
    'ss',
    'SS',
    'ẞ',
    'ſ',
    'S',
    'σ',
    'ς',
    'Σ',
    'K',
    'k',
    'ŉ',
    'ﬁ',
    'FI',
    'é',
    'É',
    '\ud800',
    '💥',
  ],
  'x'.repeat(5000),
  `${'X'.repeat(4999)}y`,
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  12,
  16,
  31,
  80,
  1000,
  0.5,
  1.5,
  0.1 + 0.2,
  1e21,
  1e-7,
  2 ** 53,
  Infinity,
  -Infinity,
  NaN,
];
const LISTS = [[], [[]], [1, 'a', null, {}], ['HEALTHY', 'ß', 'I', 12]];
const VALUES = [...TEXTS, ...NUMBERS, true, false, null, undefined, ...LISTS, {}, {a: 1, TRUE: 2, '': 3, '0': 4}];
const ORDINARY_NAMES = ['a', 'A', 'b', 'display name', 'Straße', 'STRASSE', 'İd', 'ıd', '0', '1', 'true', 'null', ''];

const PATHS = ['change.to', 'Change.FROM', 'change.team', 'change.property', 'change', 'before', 'AFTER'];
const PARTS = ['before.properties', 'after.properties', 'After.Properties', "after['relations']", '(after).properties'];
const STEPS = ['.*', '[*]', '[0]', '[1]', '[-1]', '[0.5]', '[1.5]', '[0x1]', '[true]', '[null]', '[NaN]', '[Infinity]'];

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const literal = fc.oneof(
  fc.constantFrom(...TEXTS.map(quote)),
  fc.constantFrom('0', '-0', '1', '+1', '.5', '80', '0x10', '0o17', '1e3', '-1', 'NaN', 'Infinity', '-Infinity'),
  fc.constantFrom('true', 'false', 'null'),
);

/** Expressions as text. Half of what they read is there. */
function sourcesWith(names: readonly string[]): fc.Arbitrary<string> {
  const name = fc.constantFrom(...names).map(name => `[${quote(name)}]`);
  const {expression} = fc.letrec<Record<'expression' | 'path', string>>(tie => {
    const [expression, path] = [tie('expression'), tie('path')];
    const call = (name: string, args: fc.Arbitrary<string[]>) => args.map(args => `${name}(${args.join(', ')})`);
    const two = fc.tuple(expression, expression).map(pair => [...pair]);
    return {
      path: fc.oneof(
        {depthSize: 'small'},
        fc.constantFrom(...PATHS),
        fc.tuple(fc.constantFrom(...PARTS), name).map(pair => pair.join('')),
        fc.tuple(path, fc.oneof(name, fc.constantFrom(...STEPS))).map(([path, step]) => `(${path})${step}`),
        fc.tuple(expression, fc.oneof(name, fc.constantFrom(...STEPS))).map(([value, step]) => `(${value})${step}`),
        fc.tuple(path, expression).map(([path, index]) => `(${path})[${index}]`),
      ),
      expression: fc.oneof(
        {depthSize: 'small'},
        {arbitrary: path, weight: 4},
        {arbitrary: literal, weight: 3},
        fc
          .tuple(expression, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), expression)
          .map(parts => `(${parts.join(' ')})`),
        fc
          .tuple(fc.constantFrom('&&', '||'), fc.array(expression, {minLength: 2, maxLength: 3}))
          .map(([operator, args]) => `(${args.join(operator)})`),
        expression.map(inner => `!${inner}`),
        fc.constantFrom('contains', 'Contains', 'startsWith', 'ENDSWITH').chain(name => call(name, two)),
        fc.constantFrom('join', 'format').chain(name => call(name, two)),
        fc.constantFrom('fromJSON', 'toJSON').chain(name =>
          call(
            name,
            expression.map(inner => [inner]),
          ),
        ),
        call(
          'fromJSON',
          fc.constantFrom('[]', '["a", "HEALTHY", 12, null]', '{"a": {"A": 1}}', '[').map(text => [quote(text)]),
        ),
        call(
          'case',
          fc.tuple(expression, expression, expression).map(args => [...args]),
        ),
      ),
    };
  });
  return expression;
}

/** What a change may hold, and more. Parts are shared, as by the two sides of a change. */
function rootsWith(names: readonly string[]): fc.Arbitrary<Record<'change' | 'before' | 'after', unknown>> {
  const shared = [...LISTS, {a: 'A', b: [{a: 1}, {a: 'x'}]}];
  const {value} = fc.letrec(tie => ({
    value: fc.oneof(
      {depthSize: 'small'},
      fc.constantFrom(...TEXTS, ...NUMBERS, true, false, null, undefined, ...shared),
      fc.array(tie('value'), {maxLength: 3}),
      fc.dictionary(fc.constantFrom(...names), tie('value'), {maxKeys: 4}),
    ),
  }));
  const values = fc.dictionary(fc.constantFrom(...names), value, {maxKeys: names.length});
  const side = fc.option(fc.record({title: value, team: value, properties: values, relations: values}), {freq: 9});
  const change = fc.record({from: value, to: value, team: value, property: fc.constantFrom(...names)});
  return fc
    .record({change, before: side, after: side})
    .chain(roots =>
      fc.constantFrom(
        roots,
        {...roots, before: roots.after},
        {...roots, change: {...roots.change, to: roots.after?.properties}},
      ),
    );
}

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
/** Not by our parser, which refuses names that no change has. */
const parse = (source: string) => new Parser(new Lexer(source).lex().tokens, ['change', 'before', 'after'], []).parse();

const github = (tree: Expr, roots: Readonly<Record<string, unknown>>) =>
  outcomeOf(() => unwrap(new Evaluator(tree, contextOf(roots)).evaluate()));

describe("what an expression gives is what GitHub's evaluator gives", () => {
  test.each([
    ...['!a', 'a == b', 'a != b', 'a < b', 'a <= b', 'a > b', 'a >= b', 'a && b', 'a || b'],
    ...['a == a', 'a != a', 'a < a', 'a >= a'],
    ...['contains(a, b)', 'startsWith(a, b)', 'endsWith(a, b)'],
  ])('for each pair of values: %s', pattern => {
    const tree = parse(pattern.replace(/\ba\b/g, 'change.from').replace(/\bb\b/g, 'change.to'));
    const pairs = VALUES.flatMap(from => VALUES.map(to => ({change: {from, to}})));
    const different = pairs.filter(roots => !isDeepStrictEqual(ours(tree, roots), github(tree, roots)));
    expect(different).toEqual([]);
  });

  test.each(STEPS)('for each value: change.to%s', step => {
    const tree = parse(`change.to${step}`);
    for (const to of VALUES) expect(ours(tree, {change: {to}})).toEqual(github(tree, {change: {to}}));
  });

  test('whatever a change holds', () => {
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

  test("with GitHub's own lists and mappings too", () => {
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

/** JSON in GitHub's classes alone. */
function official(json: unknown): data.ExpressionData {
  if (json === null || json === undefined) return new data.Null();
  if (typeof json === 'string') return new data.StringData(json);
  if (typeof json === 'number') return new data.NumberData(json);
  if (typeof json === 'boolean') return new data.BooleanData(json);
  if (Array.isArray(json)) return new data.Array(...json.map(official));
  return new data.Dictionary(...Object.entries(json).map(([key, value]) => ({key, value: official(value)})));
}
