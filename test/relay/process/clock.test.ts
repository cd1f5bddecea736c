import {expect, test} from '@jest/globals';
import {systemClock} from '../../../relay/process/clock.ts';

test('returns the milliseconds since the epoch, and never moves back', () => {
  const times = Array.from({length: 1_000}, () => systemClock.now());
  expect(Math.abs((times[0] ?? 0) - Date.now())).toBeLessThan(1_000);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('calls back once, not too early, unless it is cancelled', async () => {
  const startedAtMs = systemClock.now();
  const calls: string[] = [];
  systemClock.after(5, () => calls.push('taken back'))();
  await new Promise<void>(resolve => {
    systemClock.after(20, () => {
      calls.push('called');
      resolve();
    });
  });
  expect(calls).toEqual(['called']);
  expect(systemClock.now() - startedAtMs).toBeGreaterThanOrEqual(19);
});

test('a wait longer than the limit of timers does not end immediately', async () => {
  let called = false;
  const takeBack = systemClock.after(2 ** 40, () => {
    called = true;
  });
  await new Promise<void>(resolve => void systemClock.after(20, resolve));
  takeBack();
  expect(called).toBe(false);
});
