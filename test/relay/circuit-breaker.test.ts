import {beforeEach, describe, expect, test} from '@jest/globals';
import {CircuitBreaker} from '../../relay/circuit-breaker.ts';

let breaker: CircuitBreaker;
beforeEach(() => {
  breaker = new CircuitBreaker();
});

const NOW = 1_000_000;

describe('while GitHub works', () => {
  test('any number of attempts go at once', () => {
    expect([breaker.attempt(), breaker.attempt(), breaker.delayMs(NOW)]).toEqual([false, false, 0]);
  });
});

describe('after a failure', () => {
  test('the next attempt waits a moment, and is a probe that others wait for', () => {
    breaker.failed(NOW, 1, breaker.attempt());
    expect(breaker.delayMs(NOW)).toBe(200);
    expect(breaker.delayMs(NOW + 200)).toBe(0);
    expect(breaker.attempt()).toBe(true);
    expect(breaker.delayMs(NOW + 200)).toBeUndefined();
  });

  test('the waits get longer, but never longer than it may take to be back', () => {
    const waits = [0, 1, 2, 3, 4, 5].map(n => {
      breaker.failed(NOW + n * 10_000, 1, breaker.attempt());
      return breaker.delayMs(NOW + n * 10_000);
    });
    expect(waits).toEqual([200, 400, 800, 1_500, 1_500, 1_500]);
  });

  test('chance takes up to half off a wait', () => {
    breaker.failed(NOW, 0, false);
    expect(breaker.delayMs(NOW)).toBe(100);
  });

  test('an answer lets all go', () => {
    breaker.failed(NOW, 1, false);
    breaker.attempt();
    breaker.answered();
    expect([breaker.delayMs(NOW), breaker.attempt()]).toEqual([0, false]);
  });

  test('what was on its way before fails without ending the probe', () => {
    breaker.failed(NOW, 1, false);
    breaker.attempt();
    breaker.failed(NOW + 300, 1, false);
    expect(breaker.delayMs(NOW + 5_000)).toBeUndefined();
  });
});

describe('while GitHub limits', () => {
  test('nothing goes until the limit ends; then one is a probe', () => {
    expect(breaker.limited(NOW, {waitMs: 30_000, isTold: true})).toBe(30_000);
    expect(breaker.limitMs(NOW + 10_000)).toBe(20_000);
    expect(breaker.delayMs(NOW + 10_000)).toBe(20_000);
    expect([breaker.limitMs(NOW + 30_000), breaker.delayMs(NOW + 30_000)]).toEqual([0, 0]);
    expect(breaker.attempt()).toBe(true);
  });

  test('an answer to what was on its way does not lift it', () => {
    breaker.limited(NOW, {waitMs: 30_000, isTold: true});
    breaker.answered();
    expect(breaker.delayMs(NOW + 1)).toBe(29_999);
  });

  test('a shorter limit does not shorten a longer one', () => {
    breaker.limited(NOW, {waitMs: 30_000, isTold: true});
    expect(breaker.limited(NOW, {waitMs: 1_000, isTold: true})).toBe(30_000);
  });

  test('a limit without a time lasts longer each time that it comes, until GitHub answers', () => {
    const untold = {waitMs: 60_000, isTold: false};
    const waits = [0, 1, 2, 3, 4, 5].map(n => breaker.limited(NOW + n * 1e7, untold));
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
    breaker.answered();
    expect(breaker.limited(NOW + 1e9, untold)).toBe(60_000);
  });
});
