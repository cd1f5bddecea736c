import {expect, test} from '@jest/globals';
import {lookalikeHint} from '../../src/decide/lookalike.ts';
import type {Scalar} from '../../src/rules/rules.ts';

test.each<[unknown, Scalar[], string]>([
  ['3.10', [3.1], 'the event has the string "3.10", but the rule has the number 3.1. Put quotes around it: "3.10"'],
  [
    '0123',
    ['x', 123],
    'the event has the string "0123", but the rule has the number 123. Put quotes around it: "0123"',
  ],
  ['1e3', [1000], 'the event has the string "1e3", but the rule has the number 1000. Put quotes around it: "1e3"'],
  ['true', [true], 'the event has the string "true", but the rule has true. Put quotes around it: "true"'],
  [80, ['80'], 'the event has the number 80, but the rule has the string "80". Remove the quotes'],
  [false, ['False'], 'the event has false, but the rule has the string "False". Remove the quotes'],
])('%j and %j have a hint about their difference', (actual, wanted, hint) => {
  expect(lookalikeHint(actual, wanted)).toBe(hint);
});

test.each<[unknown, Scalar[]]>([
  ['3.1', ['3.10']],
  ['', [0]],
  [' ', [0]],
  [null, ['null']],
  [[80], ['80']],
  [{}, ['[object Object]']],
  ['x'.repeat(300), [1]],
])('%j and %j have no hint', (actual, wanted) => {
  expect(lookalikeHint(actual, wanted)).toBeUndefined();
});
