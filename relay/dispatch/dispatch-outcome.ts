/** What becomes of a change that was to be dispatched, in words for its sender. Pure. */

export type DispatchOutcome =
  /** GitHub has it, in a batch of so many changes. Nothing else may be answered with a 2xx. */
  | {readonly kind: 'accepted'; readonly partition: number; readonly batch: number}
  /** It may work later. If no answer came, GitHub may have it all the same, and the action reacts only once. */
  | {readonly kind: 'retryable'; readonly retryAfterSeconds: number; readonly message: string}
  /** It will not work before the cause is fixed. `message` says what to do. */
  | {readonly kind: 'permanent'; readonly message: string};

/** When it is worth trying again if GitHub did not say. */
export const USUAL_WAIT_MS = 5_000;

const MIN_WAIT_MS = 1_000;
const MAX_WAIT_MS = 3_600_000;

export function tooMany(dispatchesPerMinute: number): string {
  return `More changes come than ${dispatchesPerMinute} dispatches a minute carry (REACTOR_MAX_DISPATCHES_PER_MINUTE).`;
}

export const SILENCE = 'GitHub has not answered in time.';

/**
 * @param why a sentence
 * @param maybeAccepted whether GitHub may have the change all the same
 */
export function retryLater(waitMs: number, why: string, maybeAccepted: boolean): DispatchOutcome {
  const retryAfterSeconds = Math.ceil(Math.min(Math.max(waitMs, MIN_WAIT_MS), MAX_WAIT_MS) / 1000);
  const what = maybeAccepted ? 'Whether it has the change all the same is not known' : 'The change was not handed over';
  const message = `${why} ${what}; send it again in ${retryAfterSeconds} s.`;
  return {kind: 'retryable', retryAfterSeconds, message};
}
