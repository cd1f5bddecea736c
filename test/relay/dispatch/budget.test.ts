import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {Budget} from '../../../relay/dispatch/budget.ts';

/** When dispatches are sent that are requested at these times, each as early as allowed. */
function sendTimes(perMinute: number, requested: readonly number[]): number[] {
  let nowMs = 0;
  const budget = new Budget(perMinute, () => nowMs);
  return requested.map(wish => {
    nowMs = Math.max(nowMs, wish);
    nowMs += budget.delayMs;
    budget.take();
    return nowMs;
  });
}

function mostInAMinute(times: readonly number[]): number {
  return Math.max(...times.map(start => times.filter(time => time >= start && time < start + 60_000).length));
}

const simultaneous = (n: number, atMs = 0) => Array.from({length: n}, () => atMs);

describe('Budget', () => {
  test('sends the first dispatches immediately, up to a fifth of the budget', () => {
    const times = sendTimes(60, simultaneous(20));
    expect(times.filter(time => time === 0)).toHaveLength(12);
    expect(times[12]).toBeGreaterThan(1_000);
  });

  test('sends one dispatch even with the smallest budget', () => {
    expect(sendTimes(1, simultaneous(2))).toEqual([0, 61_000]);
  });

  test('spreads the rest evenly, for any load and after any burst', () => {
    const times = sendTimes(60, [...simultaneous(12), ...simultaneous(300, 20_000)]).slice(30);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeCloseTo(61_000 / 48, 3);
    expect(Math.min(...gaps)).toBeCloseTo(61_000 / 48, 3);
  });

  test('allows another burst after another idle time', () => {
    const times = sendTimes(60, [...simultaneous(12), ...simultaneous(12, 200_000)]);
    expect(times.filter(time => time === 200_000)).toHaveLength(12);
  });

  test('collects changes longer if less of the burst is left', () => {
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

  test('counts dispatches from their arrival, even if they arrive together', () => {
    let nowMs = 0;
    const budget = new Budget(10, () => nowMs);
    const sent = Array.from({length: 10}, (_, n) => {
      nowMs = n * 6_100;
      return budget.take();
    });
    nowMs = 56_000;
    for (const one of sent) budget.recordArrival(one);
    nowMs = 70_000;
    expect(budget.delayMs).toBe(47_000);
  });

  test('never exceeds the budget within a minute, for requests at any times', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 40}),
        fc.array(fc.integer({min: 0, max: 20_000}), {minLength: 1, maxLength: 150}),
        (perMinute, pauses) => {
          let wish = 0;
          const requested = pauses.map((pause, index) => {
            wish += index % 3 === 0 ? pause : 0;
            return wish;
          });
          expect(mostInAMinute(sendTimes(perMinute, requested))).toBeLessThanOrEqual(perMinute);
        },
      ),
    );
  });
});
