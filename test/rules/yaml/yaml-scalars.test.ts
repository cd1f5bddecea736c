import {expect, test} from '@jest/globals';
import {openYaml} from '../../../src/rules/yaml/parse-yaml.ts';

test('names in mappings keep their text', () => {
  const text = '{3.10: a, 0123: b, 1e3: c, True: d, plain: e, "4.0": f, 7: {2.0: g}}';
  expect(openYaml(text).json).toEqual({
    '3.10': 'a',
    '0123': 'b',
    '1e3': 'c',
    True: 'd',
    plain: 'e',
    '4.0': 'f',
    '7': {'2.0': 'g'},
  });
});

test('a problem at such a name has a position and quotes the written value', () => {
  const yaml = openYaml('statuses:\n  3.10: 1e400\n');
  const path = ['statuses', '3.10'];
  expect(yaml.describe({path, message: 'is wrong', atKey: true}).offset).toBe(12);
  const quoting = (written: string) => `is ${written}`;
  expect(yaml.describe({path, message: 'is Infinity', quoting})).toEqual({
    offset: 18,
    message: 'statuses.3.10: is 1e400',
  });
});

test('merge keys still merge', () => {
  expect(openYaml('a: &a {x: 1}\nb: {<<: *a, y: 2}').json).toEqual({a: {x: 1}, b: {x: 1, y: 2}});
});
