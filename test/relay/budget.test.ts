import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {Budget} from '../../relay/budget.ts';

/** The times at which dispatches go whose wishes come at these times, each as soon as it may. */
function departures(perMinute: number, wishes: readonly number[]): number[] {
  const budget = new Budget(perMinute);
  let nowMs = 0;
  return wishes.map(wish => {
    nowMs = Math.max(nowMs, wish);
    nowMs += budget.delayMs(nowMs);
    budget.take(nowMs);
    return nowMs;
  });
}

function mostInAMinute(times: readonly number[]): number {
  return Math.max(...times.map(start => times.filter(time => time >= start && time < start + 60_000).length));
}

const atOnce = (n: number, atMs = 0) => Array.from({length: n}, () => atMs);

describe('Budget', () => {
  test('the first dispatches of a quiet time go at once, a quarter of the minute', () => {
    const times = departures(60, atOnce(20));
    expect(times.filter(time => time === 0)).toHaveLength(15);
    expect(times[15]).toBeGreaterThan(1_000);
  });

  test('even the smallest budget lets one go', () => {
    expect(departures(1, atOnce(2))).toEqual([0, 61_000]);
  });

  test('under pressure the rest is spread: no gap is longer than a few intervals', () => {
    const times = departures(60, atOnce(300)).slice(15);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(1_500);
    expect(Math.min(...gaps)).toBeGreaterThan(500);
  });

  test('under lasting pressure nearly all of the budget is used', () => {
    const times = departures(60, atOnce(600));
    const lastMinutes = times.filter(time => time >= 180_000 && time < 480_000);
    expect(lastMinutes.length / 5).toBeGreaterThanOrEqual(58);
  });

  test('after another quiet time there is another burst', () => {
    const times = departures(60, [...atOnce(15), ...atOnce(15, 200_000)]);
    expect(times.filter(time => time === 200_000)).toHaveLength(15);
  });

  test('tells when one may go that others go before', () => {
    const budget = new Budget(60);
    expect(budget.delayMs(0, 14)).toBe(0);
    expect(budget.delayMs(0, 16)).toBeGreaterThan(1_000);
    for (let i = 0; i < 15; i++) budget.take(0);
    const [next, third] = [budget.delayMs(0), budget.delayMs(0, 2)];
    expect(third - next).toBeCloseTo(2 * budget.intervalMs(0), 3);
  });

  test('what left evenly but arrived all at once counts from when it arrived', () => {
    const budget = new Budget(10);
    const sent = Array.from({length: 10}, (_, n) => budget.take(n * 6_100));
    for (const one of sent) budget.arrived(one, 56_000);
    expect(budget.delayMs(70_000)).toBe(47_000);
  });

  test('no minute ever holds more than the budget, whenever dispatches are wished for', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 40}),
        fc.array(fc.integer({min: 0, max: 20_000}), {minLength: 1, maxLength: 150}),
        (perMinute, pauses) => {
          let wish = 0;
          const wishes = pauses.map((pause, index) => {
            wish += index % 3 === 0 ? pause : 0;
            return wish;
          });
          expect(mostInAMinute(departures(perMinute, wishes))).toBeLessThanOrEqual(perMinute);
        },
      ),
    );
  });
});
