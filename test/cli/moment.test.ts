import {expect, test} from '@jest/globals';
import {readMoment} from '../../src/cli/moment.ts';
import {UsageError} from '../../src/cli/usage.ts';

test('is now unless told', () => {
  expect(readMoment('explain', undefined, {now: () => 7})).toBe(7);
  expect(readMoment('explain', '1970-01-01T00:00:01Z', {now: () => 7})).toBe(1000);
});

test('what is no time is wrong usage', () => {
  expect(() => readMoment('explain', 'noon', {now: () => 7})).toThrow(UsageError);
});
