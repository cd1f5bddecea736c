import {describe, expect, test} from '@jest/globals';
import {loadYaml} from '../../../src/rules/yaml/load-yaml.ts';
import {openYaml} from '../../../src/rules/yaml/parse-yaml.ts';
import {MAX_LEVELS} from '../../../src/rules/yaml/yaml-nesting.ts';

const WORDS = {file: 'x.yml', summary: (mistakes: string) => `The file has ${mistakes}:`, needs: '`a:`'};

function problemsIn(text: string, found: readonly {path: PropertyKey[]; message: string; atKey?: boolean}[] = []) {
  const {error} = loadYaml(openYaml(text), WORDS, () => ({problems: found}));
  if (error === undefined) throw new Error('no mistake was found');
  return error.message.split('\n');
}

test('returns the value and its positions', () => {
  const read = loadYaml(openYaml('a:\n  - b: 1\n'), WORDS, (json, {placeOf}) => ({
    value: {json, place: placeOf(['a', 0, 'b']), nearest: placeOf(['a', 0, 'c', 'd'])},
    problems: [],
  }));
  expect(read.value).toEqual({
    json: {a: [{b: 1}]},
    place: {line: 2, column: 8},
    nearest: {line: 2, column: 5},
  });
});

test('reports each mistake once, in the order of the file', () => {
  const found = [
    {path: ['a', 'c'], message: 'is late'},
    {path: ['a', 'b'], message: 'is early', atKey: true},
    {path: ['a', 'c'], message: 'is late'},
    {path: [], message: 'is everywhere'},
  ];
  expect(problemsIn('a:\n  b: 1\n  c: 2\n', found)).toEqual([
    'The file has 3 mistakes:',
    'x.yml:1:1: is everywhere',
    'x.yml:2:3: a.b: is early',
    'x.yml:3:6: a.c: is late',
  ]);
});

test.each<[string, string]>([
  ['', 'x.yml:1:1: the file is empty. It needs `a:`.'],
  ['# only a comment', 'x.yml:1:1: the file is empty. It needs `a:`.'],
  ['a: 1\na: 2', 'x.yml:2:1: the key "a" appears twice. Remove one of them.'],
  [
    'a: [*b]',
    'x.yml:1:5: *b refers to the anchor &b, which is not defined above. Put quotes around a value that starts with *.',
  ],
])('%j is refused', (text, message) => {
  expect(problemsIn(text)).toEqual(['The file has a mistake:', message]);
});

describe('a cycle is one mistake with a position', () => {
  test.each<[string, number, number]>([
    ['env: &e { A: *e }', 1, 14],
    ['from: &e [*e]', 1, 11],
    ['to: &e\n  - a\n  - [b, {c: *e}]', 3, 13],
    ['a: &e\n  <<: *e\n  b: 1', 2, 7],
    ['a: &e {? *e : 1}', 1, 10],
    ['&root {a: [*root]}', 1, 12],
  ])('%j', (text, line, column) => {
    const yaml = openYaml(text);
    expect(yaml.json).toBeUndefined();
    expect(yaml.mistakes).toHaveLength(1);
    expect(yaml.mistakes[0]?.message).toMatch(/^\*(\w+) is inside &\1, which it refers to, so it never ends. Write/);
    expect(yaml.place(yaml.mistakes[0]?.offset ?? -1)).toEqual({line, column});
  });

  test('an anchor that is defined again is not part of the first cycle', () => {
    expect(openYaml('a: &e [1]\nb: &e [*e]\n').mistakes).toHaveLength(1); // the second &e contains itself
    expect(openYaml('a: &e [1]\nb: &f [*e]\nc: &e [*f, *e]\n').mistakes).toHaveLength(1);
    expect(openYaml('a: &e [1]\nb: &f [*e]\nc: [*f, *e]\n').json).toEqual({a: [1], b: [[1]], c: [[[1]], [1]]});
  });
});

describe('deep nesting is one mistake with a position', () => {
  const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
  const aliases = (levels: number) =>
    `a0: &a0 [1]\n${Array.from({length: levels}, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]\n`).join('')}`;

  test.each<[string, string, number, number]>([
    ['brackets', nested('[', ']', 3000), 1, MAX_LEVELS + 1],
    ['brackets without an end', nested('[', '', 3000), 1, MAX_LEVELS + 1],
    ['braces', `rules: ${nested('{a: ', '}', 3000)}`, 1, 8 + 4 * (MAX_LEVELS - 1)],
    ['dashes', `${'- '.repeat(30_000)}a`, 1, 2 * MAX_LEVELS + 1],
    ['keys', `${'? '.repeat(3000)}a`, 1, 2 * MAX_LEVELS + 1],
    ['lines', Array.from({length: 1000}, (_, n) => `${' '.repeat(n)}a:\n`).join(''), MAX_LEVELS + 1, MAX_LEVELS + 1],
    ['aliases of aliases', aliases(3000), MAX_LEVELS, 'a199: &a199 [*'.length],
  ])('of %s', (_, text, line, column) => {
    const yaml = openYaml(text);
    expect(yaml.json).toBeUndefined();
    const [first] = yaml.mistakes;
    expect(first?.message).toContain(`is nested more than ${MAX_LEVELS} levels deep. Check for unclosed brackets`);
    expect(yaml.place(first?.offset ?? -1)).toEqual({line, column});
    expect(yaml.describe({path: ['a', 0], message: 'is wrong'})).toMatchObject({message: 'a[0]: is wrong'});
  });

  test('the deepest allowed nesting is read', () => {
    expect(openYaml(nested('[', ']', MAX_LEVELS)).mistakes).toEqual([]);
  });
});
