import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseScalar, shellWord, writeScalar} from '../../../../src/cli/shared/input/scalar.ts';

test.each([
  ['91', 91],
  ['-0.5', -0.5],
  ['1e3', 1000],
  ['true', true],
  ['false', false],
  ['null', null],
  ['"91"', '91'],
  ['Healthy', 'Healthy'],
  ['', ''],
  ['007', '007'],
  ['1e999', '1e999'],
  ['NaN', 'NaN'],
  ['[1]', '[1]'],
  ['{"a":1}', '{"a":1}'],
])('%s is %j', (text, value) => {
  expect(parseScalar(text)).toBe(value);
});

test('a written value is read as the same value', () => {
  const values = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constantFrom(null, 'null', '91', '"x"', '0.1'));
  fc.assert(fc.property(values, value => expect(parseScalar(writeScalar(value))).toBe(value)));
});

test.each([
  ['https://a.example/b?c', "'https://a.example/b?c'"],
  ['https://relay.example.com:8443', 'https://relay.example.com:8443'],
  ["it's", "'it'\\''s'"],
  ['', "''"],
  ['$(rm)', "'$(rm)'"],
])('%s is quoted as %s for a shell', (text, word) => {
  expect(shellWord(text)).toBe(word);
});
