/** A monotonic clock for budgets, deadlines and waits. */
import {setTimeout as wait} from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since the epoch. Never decreases. */
  now(): number;
  /**
   * Calls back once, after this many milliseconds.
   * @returns a function that cancels the call
   */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The maximum delay of a Node timer. A longer one fires at once. */
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
 * Resolves after this many milliseconds in which the process was responsive. A stall counts as one step. So it does not time
 * out clients: the data that they sent in the meantime is read first.
 */
export async function workingTime(milliseconds: number): Promise<void> {
  for (let leftMs = milliseconds; leftMs > 0; leftMs -= STEP_MS) {
    await wait(Math.min(leftMs, STEP_MS), undefined, {ref: false});
  }
}
