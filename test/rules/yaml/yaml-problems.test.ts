import {describe, expect, test} from '@jest/globals';
import {parseDocument} from 'yaml';
import {findYamlProblems, offsetOf} from '../../../src/rules/yaml/yaml-problems.ts';

const TEXT = `plain: after.a = 1
single: 'after.a = 1'
double: "after.a = 1"
padded: "  after.a = 1"
escaped: "\\x61fter.a = 1"
literal: |
  after.a = 1
folded: >-
  after.a = 1
lines: |
  after.a ==
  1 = 2
wrapped: >
  after.a ==

  1 = 2
list: [a, {b: c}]
`;

describe('the position of a mistake', () => {
  const document = parseDocument(TEXT);
  test.each<[PropertyKey[], {atKey?: boolean; column?: number}, string]>([
    [['plain'], {}, 'after.a = 1'],
    [['plain'], {atKey: true}, 'plain:'],
    [['plain'], {column: 8}, '= 1'],
    [['single'], {}, "'after"],
    [['single'], {column: 8}, "= 1'"],
    [['double'], {column: 0}, 'after.a = 1"'],
    [['double'], {column: 8}, '= 1"'],
    [['padded'], {column: 8}, '= 1"'],
    [['escaped'], {column: 8}, '"\\x61fter'],
    [['literal'], {column: 8}, '= 1\nfolded'],
    [['folded'], {column: 8}, '= 1\nlines'],
    [['lines'], {column: 8}, '==\n'],
    [['lines'], {column: 13}, '= 2\n'],
    [['wrapped'], {column: 13}, '>\n  after.a =='],
    [['list', 1, 'b'], {}, 'c}]'],
    [['list', 1, 'b'], {atKey: true}, 'b: c}]'],
    [['list', 1, 'missing'], {atKey: true}, '{b: c}]'],
    [['list', 7, 'b'], {column: 3}, '[a,'],
    [['missing'], {}, 'plain:'],
    [[], {}, 'plain:'],
  ])('of %j with %j', (path, more, expected) => {
    expect(TEXT.slice(offsetOf(document, TEXT, {path, message: '', ...more})).startsWith(expected)).toBe(true);
  });

  test('in an empty document is its start', () => {
    expect(offsetOf(parseDocument(''), '', {path: ['a', 0], message: ''})).toBe(0);
  });
});

test('a valid document has no mistakes', () => {
  expect(findYamlProblems(parseDocument(TEXT), TEXT)).toEqual([]);
});

describe('the fix follows the message of the parser', () => {
  test.each([
    ['a:\n  - b: 1\n   c: 2\n', 3, 'Sequence item without - indicator. Compare the indentation of this line with'],
    ['a:\n  - b: 1\n  c: 2\n', 3, 'All mapping items must start at the same column. Compare the indentation of this'],
    ['a: {b: c d: e}\n', 1, 'Block collections are not allowed within flow collections. Add a comma between two'],
    ['a: {b: c: e}\n', 1, 'Block collections are not allowed within flow collections. Add a comma between two'],
    ['a: {"b": "c" "d": "e"}\n', 1, 'Unexpected double-quoted-scalar token. Add a comma between two entries'],
    ['a:\n  b\n  c: d\n', 2, 'Implicit keys need to be on a single line. Add a colon and a space after this key'],
    ['a:1\nb: 2\n', 1, 'Implicit keys need to be on a single line. Add a colon and a space after this key'],
    ['a: 1\nb\n', 2, 'Implicit map keys need to be followed by map values. Add a colon and a space after this key'],
    [
      'a: 1\nb: {c: d\ne: f\n',
      3,
      'Flow map in block collection must be sufficiently indented and end with a }. Close it',
    ],
  ])('%j', (text, line, message) => {
    const [first] = findYamlProblems(parseDocument(text, {prettyErrors: false}), text);
    expect(first?.message.slice(0, message.length)).toBe(message);
    expect(text.slice(0, first?.offset).split('\n')).toHaveLength(line);
  });
});

test('a document with many anchors is accepted', () => {
  const text = `${Array.from({length: 500}, (_, n) => `- &a${n} {x: ${n}}\n- *a${n}\n`).join('')}`;
  expect(findYamlProblems(parseDocument(text), text)).toEqual([]);
});
