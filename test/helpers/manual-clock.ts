/** A clock that tests move. Due timers run in order, including those that other timers set. */
import type {Clock} from '../../relay/process/clock.ts';

export interface ManualClock extends Clock {
  /** Moves the clock. A promise that settles in between takes effect at the time at which it settles. */
  pass(milliseconds: number): Promise<void>;
}

export function createManualClock(startMs = 1_763_900_000_000): ManualClock {
  let nowMs = startMs;
  /** Sorted in descending order: the next one is last. */
  const timers: Timer[] = [];
  const takeDue = (untilMs: number) =>
    (timers.at(-1)?.dueMs ?? Number.POSITIVE_INFINITY) <= untilMs ? timers.pop() : undefined;
  return {
    now: () => nowMs,
    after(milliseconds, callback) {
      const timer = {dueMs: nowMs + Math.max(milliseconds, 0), callback, isCancelled: false};
      timers.splice(placeOf(timer.dueMs, timers), 0, timer);
      return () => {
        timer.isCancelled = true;
      };
    },
    async pass(milliseconds) {
      const untilMs = nowMs + milliseconds;
      await settled();
      for (let timer = takeDue(untilMs); timer !== undefined; timer = takeDue(untilMs)) {
        if (timer.isCancelled) continue;
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.callback();
        await settled();
      }
      nowMs = untilMs;
    },
  };
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

/** The position of a timer in descending order, before older timers with the same time. */
function placeOf(dueMs: number, timers: readonly Timer[]): number {
  let [low, high] = [0, timers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timers[middle] as Timer).dueMs > dueMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Resolves when all effects of settled promises have run. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
