import {describe, expect, test} from '@jest/globals';
import {zoneMistake} from '../../../src/rules/values/zone.ts';

const PLACES = ['Europe/Berlin', 'UTC', 'Etc/UTC', 'america/new_york', 'Asia/Calcutta', 'Asia/Kolkata', 'US/Pacific'];
test.each([...PLACES, 'America/Argentina/Buenos_Aires', 'Japan', 'Singapore'])('%s is a time zone', name => {
  expect(zoneMistake(name)).toBeUndefined();
});

test('every zone that the platform lists is accepted', () => {
  expect(Intl.supportedValuesOf('timeZone').filter(name => zoneMistake(name) !== undefined)).toEqual([]);
});

test.each([
  ['Europe/Berln', 'Europe/Berlin'],
  ['Berlin', 'Europe/Berlin'],
  ['germany/berlin', 'Europe/Berlin'],
  ['New York', 'America/New_York'],
  ['Europe/Munich', 'Europe/Berlin'],
  ['Munich', 'Europe/Berlin'],
  ['Europe/Milan', 'Europe/Rome'],
  ['Asia/Beijing', 'Asia/Shanghai'],
  ['Asia/Mumbai', 'Asia/Kolkata'],
  ['America/San Francisco', 'America/Los_Angeles'],
  ['America/Boston', 'America/New_York'],
  ['CEST', 'Europe/Berlin'],
  ['AEST', 'Australia/Sydney'],
])('%s is not a time zone. Did you mean %s?', (name, meant) => {
  expect(zoneMistake(name)).toBe(`is not a time zone. Did you mean "${meant}"?`);
});

describe('a name that ICU accepts but that is not a place is refused', () => {
  test.each([
    ['BST', 'Europe/London'],
    ['bst', 'Europe/London'],
    ['IST', 'Asia/Kolkata'],
    ['CST', 'America/Chicago'],
    ['PST', 'America/Los_Angeles'],
    ['EST', 'America/New_York'],
    ['MST', 'America/Denver'],
    ['HST', 'Pacific/Honolulu'],
    ['CET', 'Europe/Berlin'],
    ['EST5EDT', 'America/New_York'],
    ['GMT', 'UTC'],
    ['GB', 'Europe/London'],
    ['PRC', 'Asia/Shanghai'],
  ])('%s: the message suggests %s', (name, meant) => {
    expect(zoneMistake(name)).toBe(`is not the time zone of a place. Did you mean "${meant}"?`);
  });

  test('without a suggestion if no place is known for it', () => {
    for (const name of ['SST', 'MIT', 'NET', 'ECT', 'CNT', 'IET', 'SystemV/AST4']) {
      expect(zoneMistake(name)).toMatch(/^is not the time zone of a place\. /);
    }
  });
});

test('the message for a named offset explains that its sign is inverted', () => {
  expect(zoneMistake('Etc/GMT+3')).toContain('it is an offset with an inverted sign');
});

test.each(['+01:00', 'Mars/Olympus', '__proto__', '', 'XYZ'])('%s is not a time zone', name => {
  expect(zoneMistake(name)).toBe(
    'is not a time zone. Write a name of the IANA database, for example Europe/Berlin or UTC.',
  );
});
