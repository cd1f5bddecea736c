/** The result of a delivery: the response to the sender, and the log entry. Pure. */
import {PayloadError} from '../../src/base/errors.ts';
import type {Change} from '../../src/change/change.ts';
import type {DispatchOutcome} from '../dispatch/dispatch-outcome.ts';
import {SignatureError} from '../verify/verify-signature.ts';
import {HttpRefusal, SenderDisconnected} from './refusal.ts';

export interface DeliveryResult {
  /** Undefined if the sender disconnected. */
  readonly status: number | undefined;
  readonly outcome: 'dispatched' | 'ignored' | 'refused' | 'retryable' | 'failed' | 'hung-up';
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** Set only if the signature is valid. */
  readonly change?: Change;
  /** The partition of the change, and the number of changes in its batch. */
  readonly dispatched?: {readonly partition: number; readonly batch: number};
  /** For the log. If the message is unverified, the reason contains no data from the sender. */
  readonly reason?: string;
}

/**
 * The result if no rule reacts to the change.
 * @param change null if the message is not an entity change
 */
export function ignoredResult(change: Change | null, reason: string): DeliveryResult {
  const body = {status: 'ignored', id: change?.id ?? null, reason};
  return {status: 200, outcome: 'ignored', body, reason, ...(change === null ? {} : {change})};
}

/** The result of trying to dispatch the change. */
export function dispatchResult(change: Change, outcome: DispatchOutcome): DeliveryResult {
  switch (outcome.kind) {
    case 'accepted': {
      const {partition, batch} = outcome;
      const body = {status: 'dispatched', id: change.id};
      return {status: 202, outcome: 'dispatched', body, change, dispatched: {partition, batch}};
    }
    case 'retryable': {
      const {message, retryAfterSeconds} = outcome;
      return {status: 503, outcome: 'retryable', body: {error: message}, retryAfterSeconds, change, reason: message};
    }
    case 'permanent':
      return {status: 502, outcome: 'failed', body: {error: outcome.message}, change, reason: outcome.message};
  }
}

/** The same response for every cause, so that it gives an attacker no information. */
const UNSIGNED =
  "The signature is missing, invalid or too old. Sign with the client secret that is in PORT_CLIENT_SECRET. The relay's log has the reason.";

/**
 * The result if the message was not processed.
 * @throws the error itself if it is a bug of the relay
 */
export function refusalResult(error: unknown): DeliveryResult {
  if (error instanceof SignatureError) return refused(401, UNSIGNED, error.reason);
  if (error instanceof PayloadError) return refused(422, error.message);
  if (error instanceof HttpRefusal) return refused(error.status, error.message);
  if (error instanceof SenderDisconnected)
    return {status: undefined, outcome: 'hung-up', body: {}, reason: error.message};
  throw error;
}

function refused(status: number, sentence: string, reason = sentence): DeliveryResult {
  return {status, outcome: 'refused', body: {error: sentence}, reason};
}
