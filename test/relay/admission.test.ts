import {beforeEach, describe, expect, test} from '@jest/globals';
import {Admission} from '../../relay/admission.ts';
import {Budget} from '../../relay/budget.ts';
import {CircuitBreaker} from '../../relay/circuit-breaker.ts';
import {Partitions} from '../../relay/partitions.ts';
import {MAX_CHANGES_BYTES} from '../../src/change/client-payload.ts';
import {aChange} from '../helpers/a-change.ts';

const NOW = 1_000_000;

describe('Admission', () => {
  let partitions: Partitions<string>;
  let budget: Budget;
  let admission: Admission<string>;
  beforeEach(() => {
    partitions = new Partitions<string>(8);
    budget = new Budget(60);
    admission = new Admission(partitions, budget, new CircuitBreaker(), 8_000);
  });
  const partition = () => partitions.of(aChange());

  test('an idle relay has a change accepted in the time that GitHub takes', () => {
    expect(admission.acceptedInMs(partition(), 500, NOW)).toBe(300);
    for (let n = 0; n < 50; n++) admission.answered(1_000);
    expect(admission.acceptedInMs(partition(), 500, NOW)).toBeCloseTo(1_000, -1);
  });

  test('of a GitHub that has become slow, half of the time is expected at most', () => {
    for (let n = 0; n < 50; n++) admission.answered(30_000);
    expect(admission.expectedAnswerMs).toBe(4_000);
  });

  test('who is told to come again later is told later than those before', () => {
    while (budget.delayMs(NOW) === 0) budget.take(NOW);
    const waits = [1, 2, 3, 4].map(() => admission.roomInMs(partition(), MAX_CHANGES_BYTES, NOW));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(new Set(waits).size).toBeGreaterThan(1);
  });
});
