import {expect, test} from '@jest/globals';
import {readMoment} from '../../../src/cli/shared/at-option.ts';
import {UsageError} from '../../../src/cli/shared/usage.ts';

test('is the current time without the option', () => {
  expect(readMoment('explain', undefined, {now: () => 7})).toBe(7);
  expect(readMoment('explain', '1970-01-01T00:00:01Z', {now: () => 7})).toBe(1000);
});

test.each(['noon', '2026-11-20', '2026-11-20T12:28:18', '2026-02-30T12:28:18Z', '1', 'Fri Nov 20 2026'])(
  '%s is invalid usage, because it has no zone or is not a time',
  at => {
    expect(() => readMoment('explain', at, {now: () => 7})).toThrow(UsageError);
  },
);
