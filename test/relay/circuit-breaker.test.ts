import {beforeEach, describe, expect, test} from '@jest/globals';
import {CircuitBreaker} from '../../relay/circuit-breaker.ts';

let breaker: CircuitBreaker;
beforeEach(() => {
  breaker = new CircuitBreaker();
});

const NOW = 1_000_000;
const untold = {waitMs: 60_000, isTold: false};
const told = (waitMs: number) => ({waitMs, isTold: true});

describe('while GitHub works', () => {
  test('any number of attempts go at once', () => {
    expect([breaker.attempt(NOW).probe, breaker.attempt(NOW).probe, breaker.delayMs(NOW)]).toEqual([0, 0, 0]);
  });
});

describe('after a failure', () => {
  test('the next attempt waits a moment, and is a probe that others wait for', () => {
    breaker.failed(NOW, 1, breaker.attempt(NOW));
    expect(breaker.delayMs(NOW)).toBe(200);
    expect(breaker.delayMs(NOW + 200)).toBe(0);
    expect(breaker.attempt(NOW + 200)).toEqual({startedAtMs: NOW + 200, probe: 1});
    expect(breaker.delayMs(NOW + 200)).toBeUndefined();
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

  test('probes are counted, until an answer lets all go', () => {
    breaker.failed(NOW, 1, breaker.attempt(NOW));
    const first = breaker.attempt(NOW + 500);
    breaker.failed(NOW + 600, 1, first);
    const second = breaker.attempt(NOW + 1_500);
    expect([first.probe, second.probe]).toEqual([1, 2]);
    breaker.answered(second);
    expect([breaker.delayMs(NOW + 1_500), breaker.attempt(NOW + 1_500).probe]).toEqual([0, 0]);
  });

  test('what was on its way before fails without ending the probe, and without being another failure', () => {
    const [one, other] = [breaker.attempt(NOW), breaker.attempt(NOW)];
    breaker.failed(NOW + 10, 1, one);
    breaker.attempt(NOW + 300);
    breaker.failed(NOW + 400, 1, other);
    expect(breaker.delayMs(NOW + 5_000)).toBeUndefined();
  });

  test('eight that fail at once are one failure', () => {
    const attempts = Array.from({length: 8}, () => breaker.attempt(NOW));
    for (const attempt of attempts) breaker.failed(NOW + 10, 1, attempt);
    expect(breaker.delayMs(NOW + 10)).toBe(190);
  });
});

describe('while GitHub limits', () => {
  test('nothing goes until the limit ends; then one is a probe', () => {
    expect(breaker.limited(NOW, told(30_000), breaker.attempt(NOW))).toBe(30_000);
    expect(breaker.limitMs(NOW + 10_000)).toBe(20_000);
    expect(breaker.delayMs(NOW + 10_000)).toBe(20_000);
    expect([breaker.limitMs(NOW + 30_000), breaker.delayMs(NOW + 30_000)]).toEqual([0, 0]);
    expect(breaker.attempt(NOW + 30_000).probe).toBe(1);
  });

  test('an answer to what was on its way neither lifts it, nor spares the probe behind it', () => {
    const [one, other] = [breaker.attempt(NOW), breaker.attempt(NOW)];
    breaker.limited(NOW + 100, told(30_000), one);
    breaker.answered(other);
    expect(breaker.delayMs(NOW + 101)).toBe(29_999);
    expect(breaker.attempt(NOW + 40_000).probe).toBe(1);
  });

  test('a shorter limit does not shorten a longer one', () => {
    breaker.limited(NOW, told(30_000), breaker.attempt(NOW));
    expect(breaker.limited(NOW, told(1_000), breaker.attempt(NOW))).toBe(30_000);
  });

  test('a limit without a time lasts longer each time that it comes, until GitHub answers', () => {
    const waits = [0, 1, 2, 3, 4, 5].map(n => {
      const atMs = NOW + n * 1e7;
      return breaker.limited(atMs, untold, breaker.attempt(atMs));
    });
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
    breaker.answered(breaker.attempt(NOW + 1e9));
    expect(breaker.limited(NOW + 1e9, untold, breaker.attempt(NOW + 1e9))).toBe(60_000);
  });

  test('eight that come back with the same limit are one', () => {
    const attempts = Array.from({length: 8}, () => breaker.attempt(NOW));
    expect(attempts.map((attempt, n) => breaker.limited(NOW + 10 + n, untold, attempt))).toEqual([
      60_000, 59_999, 59_998, 59_997, 59_996, 59_995, 59_994, 59_993,
    ]);
  });
});
