import {describe, expect, test} from '@jest/globals';
import {emptyMemory, type Memory} from '../../../src/memory/format/format.ts';
import {forget, limitMemory, MAX_BYTES} from '../../../src/memory/format/limits.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';

const NOW = 1_764_331_200;
const DAY = 24 * 3600;

const keyOf = (index: number) => index.toString(16).padStart(16, '0');

function withKeys(count: number, timeOf: (index: number) => number): Memory {
  const done = Object.fromEntries(Array.from({length: count}, (_, index) => [keyOf(index), timeOf(index)]));
  return {...emptyMemory(3, NOW * 1000 - 30 * DAY * 1000), done};
}

describe('the size', () => {
  test('stays within the limit: the oldest keys are removed, and the horizon covers them', () => {
    const memory = withKeys(20_000, index => NOW + index);
    const fitted = limitMemory(memory);
    expect(Buffer.byteLength(serialize(memory))).toBeGreaterThan(MAX_BYTES);
    expect(Buffer.byteLength(serialize(fitted))).toBeLessThanOrEqual(MAX_BYTES);
    const times = Object.values(fitted.done);
    expect(Math.min(...times)).toBe(fitted.horizon + 1);
    expect(times.length).toBeGreaterThan(12_000);
  });

  test('is reduced even if all keys are of the same second', () => {
    const fitted = limitMemory(withKeys(20_000, () => NOW));
    expect(fitted).toMatchObject({horizon: NOW, done: {}});
  });

  test('is not changed if it is small', () => {
    const memory = withKeys(1250, index => NOW + index);
    expect(limitMemory(memory)).toBe(memory);
  });
});

describe('over time', () => {
  test('keys older than seven days are removed, and the horizon rises to the newest of them', () => {
    const memory = withKeys(10, index => NOW - index * DAY);
    const later = forget(memory, NOW, () => true);
    expect(Object.keys(later.done)).toHaveLength(8);
    expect(later.horizon).toBe(NOW - 8 * DAY);
  });

  test('the horizon does not move if no key is removed', () => {
    const memory = withKeys(3, () => NOW);
    expect(forget(memory, NOW, () => true)).toEqual(memory);
  });

  test('unfinished work of a run is removed after seven days', () => {
    const unfinished = {
      [keyOf(1)]: {t: NOW - 8 * DAY, run: '1/1', at: NOW - 9 * DAY},
      [keyOf(2)]: {t: NOW, run: '1/1'},
    };
    const later = forget({...withKeys(0, () => NOW), unfinished}, NOW, () => true);
    expect(Object.keys(later.unfinished)).toEqual([keyOf(2)]);
    expect(later.horizon).toBe(NOW - 9 * DAY);
  });
});
