import {describe, expect, test} from '@jest/globals';
import {daysMistake, parseClock, parseDays, spansOf} from '../../../src/rules/values/week.ts';

test.each<[string, number[] | undefined]>([
  ['mon', [0]],
  ['mon-fri', [0, 1, 2, 3, 4]],
  ['fri-mon', [4, 5, 6, 0]],
  ['sun-sun', [6]],
  ['mon-wed-fri', undefined],
  ['mon-', undefined],
  ['Mon', undefined],
  ['', undefined],
])('the days of %s are %j', (text, expected) => {
  expect(parseDays(text)).toEqual(expected);
  expect(daysMistake(text) === undefined).toBe(expected !== undefined);
});

test.each<[string, number | undefined]>([
  ['00:00', 0],
  ['06:30', 390],
  ['23:59', 1439],
  ['24:00', 1440],
  ['24:01', undefined],
  ['6:30', undefined],
  ['06:60', undefined],
  ['25:00', undefined],
  ['noon', undefined],
])('%s is %s minutes', (text, expected) => {
  expect(parseClock(text)).toBe(expected);
});

describe('the parts of the week', () => {
  const DAY = 1440;
  test('are joined if they overlap, and split at the end of the week', () => {
    expect(spansOf([{days: ['sun', 'sat']}, {days: 'sun', from: '20:00', to: '06:00'}])).toEqual([
      [0, 360],
      [5 * DAY, 7 * DAY],
    ]);
    expect(
      spansOf([
        {days: 'mon', from: '08:00', to: '12:00'},
        {days: 'mon', from: '09:00', to: '10:00'},
      ]),
    ).toEqual([[480, 720]]);
    expect(spansOf([{}])).toEqual([[0, 7 * DAY]]);
  });
});
