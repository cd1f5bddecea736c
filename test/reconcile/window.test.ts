import {expect, test} from '@jest/globals';
import {windowOf} from '../../src/reconcile/window.ts';

const NOW = Date.parse('2026-11-28T12:00:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();

test.each([
  ['the first round looks back for a day', {}, '2026-11-27T12:00:00.000Z'],
  ['the next begins an hour before the end of the last', {last: '2026-11-28T10:50:00Z'}, '2026-11-28T09:50:00.000Z'],
  ['--since says it', {since: 3, last: '2026-11-28T10:50:00Z'}, '2026-11-28T09:00:00.000Z'],
  [
    'what waits for its decision is never left out',
    {since: 3, oldest: '2026-11-28T01:00:00Z'},
    '2026-11-28T01:00:00.000Z',
  ],
  [
    'never more than seven days',
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
