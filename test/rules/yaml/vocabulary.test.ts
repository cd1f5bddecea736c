import {expect, test} from '@jest/globals';
import {vocabularyOf} from '../../../src/rules/yaml/vocabulary.ts';

const {keysAt, isKey} = vocabularyOf({'': {shape: {rules: 1}}, 'rules.*': {shape: {name: 1, to: 1}}});

test('returns the keys of the mapping at the path', () => {
  expect(keysAt([])).toEqual(['rules']);
  expect(keysAt(['rules', 7])).toEqual(['name', 'to']);
  expect(keysAt(['rules', 7, 'name'])).toEqual([]);
});

test('knows a key of any mapping, and does not count the members of every object', () => {
  expect(['rules', 'to', 'form', 'constructor', '__proto__'].map(isKey)).toEqual([true, true, false, false, false]);
});
