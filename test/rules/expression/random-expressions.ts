/** Expressions and values for property tests: all of GitHub's language, and values that it converts to each other. */
import fc from 'fast-check';

/** Texts that are similar, or look like another type. */
const TEXTS = [
  ...'a A Healthy healthy 0 -0 12 0.3 .5 1e3 0x10 0X1F 0b1 1_0 +1 - NaN Infinity true False null Object Array'.split(
    ' ',
  ),
  ...'i I ı İ ß ss SS ẞ ſ S σ ς Σ K k ŉ ﬁ FI é É \ud800 💥 [1,"a"] {"A":1} { {0}'.split(' '),
  ...['', ' ', ' 12 ', 'HEALTHY ', 'x'.repeat(5000), `${'X'.repeat(4999)}y`],
];
const NUMBERS =
  '0 -0 1 -1 12 16 31 80 1000 0.5 1.5 0.30000000000000004 1e21 1e-7 9007199254740992 Infinity -Infinity NaN'
    .split(' ')
    .map(Number);
const LISTS = [[], [[]], [1, 'a', null, {}], ['HEALTHY', 'ß', 'I', 12]];
export const VALUES = [
  ...TEXTS,
  ...NUMBERS,
  true,
  false,
  null,
  undefined,
  ...LISTS,
  {},
  {a: 1, TRUE: 2, '': 3, '0': 4},
];
export const ORDINARY_NAMES = [
  'a',
  'A',
  'b',
  'display name',
  'Straße',
  'STRASSE',
  'İd',
  'ıd',
  '0',
  '1',
  'true',
  'null',
  '',
];

const PATHS = ['change.to', 'Change.FROM', 'change.team', 'change.property', 'change', 'before', 'AFTER'];
const PARTS = ['before.properties', 'after.properties', 'After.Properties', "after['relations']", '(after).properties'];
export const STEPS = [
  '.*',
  '[*]',
  '[0]',
  '[1]',
  '[-1]',
  '[0.5]',
  '[1.5]',
  '[0x1]',
  '[true]',
  '[null]',
  '[NaN]',
  '[Infinity]',
];

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const literal = fc.oneof(
  fc.constantFrom(...TEXTS.map(quote)),
  fc.constantFrom('0', '-0', '1', '+1', '.5', '80', '0x10', '0o17', '1e3', '-1', 'NaN', 'Infinity', '-Infinity'),
  fc.constantFrom('true', 'false', 'null'),
);

/** Expressions as text. Half of the paths that they read exist. */
export function sourcesWith(names: readonly string[]): fc.Arbitrary<string> {
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

/** All that a change can contain, and more. Its two sides share parts. */
export function rootsWith(names: readonly string[]): fc.Arbitrary<Record<'change' | 'before' | 'after', unknown>> {
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
