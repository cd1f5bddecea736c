import {expect, test} from '@jest/globals';
import {isAhead, windowOf} from '../../src/reconcile/window.ts';

const NOW = Date.parse('2026-11-28T12:00:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();

test.each([
  ['the first round reads the last day', {}, '2026-11-27T12:00:00.000Z'],
  [
    'the next round begins an hour before the end of the last',
    {last: '2026-11-28T10:50:00Z'},
    '2026-11-28T09:50:00.000Z',
  ],
  ['--since sets the start', {since: 3, last: '2026-11-28T10:50:00Z'}, '2026-11-28T09:00:00.000Z'],
  ['waiting changes are always included', {since: 3, oldest: '2026-11-28T01:00:00Z'}, '2026-11-28T01:00:00.000Z'],
  [
    'the window is at most seven days',
    {last: '2026-01-01T00:00:00Z', oldest: '2026-01-01T00:00:00Z'},
    '2026-11-21T12:00:00.000Z',
  ],
])('%s', (_, {since, last, oldest}: {since?: number; last?: string; oldest?: string}, from) => {
  const window = windowOf({
    nowMs: NOW,
    sinceMs: since === undefined ? undefined : since * 3_600_000,
    lastMs: last === undefined ? undefined : Date.parse(last),
    oldestMs: oldest === undefined ? undefined : Date.parse(oldest),
  });
  expect(iso(window.fromMs)).toBe(from);
  expect(iso(window.toMs)).toBe('2026-11-28T11:50:00.000Z');
});

test('the window is not empty after a round with a clock that was ahead', () => {
  const window = windowOf({nowMs: NOW, lastMs: NOW + 5 * 3_600_000});
  expect([iso(window.fromMs), iso(window.toMs)]).toEqual(['2026-11-27T12:00:00.000Z', '2026-11-28T11:50:00.000Z']);
});

test.each([
  ['a round that ended just now', NOW - 10 * 60_000, false],
  ['two clocks that differ by seconds', NOW - 10 * 60_000 + 5_000, false],
  ['a clock that was hours ahead', NOW + 3_600_000, true],
])('%s', (_name, lastMs, isIt) => {
  expect(isAhead(lastMs, NOW)).toBe(isIt);
});
