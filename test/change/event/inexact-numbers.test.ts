import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseKeepingNumbers, restoreNumbers} from '../../../src/change/event/inexact-numbers.ts';
import {aChange} from '../../helpers/values/changes.ts';

/** A change with this JSON text as property `x`. */
function changeWith(written: string) {
  const {value} = parseKeepingNumbers(`{"x":${written}}`);
  return restoreNumbers(aChange({before: null, after: {properties: value as Record<string, unknown>, relations: {}}}));
}

test.each([
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '123456789012345678901234567890',
  '9007199254740993.0',
  '90071992547409930e-1',
  '1e400',
  '-1E+400',
  '1e-400',
  '12345678901234567890123e5',
  '12345678.901234567e9',
  '1.2345678901234567e+16',
])('%s is kept as a string, and listed in `truncated`', written => {
  const {after, truncated} = changeWith(written);
  expect(after?.properties).toEqual({x: written});
  expect(truncated).toEqual(['after.properties.x']);
});

test.each([
  '9007199254740992',
  '1e23',
  '1e22',
  '100000000000000000000',
  '0.1234567890123456789',
  '25.0',
  '0',
  '-0',
  '0e999',
  '1.7976931348623157e308',
  '5e-324',
])('%s stays a number', written => {
  const {after, truncated} = changeWith(written);
  expect(after?.properties).toEqual({x: JSON.parse(written)});
  expect(truncated).toBeUndefined();
});

test('nested values are kept too, and strings of digits stay strings', () => {
  const {after, truncated} = changeWith('{"list":[1,9007199254740993],"text":"9007199254740993 \\" 1e400"}');
  expect(after?.properties).toEqual({x: {list: [1, '9007199254740993'], text: '9007199254740993 " 1e400'}});
  expect(truncated).toEqual(['after.properties.x']);
});

describe('parseKeepingNumbers', () => {
  test('returns what JSON.parse returns for JSON that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        expect(parseKeepingNumbers(text)).toEqual({value: JSON.parse(text), isInexact: false});
      }),
    );
  });

  test.each(['{"a":9007199254740993', '9007199254740993,', '{"a":01234567890123456789}', '1e400e5'])(
    'refuses %s, which is not JSON',
    text => {
      expect(() => parseKeepingNumbers(text)).toThrow(SyntaxError);
    },
  );
});
