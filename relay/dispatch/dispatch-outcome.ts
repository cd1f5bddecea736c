/** The outcome of a dispatch, with a message for the sender of the webhook. Pure. */

export type DispatchOutcome =
  /** GitHub accepted the change, in a batch of this many changes. The relay must not respond with 2xx in any other case. */
  | {readonly kind: 'accepted'; readonly partition: number; readonly batch: number}
  /** A retry can succeed. If no response arrived, GitHub may have accepted the change anyway. The action then reacts once. */
  | {readonly kind: 'retryable'; readonly retryAfterSeconds: number; readonly message: string}
  /** Retries fail until the cause is fixed. `message` contains the solution. */
  | {readonly kind: 'permanent'; readonly message: string};

/** The time until a retry if GitHub did not state one. */
export const USUAL_WAIT_MS = 5_000;

export function overBudget(dispatchesPerMinute: number): string {
  return `More changes arrive than ${dispatchesPerMinute} dispatches a minute can carry (REACTOR_MAX_DISPATCHES_PER_MINUTE).`;
}

export const NO_RESPONSE = 'GitHub did not answer in time.';

/**
 * @param why a sentence
 * @param maybeAccepted whether GitHub may have accepted the change anyway
 */
export function retryLater(waitMs: number, why: string, maybeAccepted: boolean): DispatchOutcome {
  const retryAfterSeconds = Math.max(Math.ceil(waitMs / 1000), 1);
  const what = maybeAccepted ? 'GitHub may have accepted the change anyway' : 'The change was not dispatched';
  const message = `${why} ${what}. Send it again in ${retryAfterSeconds} s.`;
  return {kind: 'retryable', retryAfterSeconds, message};
}
