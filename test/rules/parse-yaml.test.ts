import {expect, test} from '@jest/globals';
import {ConfigError} from '../../src/errors.ts';
import {parseYaml} from '../../src/rules/parse-yaml.ts';

const KIND = {summary: (mistakes: string) => `The file has ${mistakes}:`, needs: '`a:`'};

function problemsIn(text: string, found: readonly {path: PropertyKey[]; message: string; atKey?: boolean}[] = []) {
  try {
    parseYaml(text, 'x.yml', KIND, () => ({problems: found}));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
  throw new Error('nothing was thrown');
}

test('gives what was read, and where it is', () => {
  const read = parseYaml('a:\n  - b: 1\n', 'x.yml', KIND, (json, placeOf) => ({
    value: {json, place: placeOf(['a', 0, 'b']), nearest: placeOf(['a', 0, 'c', 'd'])},
  }));
  expect(read).toEqual({
    json: {a: [{b: 1}]},
    place: {line: 2, column: 8},
    nearest: {line: 2, column: 5},
  });
});

test('tells all that was found in the order of the file, each once', () => {
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
  ['', 'x.yml:1:1: the file is empty; it needs `a:`'],
  ['# only a comment', 'x.yml:1:1: the file is empty; it needs `a:`'],
  ['a: 1\na: 2', 'x.yml:2:1: the key "a" is there twice; keep one of them'],
  [
    'a: [*b]',
    'x.yml:1:5: *b stands for what is marked &b above, and nothing is; put quotes around a value that starts with *',
  ],
])('%j is no file to be read', (text, message) => {
  expect(problemsIn(text)).toEqual(['The file has a mistake:', message]);
});
