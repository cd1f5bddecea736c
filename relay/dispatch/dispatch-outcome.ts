/** The outcome of dispatching a change, with a message for its sender. Pure. */

export type DispatchOutcome =
  /** GitHub has it, in a batch of this many changes. Only this may be answered with a 2xx. */
  | {readonly kind: 'accepted'; readonly partition: number; readonly batch: number}
  /** It may work later. If no answer arrived, GitHub may have it anyway, and the action reacts only once. */
  | {readonly kind: 'retryable'; readonly retryAfterSeconds: number; readonly message: string}
  /** It will not work until the cause is fixed. `message` says what to do. */
  | {readonly kind: 'permanent'; readonly message: string};

/** When to retry if GitHub did not say. */
export const USUAL_WAIT_MS = 5_000;

export function tooMany(dispatchesPerMinute: number): string {
  return `More changes arrive than ${dispatchesPerMinute} dispatches a minute can carry (REACTOR_MAX_DISPATCHES_PER_MINUTE).`;
}

export const SILENCE = 'GitHub did not answer in time.';

/**
 * @param why a sentence
 * @param maybeAccepted whether GitHub may have the change anyway
 */
export function retryLater(waitMs: number, why: string, maybeAccepted: boolean): DispatchOutcome {
  const retryAfterSeconds = Math.max(Math.ceil(waitMs / 1000), 1);
  const what = maybeAccepted ? 'GitHub may have the change anyway' : 'The change was not dispatched';
  const message = `${why} ${what}. Send it again in ${retryAfterSeconds} s.`;
  return {kind: 'retryable', retryAfterSeconds, message};
}
