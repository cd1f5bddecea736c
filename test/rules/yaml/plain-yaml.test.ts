/** For plain files, the plain reader returns what the library returns. It passes all other files, and every mistake, to the library. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {openYaml} from '../../../src/rules/yaml/parse-yaml.ts';
import {openPlainYaml, readPlainYaml} from '../../../src/rules/yaml/plain-yaml.ts';
import {runs} from '../../helpers/values/runs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SAMPLE = readFileSync(join(ROOT, '.github/port-reactor.yml'), 'utf8');

/** Whether the plain reader read the text. If it did, expects the library to read the same without a mistake. */
function isReadIdentically(text: string): boolean {
  const plain = openPlainYaml(text);
  if (plain === undefined) return false;
  const library = openYaml(text);
  expect(library.mistakes).toEqual([]);
  expect(library.rest).toEqual({json: library.json, broken: [], rounded: []});
  expect(plain.json).toStrictEqual(library.json);
  expect(JSON.stringify(plain.json)).toBe(JSON.stringify(library.json)); // in the same order
  for (const path of pathsIn(plain.json)) expect(plain.writtenAt(path)).toBe(library.writtenAt(path));
  return true;
}

function pathsIn(value: unknown, path: readonly PropertyKey[] = []): PropertyKey[][] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const keyOf = (key: string) => (Array.isArray(value) ? Number(key) : key);
  return [[...path], ...inner.flatMap(([key, part]) => pathsIn(part, [...path, keyOf(key)]))];
}

describe('the plain reader reads', () => {
  test.each([
    '.github/port-reactor.yml',
    'examples/certificate-expiry/.github/port-reactor.yml',
    'examples/kubernetes-scale-out/.github/port-reactor.yml',
    'examples/page-on-call/.github/port-reactor.yml',
    'examples/several-jobs/.github/port-reactor.yml',
  ])('%s', file => {
    expect(isReadIdentically(readFileSync(join(ROOT, file), 'utf8'))).toBe(true);
  });

  test.each<[string, string, unknown]>([
    ['a comment, and lines of spaces', '# c\n\n   \na: b # c\n  # c\n', {a: 'b'}],
    ['a number sign inside a word', 'a: b#c\n', {a: 'b#c'}],
    ['a URL', 'a: https://x.example/y?z=1#top\n', {a: 'https://x.example/y?z=1#top'}],
    ['quotes', `a: 'it''s # "x"' # c\nb: "a\\n\\"b\\" # c"\n`, {a: `it's # "x"`, b: 'a\n"b" # c'}],
    [
      'numbers in the form of JSON',
      'a: [0, 10, 2.5, 5m, 22:00, 1.2.3, 2026-01-02]\n',
      {a: [0, 10, 2.5, '5m', '22:00', '1.2.3', '2026-01-02']},
    ],
    ['words of JSON', 'a: [true, false, null, "true", yes, on]\n', {a: [true, false, null, 'true', 'yes', 'on']}],
    ['brackets', 'a: { b: [c, {d: e f}], g: [], h: {} } # c\n', {a: {b: ['c', {d: 'e f'}], g: [], h: {}}}],
    ['a list at the column of its key', 'a:\n- b\n- c: d\n  e: f\ng: h\n', {a: ['b', {c: 'd', e: 'f'}], g: 'h'}],
    ['a list in a list', '- - a\n  - b\n-   - c\n', [['a', 'b'], ['c']]],
    ['texts of several lines', 'a: |\n  b: c\n   # d\n\n\n  e\n\n# f\ng: |-\n h\n', {a: 'b: c\n # d\n\n\ne\n', g: 'h'}],
    ['a text at the end', '- a: |\n    b', [{a: 'b\n'}]],
    ['line ends of Windows', 'a: b\r\nc: |\r\n  d\r\n  e\r\n', {a: 'b', c: 'd\ne\n'}],
    ['mappings in mappings', 'a:\n    b:\n     c: d\n    e: f\n', {a: {b: {c: 'd'}, e: 'f'}}],
  ])('%s', (_, text, json) => {
    expect(readPlainYaml(text)).toEqual(json);
    expect(isReadIdentically(text)).toBe(true);
  });
});

