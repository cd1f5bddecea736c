/** Repeatable random numbers, choices and times from a seed. */

import {TRIES_ALL} from './runs.ts';

export interface Random {
  readonly seed: number;
  /** From 0 to 1, excluding 1. */
  next(): number;
  /** An integer from `min` to `max`, inclusive. */
  int(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
  hex(digits: number): string;
}

/**
 * The seed in an environment variable. Without the variable, a new one if all examples are tried, and otherwise always the same one,
 * because `npm test` must be repeatable. A failed test prints it.
 */
export function seedFrom(variable: string): number {
  const given = Number(process.env[variable]);
  if (Number.isInteger(given) && given > 0) return given;
  return TRIES_ALL ? 1 + Math.floor(Math.random() * 0x7fff_ffff) : 1;
}

/** The generator Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    seed,
    next,
    int,
    pick: items => items[int(0, items.length - 1)] as (typeof items)[number],
    chance: probability => next() < probability,
    hex: digits => Array.from({length: digits}, () => int(0, 15).toString(16)).join(''),
  };
}
