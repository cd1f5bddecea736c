/** How values and actions are shown. evaluate.test.ts tests how conditions decide. */
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {describeAction} from '../../src/decide/describe.ts';
import {showSide} from '../../src/decide/show-side.ts';
import {aChange, type ChangeOptions, jsonValues, texts} from '../helpers/values/changes.ts';

describe('a side', () => {
  test.each<[unknown, string]>([
    [null, 'not set'],
    [undefined, 'not set'],
    ['Degraded', 'Degraded'],
    ['two words', 'two words'],
    [80, '80'],
    [true, 'true'],
    [[], '[]'],
    ['', '""'],
    ['  ', '" "'],
    ['80', '"80"'],
    ['-1.5', '"-1.5"'],
    ['1e5', '"1e5"'],
    ['0x1F', '"0x1F"'],
    ['true', '"true"'],
    ['False', '"False"'],
    ['null', '"null"'],
    ['Not set', '"Not set"'],
    ['["a"]', String.raw`"[\"a\"]"`],
    ['{"a":1}', String.raw`"{\"a\":1}"`],
    ['nullable', 'nullable'],
    ['80 %', '80 %'],
  ])('of %j is %s', (value, expected) => {
    expect(showSide(value)).toBe(expected);
  });

  test('is one short line for any value', () => {
    const any = fc.oneof(jsonValues, texts, fc.constantFrom('1'.repeat(9999), ' '.repeat(9999), '['.repeat(9999)));
    fc.assert(fc.property(any, value => /^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u.test(showSide(value))));
  });
});

test.each<[ChangeOptions, string | undefined, string]>([
  [{action: 'CREATE'}, undefined, 'the entity was created'],
  [{action: 'UPDATE'}, 'healthStatus', 'the entity was updated'],
  [{action: 'DELETE'}, undefined, 'the entity was deleted'],
  [{action: 'TIMER_EXPIRED'}, undefined, 'a timer of the entity expired'],
  [{action: 'TIMER_EXPIRED'}, 'ttl', 'the timer ttl expired'],
  [{action: 'TIMER_EXPIRED', timer: 'a\nb'}, 'ttl', 'the timer a b expired'],
])('describeAction(%j, %s): %s', (options, property, expected) => {
  expect(describeAction(aChange(options), property)).toBe(expected);
});
