import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {Budget} from '../../../relay/dispatch/budget.ts';

/** The times at which dispatches go whose wishes come at these times, each as soon as it may. */
function departures(perMinute: number, wishes: readonly number[]): number[] {
  let nowMs = 0;
  const budget = new Budget(perMinute, () => nowMs);
  return wishes.map(wish => {
    nowMs = Math.max(nowMs, wish);
    nowMs += budget.delayMs;
    budget.take();
    return nowMs;
  });
}

function mostInAMinute(times: readonly number[]): number {
  return Math.max(...times.map(start => times.filter(time => time >= start && time < start + 60_000).length));
}

const atOnce = (n: number, atMs = 0) => Array.from({length: n}, () => atMs);

describe('Budget', () => {
  test('the first dispatches of a quiet time go at once, a fifth of the minute', () => {
    const times = departures(60, atOnce(20));
    expect(times.filter(time => time === 0)).toHaveLength(12);
    expect(times[12]).toBeGreaterThan(1_000);
  });

  test('even the smallest budget lets one go', () => {
    expect(departures(1, atOnce(2))).toEqual([0, 61_000]);
  });

  test('the rest is spread evenly, however long the pressure lasts and whatever burst came before it', () => {
    const times = departures(60, [...atOnce(12), ...atOnce(300, 20_000)]).slice(30);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeCloseTo(61_000 / 48, 3);
    expect(Math.min(...gaps)).toBeCloseTo(61_000 / 48, 3);
  });

  test('after another quiet time there is another burst', () => {
    const times = departures(60, [...atOnce(12), ...atOnce(12, 200_000)]);
    expect(times.filter(time => time === 200_000)).toHaveLength(12);
  });

  test('changes are collected for longer, the less of the burst is left', () => {
    let nowMs = 0;
    const budget = new Budget(60, () => nowMs);
    const collectMs = (taken: number) => {
      for (let n = 0; n < taken; n++) budget.take();
      return budget.collectMs;
    };
    expect([collectMs(0), collectMs(3), collectMs(3), collectMs(6)]).toEqual([0, 0, 150, 300]);
    nowMs = 60_000;
    expect(budget.collectMs).toBe(0);
  });

  test('what left evenly but arrived all at once counts from when it arrived', () => {
    let nowMs = 0;
    const budget = new Budget(10, () => nowMs);
    const sent = Array.from({length: 10}, (_, n) => {
      nowMs = n * 6_100;
      return budget.take();
    });
    nowMs = 56_000;
    for (const one of sent) budget.arrived(one);
    nowMs = 70_000;
    expect(budget.delayMs).toBe(47_000);
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
