import {describe, expect, test} from '@jest/globals';
import {paceProblem, paceWarning} from '../../../relay/config/pace.ts';

const pace = (partitions: number, dispatchesPerMinute: number, holdSeconds = 8) => ({
  partitions,
  dispatchesPerMinute,
  ackTimeoutMs: holdSeconds * 1000,
});

describe('partitions, budget and hold time', () => {
  test.each([
    ['the defaults', pace(4, 60)],
    ['two copies with half of the budget each', pace(2, 30)],
    ['one partition', pace(1, 15)],
    ['a larger budget', pace(8, 120)],
    ['a longer hold', pace(8, 60, 16)],
  ])('%s are compatible', (_, settings) => {
    expect([paceProblem(settings), paceWarning(settings)]).toEqual([undefined, undefined]);
  });

  test('with a short hold time start the relay with a warning', () => {
    expect(paceProblem(pace(4, 60, 2))).toBeUndefined();
    expect(paceWarning(pace(4, 60, 2))).toMatch(/A webhook is held for at most 2 s .*of this copy to 240, or raise/);
    expect(paceProblem(pace(8, 60, 2))).toMatch(/REACTOR_PARTITIONS=8 is too high/);
  });

  test('that are not compatible are refused with valid values', () => {
    expect(paceProblem(pace(8, 60))).toBe(
      'REACTOR_PARTITIONS=8 is too high for REACTOR_MAX_DISPATCHES_PER_MINUTE=60: 8 partitions × 60 s ÷ 60 = 8 s between two dispatches of a partition. A webhook is held for at most 8 s (REACTOR_ACK_TIMEOUT_SECONDS), and the wait must be at most half of that. Set REACTOR_PARTITIONS to 4 in every copy of the relay, or raise REACTOR_MAX_DISPATCHES_PER_MINUTE of this copy to 120, or raise REACTOR_ACK_TIMEOUT_SECONDS to 16.',
    );
  });

  test.each([
    [pace(4, 30), /Set REACTOR_PARTITIONS to 2 .*, or raise REACTOR_MAX_DISPATCHES_PER_MINUTE of this copy to 60/],
    [pace(8, 46), /Set REACTOR_PARTITIONS to 2 /],
    [pace(1, 10), /at most half of that\. Raise REACTOR_MAX_DISPATCHES_PER_MINUTE of this copy to 15, or raise/],
    [pace(1, 1), /at most half of that\. Raise REACTOR_MAX_DISPATCHES_PER_MINUTE of this copy to 15\.$/],
    [pace(4, 60, 0.5), /of this copy to 960, or raise REACTOR_ACK_TIMEOUT_SECONDS to 8\.$/],
  ])('%j: the suggested values are compatible', (settings, advice) => {
    const problem = paceWarning(settings) ?? '';
    expect(problem).toMatch(advice);
    const value = (name: string) =>
      Number(new RegExp(`${name}[^;,]* to ([\\d.]+)`).exec(problem.split('half of that. ')[1] ?? '')?.[1]);
    const [partitions, budget, hold] = [
      value('REACTOR_PARTITIONS'),
      value('REACTOR_MAX_DISPATCHES_PER_MINUTE'),
      value('REACTOR_ACK_TIMEOUT_SECONDS'),
    ];
    if (partitions) expect(paceWarning({...settings, partitions})).toBeUndefined();
    if (budget) expect(paceWarning({...settings, dispatchesPerMinute: budget})).toBeUndefined();
    if (hold) expect(paceWarning({...settings, ackTimeoutMs: hold * 1000})).toBeUndefined();
    expect([partitions, budget, hold].some(advised => advised > 0)).toBe(true);
  });
});
