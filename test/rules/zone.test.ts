import {expect, test} from '@jest/globals';
import {zoneMistake} from '../../src/rules/zone.ts';

test.each(['Europe/Berlin', 'UTC', 'america/new_york', 'Asia/Calcutta', 'Etc/GMT+3'])('%s is a time zone', name => {
  expect(zoneMistake(name)).toBeUndefined();
});

test.each([
  ['Europe/Berln', 'Europe/Berlin'],
  ['Berlin', 'Europe/Berlin'],
  ['germany/berlin', 'Europe/Berlin'],
  ['New York', 'America/New_York'],
])('%s is none; %s was meant', (name, meant) => {
  expect(zoneMistake(name)).toBe(`is not a time zone; did you mean "${meant}"?`);
});

test.each(['+01:00', 'Mars/Olympus', '__proto__', ''])('%s is none', name => {
  expect(zoneMistake(name)).toBe('is not a time zone; write a name of the IANA database, as Europe/Berlin or UTC');
});
