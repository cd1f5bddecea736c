/** What becomes of a change that was to be dispatched, in words for its sender. Pure. */

export type DispatchOutcome =
  /** GitHub has it, with a batch of so many changes. Nothing else may be answered with a 2xx. */
  | {readonly kind: 'accepted'; readonly partition: number; readonly batch: number}
  /** It may work later. Where no answer came, GitHub may have it all the same; the action reacts only once. */
  | {readonly kind: 'retryable'; readonly retryAfterSeconds: number; readonly message: string}
  /** It will not work before somebody mends something. `message` says what. */
  | {readonly kind: 'permanent'; readonly message: string};

/** After which an outage is worth another try of the sender's. */
export const OUTAGE_WAIT_MS = 5_000;

const MIN_WAIT_MS = 1_000;
const MAX_WAIT_MS = 3_600_000;

/** Where nothing is wrong but that there is too much. */
export function pressure(dispatchesPerMinute: number): string {
  return `More changes come than ${dispatchesPerMinute} dispatches a minute carry (REACTOR_MAX_DISPATCHES_PER_MINUTE).`;
}

export const SILENCE = 'GitHub has not answered in time.';

/**
 * @param why a sentence
 * @param mayBeThere whether GitHub may have the change all the same
 */
export function comeAgain(waitMs: number, why: string, mayBeThere = false): DispatchOutcome {
  const retryAfterSeconds = Math.ceil(Math.min(Math.max(waitMs, MIN_WAIT_MS), MAX_WAIT_MS) / 1000);
  const what = mayBeThere ? 'Whether it has the change all the same is not known' : 'The change was not handed over';
  const message = `${why} ${what}; send it again in ${retryAfterSeconds} s.`;
  return {kind: 'retryable', retryAfterSeconds, message};
}
