import {expect, test} from '@jest/globals';
import {parseDuration} from '../../../src/rules/values/duration.ts';

test.each<[string, number | undefined]>([
  ['20s', 20_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['90m', 5_400_000],
  ['999999s', 999_999_000],
  ['5', undefined],
  ['0s', undefined],
  ['05m', undefined],
  ['1.5h', undefined],
  ['-5m', undefined],
  ['5 m', undefined],
  ['5M', undefined],
  ['5min', undefined],
  ['1h30m', undefined],
  ['1d', undefined],
  ['1000000s', undefined],
  ['5m\n', undefined],
  ['', undefined],
])('%j is %s ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