describe('the plain reader passes to the library', () => {
  test.each<[string, string]>([
    ['nothing', '\n# c\n'],
    ['a value alone', 'a\n'],
    ['brackets alone', '{a: b}\n'],
    ['no value', 'a:\nb: c\n'],
    ['no value at the end', 'a: b\nc:\n'],
    ['an item without a value', 'a:\n  -\n  - b\n'],
    ['a duplicate key', 'a: b\na: c\n'],
    ['a duplicate key in brackets', 'a: {b: c, b: d}\n'],
    ['a key with a meaning in JavaScript', '__proto__: {a: b}\n'],
    ['a key that is a word of JSON', 'true: a\n'],
    ['a key in quotes', '"a": b\n'],
    ['a merge key', 'a: {b: c}\n<<: {d: e}\n'],
    ['an anchor', 'a: &x b\n'],
    ['an alias', 'a: *x\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a folded text', 'a: >\n  b\n'],
    ['a text that keeps its last lines', 'a: |+\n  b\n\n'],
    ['a text with a given indentation', 'a: |2\n   b\n'],
    ['a text without a line', 'a: |\nb: c\n'],
    ['a text that starts with an empty line', 'a: |\n  \n    b\n'],
    ['a text with a line of spaces', 'a: |\n  b\n     \n  c\n'],
    ['a text with a line that is less far in', 'a: |\n    b\n  c\n'],
    ['a text that continues on the next line', 'a: b\n  c\n'],
    ['a text in quotes that continues on the next line', 'a: "b\n  c"\n'],
    ['brackets that continue on the next line', 'a: [b,\n  c]\n'],
    ['a comma at the end', 'a: [b, ]\n'],
    ['an escape that JSON does not have', 'a: "\\x41"\n'],
    ['a word after a text in quotes', "a: 'b' c\n"],
    ['a comment without a space', 'a: "b"#c\n'],
    ['a colon that makes a key', 'a: b: c\n'],
    ['a colon at the end', 'a: b:\n'],
    ['a key without a space', 'a: {b:c}\n'],
    ['a number that YAML changes', 'a: 3.10\n'],
    ['a number with an exponent', 'a: 1e3\n'],
    ['a hexadecimal number', 'a: 0x10\n'],
    ['a number that is rounded', 'a: 12345678901234567890\n'],
    ['a word that YAML reads as true', 'a: True\n'],
    ['a value that is not a number', 'a: .NaN\n'],
    ['a tab', 'a:\tb\n'],
    ['a tab before a comment', 'a: b\t# c\n'],
    ['a tab in quotes', 'a: "b\tc"\n'],
    ['other line ends', 'a: b\rc: d\r'],
    ['a byte order mark', '\uFEFFa: b\n'],
    ['a second document', 'a: b\n---\nc: d\n'],
    ['the end of the document', 'a: b\n...\n'],
    ['a directive', '%YAML 1.1\n'],
    ['a line with more indentation', 'a: b\n  c: d\n'],
    ['a line between two columns', 'a:\n    b: c\n  d: e\n'],
    ['an item with more indentation', '- a\n  - b\n'],
    ['brackets without an end', `a: ${'['.repeat(100_000)}\n`],
    ['lists without an end', `${'- '.repeat(100_000)}a\n`],
  ])('%s', (_, text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });
});

const PIECES = [
  ...[
    ' ',
    '  ',
    '\n',
    '\n  ',
    '- ',
    '-',
    ': ',
    ':',
    '#',
    ' # x',
    ',',
    ', ',
    '[',
    ']',
    '{',
    '}',
    "'",
    '"',
    '\\',
    '\t',
    '\r\n',
  ],
  ...[
    'a',
    'b: ',
    'name',
    '1',
    '0',
    '.',
    '5m',
    'true',
    'Null',
    '~',
    '.inf',
    '.5',
    '-1',
    '3.10',
    '1e400',
    '0x1',
    '12345678901234567',
  ],
  ...[
    '&a ',
    '*a',
    '!t ',
    ': |\n  ',
    ': |-\n  ',
    '|',
    '>',
    '<<: ',
    '?',
    '? ',
    '=',
    '@',
    '`',
    '%',
    '---',
    '\n---\n',
    '...',
    'é',
    '\u00a0',
    '\u2028',
    '\u0085',
  ],
  ...[
    '- - ',
    ': |\n    ',
    '|-',
    '|+',
    '[a, b]',
    '{ a: 1 }',
    '{a: 1, b: [c]}',
    "'it''s'",
    '"a\\n"',
    '""',
    'a:b',
    'a #b',
    'a# b',
    '"k": v',
    '__proto__: 1',
  ],
];

const line = fc
  .record({
    indent: fc.nat({max: 3}),
    dash: fc.boolean(),
    key: fc.constantFrom('a', 'b', 'c', 'd', 'true'),
    value: fc.array(fc.constantFrom(...PIECES), {maxLength: 3}),
  })
  .map(({indent, dash, key, value}) => `${'  '.repeat(indent)}${dash ? '- ' : ''}${key}: ${value.join('')}`);

/** A part of the sample, with text inserted and removed. */
const changedSample = fc
  .record({
    from: fc.nat({max: SAMPLE.split('\n').length - 1}),
    lines: fc.integer({min: 1, max: 20}),
    edits: fc.array(
      fc.record({
        at: fc.double({min: 0, max: 1, noNaN: true}),
        cut: fc.nat({max: 5}),
        piece: fc.constantFrom('', ...PIECES),
      }),
      {maxLength: 3},
    ),
  })
  .map(({from, lines, edits}) =>
    edits.reduce(
      (text, {at, cut, piece}) => {
        const start = Math.floor(at * text.length);
        return text.slice(0, start) + piece + text.slice(start + cut);
      },
      SAMPLE.split('\n')
        .slice(from, from + lines)
        .join('\n'),
    ),
  );

test.each([
  ['lines', fc.array(line, {maxLength: 6}).map(lines => lines.join('\n'))],
  ['pieces', fc.array(fc.constantFrom(...PIECES), {maxLength: 12}).map(pieces => pieces.join(''))],
  ['a changed sample', changedSample],
])('the plain reader and the library agree on %s', (_, texts) => {
  fc.assert(
    fc.property(texts, text => void isReadIdentically(text)),
    {numRuns: runs(8000)},
  );
});
