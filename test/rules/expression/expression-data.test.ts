import {isDeepStrictEqual} from 'node:util';
import {data} from '@actions/expressions';
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {fromData, toData} from '../../../src/rules/expression/expression-data.ts';
import {jsonValues} from '../../helpers/values/changes.ts';

/** The value without its lazy conversion. */
const rebuilt = (value: data.ExpressionData): data.ExpressionData => {
  if (value instanceof data.Array) return new data.Array(...value.values().map(rebuilt));
  if (!(value instanceof data.Dictionary)) return value;
  return toData(Object.fromEntries(value.pairs().map(pair => [pair.key, fromData(rebuilt(pair.value))])));
};

test('JSON is converted in both directions without loss', () => {
  fc.assert(fc.property(jsonValues, value => isDeepStrictEqual(fromData(toData(value)), value)));
});

test('the first of the names that differ only in letter case is used', () => {
  const dictionary = toData({Ab: 1, aB: 2, c: 3}) as data.Dictionary;
  expect(dictionary.pairs().map(({key, value}) => [key, fromData(value)])).toEqual([
    ['Ab', 1],
    ['c', 3],
  ]);
  expect(dictionary.values().map(fromData)).toEqual([1, 3]);
  expect(fromData(dictionary.get('AB') ?? new data.Null())).toBe(1);
  expect(dictionary.get('d')).toBeUndefined();
});

test('a value keeps its identity, because the language compares by identity', () => {
  const dictionary = toData({a: {b: []}}) as data.Dictionary;
  expect(dictionary.get('a')).toBe(dictionary.get('A'));
  expect(dictionary.get('a')).toBe(dictionary.values()[0]);
});

test('values that the language creates are converted to JSON', () => {
  const made = new data.Dictionary(
    {key: 'a', value: new data.Array(new data.Null(), new data.BooleanData(true), new data.NumberData(1.5))},
    {key: 'b', value: new data.StringData('x')},
  );
  expect(fromData(made)).toEqual({a: [null, true, 1.5], b: 'x'});
  expect(fromData(rebuilt(toData({a: [{b: 1}]})))).toEqual({a: [{b: 1}]});
});
