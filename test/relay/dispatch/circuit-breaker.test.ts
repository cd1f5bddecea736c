import {beforeEach, describe, expect, test} from '@jest/globals';
import {CircuitBreaker} from '../../../relay/dispatch/circuit-breaker.ts';
import type {Limit} from '../../../src/clients/github/limit.ts';

const NOW = 1_000_000;
let [nowMs, random] = [NOW, 1];
let breaker: CircuitBreaker;
beforeEach(() => {
  [nowMs, random] = [NOW, 1];
  breaker = new CircuitBreaker({now: () => nowMs, random: () => random});
});

const at = <T>(atMs: number, act: () => T): T => {
  nowMs = atMs;
  return act();
};
const attemptAt = (atMs: number) => at(atMs, () => breaker.startAttempt());
const failAt = (atMs: number, attempt = attemptAt(atMs)) => at(atMs, () => breaker.recordFailure(attempt, 'it failed'));
const limitAt = (atMs: number, limit: Limit, attempt = attemptAt(atMs)) =>
  at(atMs, () => {
    breaker.recordLimit(attempt, limit, 'it limits');
    return breaker.limitMs;
  });
const delayAt = (atMs: number) => at(atMs, () => breaker.delayMs);

const guessed = {waitMs: 60_000, isStated: false};
const stated = (waitMs: number) => ({waitMs, isStated: true});

describe('while GitHub works', () => {
  test('any number of attempts are sent in parallel', () => {
    const timeouts = [attemptAt(NOW), attemptAt(NOW)].map(({timeoutMs}) => timeoutMs);
    expect(timeouts).toEqual([4_500, 4_500]);
    expect(delayAt(NOW)).toBeLessThanOrEqual(0);
  });
});

describe('after a failure', () => {
  test('the next attempt waits, and is a probe that the others wait for', () => {
    failAt(NOW);
    expect(delayAt(NOW)).toBe(200);
    expect(delayAt(NOW + 200)).toBe(0);
    expect(attemptAt(NOW + 200)).toEqual({startedAtMs: NOW + 200, timeoutMs: 2_000});
    expect(delayAt(NOW + 200)).toBe(2_000);
  });

  test('the waits get longer, up to the time limit for recovery', () => {
    const waits = [0, 1, 2, 3, 4, 5].map(n => {
      const atMs = NOW + n * 10_000;
      failAt(atMs);
      return delayAt(atMs);
    });
    expect(waits).toEqual([200, 400, 800, 1_500, 1_500, 1_500]);
  });

  test('there is no further wait after a slow failure', () => {
    failAt(NOW, attemptAt(NOW - 3_000));
    expect(delayAt(NOW)).toBe(0);
  });

  test('a wait is shortened at random, by at most half', () => {
    random = 0;
    failAt(NOW);
    expect(delayAt(NOW)).toBe(100);
  });

  test('every fourth probe has more time, until a response releases all attempts', () => {
    failAt(NOW);
    const timeouts = [1, 2, 3, 4, 5].map(n => {
      const attempt = attemptAt(NOW + n * 10_000);
      failAt(NOW + n * 10_000 + 100, attempt);
      return attempt.timeoutMs;
    });
    expect(timeouts).toEqual([2_000, 2_000, 2_000, 4_500, 2_000]);
    breaker.recordResponse(attemptAt(NOW + 60_000));
    expect(delayAt(NOW + 60_000)).toBeLessThanOrEqual(0);
    expect(attemptAt(NOW + 60_000).timeoutMs).toBe(4_500);
  });

  test('an attempt that was sent before a probe does not end the probe and is not another failure', () => {
    const [one, other] = [attemptAt(NOW), attemptAt(NOW)];
    failAt(NOW + 10, one);
    attemptAt(NOW + 300);
    failAt(NOW + 400, other);
    expect(delayAt(NOW + 1_000)).toBe(1_300);
  });

  test('an attempt that fails after a later one was answered is not a failure of GitHub', () => {
    const slow = attemptAt(NOW);
    breaker.recordResponse(attemptAt(NOW + 100));
    failAt(NOW + 4_500, slow);
    expect(delayAt(NOW + 4_500)).toBeLessThanOrEqual(0);
  });

  test('eight simultaneous failures count as one', () => {
    const attempts = Array.from({length: 8}, () => attemptAt(NOW));
    for (const attempt of attempts) failAt(NOW + 10, attempt);
    expect(delayAt(NOW + 10)).toBe(190);
  });
});

describe('while GitHub limits the rate', () => {
  test('no attempt is sent until the limit ends, and then one probe', () => {
    expect(limitAt(NOW, stated(30_000))).toBe(30_000);
    expect(at(NOW + 10_000, () => breaker.limitMs)).toBe(20_000);
    expect(delayAt(NOW + 10_000)).toBe(20_000);
    expect([at(NOW + 30_000, () => breaker.limitMs), delayAt(NOW + 30_000)]).toEqual([0, 0]);
    expect(attemptAt(NOW + 30_000).timeoutMs).toBe(2_000);
  });

  test('a response to an earlier attempt does not end the limit, and a probe still follows', () => {
    const [one, other] = [attemptAt(NOW), attemptAt(NOW)];
    limitAt(NOW + 100, stated(30_000), one);
    breaker.recordResponse(other);
    expect(delayAt(NOW + 101)).toBe(29_999);
    expect(attemptAt(NOW + 40_000).timeoutMs).toBe(2_000);
  });

  test('a shorter limit does not shorten a longer one', () => {
    limitAt(NOW, stated(30_000));
    expect(limitAt(NOW, stated(1_000))).toBe(30_000);
  });

  test('a limit without a time lasts longer each time, until GitHub answers', () => {
    const waits = [0, 1, 2, 3, 4, 5].map(n => {
      const atMs = NOW + n * 1e7;
      return limitAt(atMs, guessed);
    });
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
    breaker.recordResponse(attemptAt(NOW + 1e9));
    expect(limitAt(NOW + 1e9, guessed)).toBe(60_000);
  });

  test('eight answers with the same limit count as one', () => {
    const attempts = Array.from({length: 8}, () => attemptAt(NOW));
    expect(attempts.map((attempt, n) => limitAt(NOW + 10 + n, guessed, attempt))).toEqual([
      60_000, 59_999, 59_998, 59_997, 59_996, 59_995, 59_994, 59_993,
    ]);
  });
});
