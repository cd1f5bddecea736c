/** Time for what must not be led astray by a clock that is set: budgets, deadlines, waits. */

export interface Clock {
  /** Milliseconds since the epoch, that never go back. */
  now(): number;
  /** Calls back once, so many milliseconds from now. @returns what takes it back */
  after(milliseconds: number, callback: () => void): () => void;
}

/** What a timer of Node takes; a longer one would go off at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(Math.ceil(milliseconds), 0), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
