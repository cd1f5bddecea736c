/**
 * Forecast: when a change that comes now would have been accepted by GitHub, and when it had better come again where that
 * is too late to be held for. Pure.
 */
import {MAX_CHANGES_BYTES} from '../src/change/client-payload.ts';

/** How it stands with a partition, and with those that it shares the budget with. */
export interface Standing {
  /** Milliseconds until a dispatch may go that so many others go before. */
  readonly delayMs: (before: number) => number;
  /** What GitHub takes to answer, in milliseconds. */
  readonly answerMs: number;
  /** Whether a batch of this partition is on its way: the next one waits for its answer. */
  readonly isInFlight: boolean;
  /** How many partitions go before this one. */
  readonly ahead: number;
  /** How many partitions have something to send, this one among them. */
  readonly busy: number;
}

/** Milliseconds until GitHub has accepted the last of so many bytes of this partition, the first ones first. */
export function acceptedInMs(standing: Standing, bytes: number): number {
  const {delayMs, answerMs, isInFlight, ahead, busy} = standing;
  const batchesBefore = Math.max(Math.ceil(bytes / MAX_CHANGES_BYTES), 1) - 1;
  const answersBefore = batchesBefore + (isInFlight ? 1 : 0);
  return Math.max(delayMs(ahead + batchesBefore * busy), answersBefore * answerMs) + answerMs;
}
