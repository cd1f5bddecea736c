import {expect, test} from '@jest/globals';
import {parseInstant} from '../../../src/rules/values/instant.ts';

test.each<[string, string | undefined]>([
  ['2026-12-01T18:00:00Z', '2026-12-01T18:00:00.000Z'],
  ['2026-12-01T18:00Z', '2026-12-01T18:00:00.000Z'],
  ['2026-12-01T18:00:00.5+01:00', '2026-12-01T17:00:00.500Z'],
  ['2028-02-29T00:00-05:30', '2028-02-29T05:30:00.000Z'],
  ['2026-02-29T00:00Z', undefined],
  ['2026-13-01T00:00Z', undefined],
  ['2026-12-01T25:00Z', undefined],
  ['2026-12-01T18:60Z', undefined],
  ['2026-12-01T18:00', undefined],
  ['2026-12-01', undefined],
  ['2026-12-01 18:00Z', '2026-12-01T18:00:00.000Z'],
  ['2026-12-01t18:00:00.123456z', '2026-12-01T18:00:00.123Z'],
  ['tomorrow', undefined],
  ['', undefined],
])('%s is %s', (text, expected) => {
  const ms = parseInstant(text);
  expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(expected);
});
