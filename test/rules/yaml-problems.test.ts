import {describe, expect, test} from '@jest/globals';
import {parseDocument} from 'yaml';
import {findYamlProblems, offsetOf} from '../../src/rules/yaml-problems.ts';

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

describe('the place', () => {
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

test('a document without mistakes of YAML has none', () => {
  expect(findYamlProblems(parseDocument(TEXT), TEXT)).toEqual([]);
});

test('a document of many anchors is not a bomb', () => {
  const text = `${Array.from({length: 500}, (_, n) => `- &a${n} {x: ${n}}\n- *a${n}\n`).join('')}`;
  expect(findYamlProblems(parseDocument(text), text)).toEqual([]);
});
