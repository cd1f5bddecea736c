import {beforeEach, describe, expect, test} from '@jest/globals';
import {CircuitBreaker} from '../../../relay/dispatch/circuit-breaker.ts';

let breaker: CircuitBreaker;
beforeEach(() => {
  breaker = new CircuitBreaker();
});

const NOW = 1_000_000;
const guessed = {waitMs: 60_000, isStated: false};
const stated = (waitMs: number) => ({waitMs, isStated: true});

describe('while GitHub works', () => {
  test('any number of attempts go at once', () => {
    const timeouts = [breaker.attempt(NOW), breaker.attempt(NOW)].map(({timeoutMs}) => timeoutMs);
    expect(timeouts).toEqual([4_500, 4_500]);
    expect(breaker.delayMs(NOW)).toBeLessThanOrEqual(0);
  });
});

describe('after a failure', () => {
  test('the next attempt waits a moment, and is a probe that others wait for as long as it may take', () => {
    breaker.failed(NOW, 1, breaker.attempt(NOW));
    expect(breaker.delayMs(NOW)).toBe(200);
    expect(breaker.delayMs(NOW + 200)).toBe(0);
    expect(breaker.attempt(NOW + 200)).toEqual({startedAtMs: NOW + 200, timeoutMs: 2_000});
    expect(breaker.delayMs(NOW + 200)).toBe(2_000);
  });

  test('the waits get longer, but never longer than it may take to be back', () => {
    const waits = [0, 1, 2, 3, 4, 5].map(n => {
      const atMs = NOW + n * 10_000;
      breaker.failed(atMs, 1, breaker.attempt(atMs));
      return breaker.delayMs(atMs);
    });
    expect(waits).toEqual([200, 400, 800, 1_500, 1_500, 1_500]);
  });

  test('what took long to fail is not waited for again', () => {
    breaker.failed(NOW, 1, breaker.attempt(NOW - 3_000));
    expect(breaker.delayMs(NOW)).toBe(100);
  });

  test('chance takes up to half off a wait', () => {
    breaker.failed(NOW, 0, breaker.attempt(NOW));
    expect(breaker.delayMs(NOW)).toBe(100);
  });

  test('every fourth probe has more time, until an answer lets all go', () => {
    breaker.failed(NOW, 1, breaker.attempt(NOW));
    const timeouts = [1, 2, 3, 4, 5].map(n => {
      const attempt = breaker.attempt(NOW + n * 10_000);
      breaker.failed(NOW + n * 10_000 + 100, 1, attempt);
      return attempt.timeoutMs;
    });
    expect(timeouts).toEqual([2_000, 2_000, 2_000, 4_500, 2_000]);
    breaker.answered(breaker.attempt(NOW + 60_000));
    expect(breaker.delayMs(NOW + 60_000)).toBeLessThanOrEqual(0);
    expect(breaker.attempt(NOW + 60_000).timeoutMs).toBe(4_500);
  });

  test('an attempt that was on its way before a probe ends neither the probe, nor is it another failure', () => {
    const [one, other] = [breaker.attempt(NOW), breaker.attempt(NOW)];
    breaker.failed(NOW + 10, 1, one);
    breaker.attempt(NOW + 300);
    breaker.failed(NOW + 400, 1, other);
    expect(breaker.delayMs(NOW + 1_000)).toBe(1_300);
  });

  test('an attempt that fails after a later one was answered is not a failure of GitHub', () => {
    const slow = breaker.attempt(NOW);
    breaker.answered(breaker.attempt(NOW + 100));
    breaker.failed(NOW + 4_500, 1, slow);
    expect(breaker.delayMs(NOW + 4_500)).toBeLessThanOrEqual(0);
  });

  test('eight that fail at once are one failure', () => {
    const attempts = Array.from({length: 8}, () => breaker.attempt(NOW));
    for (const attempt of attempts) breaker.failed(NOW + 10, 1, attempt);
    expect(breaker.delayMs(NOW + 10)).toBe(190);
  });
});

describe('while GitHub limits', () => {
  test('nothing goes until the limit ends, then one probe', () => {
    expect(breaker.limited(NOW, stated(30_000), breaker.attempt(NOW))).toBe(30_000);
    expect(breaker.limitMs(NOW + 10_000)).toBe(20_000);
    expect(breaker.delayMs(NOW + 10_000)).toBe(20_000);
    expect([breaker.limitMs(NOW + 30_000), breaker.delayMs(NOW + 30_000)]).toEqual([0, 0]);
    expect(breaker.attempt(NOW + 30_000).timeoutMs).toBe(2_000);
  });

  test('an answer to what was on its way neither lifts it, nor spares the probe behind it', () => {
    const [one, other] = [breaker.attempt(NOW), breaker.attempt(NOW)];
    breaker.limited(NOW + 100, stated(30_000), one);
    breaker.answered(other);
    expect(breaker.delayMs(NOW + 101)).toBe(29_999);
    expect(breaker.attempt(NOW + 40_000).timeoutMs).toBe(2_000);
  });

  test('a shorter limit does not shorten a longer one', () => {
    breaker.limited(NOW, stated(30_000), breaker.attempt(NOW));
    expect(breaker.limited(NOW, stated(1_000), breaker.attempt(NOW))).toBe(30_000);
  });

  test('a limit without a time lasts longer each time that it comes, until GitHub answers', () => {
    const waits = [0, 1, 2, 3, 4, 5].map(n => {
      const atMs = NOW + n * 1e7;
      return breaker.limited(atMs, guessed, breaker.attempt(atMs));
    });
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
    breaker.answered(breaker.attempt(NOW + 1e9));
    expect(breaker.limited(NOW + 1e9, guessed, breaker.attempt(NOW + 1e9))).toBe(60_000);
  });

  test('eight that come back with the same limit are one', () => {
    const attempts = Array.from({length: 8}, () => breaker.attempt(NOW));
    expect(attempts.map((attempt, n) => breaker.limited(NOW + 10 + n, guessed, attempt))).toEqual([
      60_000, 59_999, 59_998, 59_997, 59_996, 59_995, 59_994, 59_993,
    ]);
  });
});
