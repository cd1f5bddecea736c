import {isDeepStrictEqual} from 'node:util';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {canonicalJson, isDeeperThan, isObject, isSameJson, wellFormed} from '../../src/base/json.ts';
import {jsonValues} from '../helpers/values/changes.ts';

test.each<[unknown, boolean]>([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  [undefined, false],
  ['{}', false],
])('%j is an object: %s', (value, expected) => {
  expect(isObject(value)).toBe(expected);
});

describe('equality of JSON', () => {
  test.each<[string, string, boolean]>([
    ['1', '1.0', true],
    ['0', '-0', true],
    ['"1"', '1', false],
    ['null', '0', false],
    ['{"a":1,"b":[2]}', '{"b":[2],"a":1}', true],
    ['[1,2]', '[2,1]', false],
    ['[1]', '[1,2]', false],
    ['[]', '{}', false],
    ['{"a":null}', '{}', false],
    ['{"a":null}', '{"b":null}', false],
    ['{"__proto__":1}', '{"__proto__":1}', true],
    ['{"__proto__":1}', '{"__proto__":2}', false],
    ['{"__proto__":{}}', '{"a":{}}', false],
    ['{"constructor":{"a":[{"toString":null}]}}', '{"constructor":{"a":[{"toString":null}]}}', true],
  ])('of %s and %s: %s', (a, b, same) => {
    expect(isSameJson(JSON.parse(a), JSON.parse(b))).toBe(same);
  });

  test('is the deep equality of Node', () => {
    fc.assert(fc.property(jsonValues, jsonValues, (a, b) => isSameJson(a, b) === isDeepStrictEqual(a, b)));
    fc.assert(fc.property(jsonValues, a => isSameJson(a, JSON.parse(JSON.stringify(a)))));
  });
});

describe('canonical JSON', () => {
  test('does not depend on the order of keys', () => {
    expect(canonicalJson(JSON.parse('{"b":[{"z":1,"y":2}],"a":{},"__proto__":0,"10":1}'))).toBe(
      canonicalJson(JSON.parse('{"10":1,"__proto__":0,"a":{},"b":[{"y":2,"z":1}]}')),
    );
  });

  test('is equal only for equal values', () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (a, b) => (canonicalJson(a) === canonicalJson(b)) === isSameJson(a, b)),
    );
    fc.assert(fc.property(jsonValues, a => isSameJson(JSON.parse(canonicalJson(a)), a)));
  });
});

test.each<[number, unknown, boolean]>([
  [0, 'text', false],
  [0, [], true],
  [1, [], false],
  [1, {a: 1, b: []}, true],
  [2, {a: 1, b: []}, false],
  [2, [[], {a: [1]}], true],
])('more than %d levels in %j: %s', (levels, value, expected) => {
  expect(isDeeperThan(levels, value)).toBe(expected);
});

describe('halves of surrogate pairs', () => {
  test('are replaced in strings and keys at any depth, and whole pairs stay', () => {
    const value = {a: ['x\ud800y', {'k\udc00': '\ud83d\ude00'}], n: 1, b: true, c: null};
    expect(wellFormed(value)).toEqual({a: ['x\ufffdy', {'k\ufffd': '\ud83d\ude00'}], n: 1, b: true, c: null});
  });

  test('`__proto__` stays a plain key', () => {
    const value = wellFormed(JSON.parse('{"__proto__":{"a":"\\ud800"}}'));
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":"\ufffd"}}');
  });

  test('are never in the written JSON, and a value without them is returned unchanged', () => {
    const text = fc.string({unit: fc.nat(0xffff).map(code => String.fromCharCode(code))});
    const values = fc.oneof(fc.jsonValue(), fc.dictionary(text, fc.oneof(text, fc.array(text))));
    fc.assert(
      fc.property(values, value => {
        expect(JSON.stringify(wellFormed(value))).not.toMatch(/\\ud[89a-f]/i);
        expect(wellFormed(wellFormed(value))).toEqual(wellFormed(value));
        if (!/\\ud[89a-f]/i.test(JSON.stringify(value))) expect(wellFormed(value)).toBe(value);
      }),
    );
  });
});
