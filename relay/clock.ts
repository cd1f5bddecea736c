/** Time for what must not depend on a clock that can be set: budgets, deadlines, waits. */
import {setTimeout as wait} from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since the epoch. Never goes back. */
  now(): number;
  /** Calls back once, so many milliseconds from now. @returns a function that cancels it */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The longest that a timer of Node can take. A longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(Math.ceil(milliseconds), 0), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

const STEP_MS = 50;

/**
 * Resolves after so many milliseconds in which this process was able to work. A stall counts as one step, so clients are not
 * blamed for it: what they sent meanwhile is read first.
 */
export async function workingTime(milliseconds: number): Promise<void> {
  for (let leftMs = milliseconds; leftMs > 0; leftMs -= STEP_MS) {
    await wait(Math.min(leftMs, STEP_MS), undefined, {ref: false});
  }
}
