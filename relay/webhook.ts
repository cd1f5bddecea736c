/** Handles one webhook: verify → sift → dispatch → answer. Sifting parses as much of the message as it needs. */
import {createSecretKey} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {Now} from '../src/base/deps.ts';
import {PayloadError} from '../src/base/errors.ts';
import type {Change} from '../src/change/change.ts';
import type {RelayConfig} from './config/config.ts';
import type {Dispatch} from './dispatch/dispatch.ts';
import type {DispatchOutcome} from './dispatch/dispatch-outcome.ts';
import {createBodyReader, type ReadBody, requireJson} from './http/body.ts';
import {HttpRefusal, HungUp} from './http/refusal.ts';
import type {RunCloser} from './port/close-runs.ts';
import type {Clock} from './process/clock.ts';
import {type IgnoredMessage, type SiftDeps, siftMessage} from './sift-message.ts';
import {SignatureError, type Trust, verifySignature} from './verify/signature.ts';

/** The result of a delivery, for the answer and for the log. */
export interface DeliveryResult {
  /** Undefined if the sender disconnected. */
  readonly status: number | undefined;
  readonly outcome: 'dispatched' | 'ignored' | 'refused' | 'retryable' | 'failed' | 'hung-up';
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** Only if the signature is valid. */
  readonly change?: Change;
  /** The partition of the change, and the number of changes in its batch. */
  readonly dispatched?: {readonly partition: number; readonly batch: number};
  /** For the log. If the message is unverified, it contains no data from the sender. */
  readonly reason?: string;
}

export type WebhookSettings = Pick<
  RelayConfig,
  'secrets' | 'toleranceSeconds' | 'maxBodyBytes' | 'ackTimeoutMs' | 'proxyUrl' | 'portClientId'
>;

export interface WebhookDeps {
  readonly rules: SiftDeps['source'];
  readonly dispatch: Dispatch;
  /** Undefined if the relay does not close runs. */
  readonly runs: Pick<RunCloser, 'ignored'> | undefined;
  readonly now: Now;
  /** Measures the hold. Monotonic. */
  readonly clock: Pick<Clock, 'now'>;
}

export type Webhook = (request: IncomingMessage) => Promise<DeliveryResult>;

/** The returned function rejects only if the relay has a bug. */
export function createWebhook(settings: WebhookSettings, deps: WebhookDeps): Webhook {
  const readBody = createBodyReader(settings.maxBodyBytes);
  const trust = {
    secrets: settings.secrets.map(secret => createSecretKey(secret, 'utf8')),
    toleranceSeconds: settings.toleranceSeconds,
    throughProxy: settings.proxyUrl !== undefined,
  };
  const siftDeps = {source: deps.rules, portClientId: settings.portClientId};
  return async request => {
    const [startedAtMs, receivedAt] = [deps.clock.now(), new Date(deps.now()).toISOString()];
    try {
      const bytes = await receive(request, readBody, () => ({...trust, nowMs: deps.now()}));
      const sifted = await siftMessage({bytes, receivedAt}, siftDeps);
      if (!sifted.isRelevant) return ignored(sifted, deps.runs);
      const {change, transition, rules} = sifted;
      const timeoutMs = Math.max(settings.ackTimeoutMs - (deps.clock.now() - startedAtMs), 1);
      return answerTo(change, await deps.dispatch({change, transition, rules, receivedAt, timeoutMs}));
    } catch (error) {
      return refuse(error);
    }
  };
}

/** The bytes of a message that Port signed. The body is not parsed before the signature is verified. */
async function receive(request: IncomingMessage, readBody: ReadBody, trustNow: () => Trust): Promise<Buffer> {
  requireJson(request);
  const rawBody = await readBody(request);
  const timestamp = headerOf(request, 'x-port-timestamp');
  const signature = headerOf(request, 'x-port-signature');
  return verifySignature({timestamp, signature, rawBody}, trustNow());
}

function headerOf({headers}: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function answerTo(change: Change, outcome: DispatchOutcome): DeliveryResult {
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

function ignored({change, reason}: IgnoredMessage, runs: WebhookDeps['runs']): DeliveryResult {
  if (change !== null) runs?.ignored(change, reason);
  const body = {status: 'ignored', id: change?.id ?? null, reason};
  return {status: 200, outcome: 'ignored', body, reason, ...(change === null ? {} : {change})};
}

/** The same answer for every cause, so that it gives an attacker no information. */
const UNSIGNED =
  "The signature is missing, invalid or too old. Sign with the client secret that is in PORT_CLIENT_SECRET. The relay's log has the reason.";

function refuse(error: unknown): DeliveryResult {
  const refusal = (status: number, sentence: string, reason = sentence): DeliveryResult => {
    return {status, outcome: 'refused', body: {error: sentence}, reason};
  };
  if (error instanceof SignatureError) return refusal(401, UNSIGNED, error.reason);
  if (error instanceof PayloadError) return refusal(422, error.message);
  if (error instanceof HttpRefusal) return refusal(error.status, error.message);
  if (error instanceof HungUp) return {status: undefined, outcome: 'hung-up', body: {}, reason: error.message};
  throw error;
}
