/** Handles one webhook: verify → sift → dispatch → respond. Sifting parses as much of the message as it needs. */
import {createSecretKey} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {Now} from '../src/base/deps.ts';
import type {RelayConfig} from './config/config.ts';
import type {Dispatch} from './dispatch/dispatch.ts';
import {createBodyReader, type ReadBody, requireJson} from './http/body.ts';
import {type DeliveryResult, dispatchResult, ignoredResult, refusalResult} from './http/delivery-result.ts';
import type {RunCloser} from './port/close-runs.ts';
import type {Clock} from './process/clock.ts';
import {type SiftDeps, siftMessage} from './sift-message.ts';
import {type Trust, verifySignature} from './verify/verify-signature.ts';

export type WebhookSettings = Pick<
  RelayConfig,
  'secrets' | 'toleranceSeconds' | 'maxBodyBytes' | 'ackTimeoutMs' | 'proxyUrl' | 'portClientId'
>;

export interface WebhookDeps {
  readonly rules: SiftDeps['source'];
  readonly dispatch: Dispatch;
  /** Undefined if the relay does not close runs. */
  readonly runs: Pick<RunCloser, 'close'> | undefined;
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
      if (!sifted.isRelevant) {
        const {change, reason} = sifted;
        if (change !== null) deps.runs?.close(change, reason);
        return ignoredResult(change, reason);
      }
      const {change, transition, rules} = sifted;
      const timeoutMs = Math.max(settings.ackTimeoutMs - (deps.clock.now() - startedAtMs), 1);
      const outcome = await deps.dispatch({change, transition, rules, receivedAt, timeoutMs});
      return dispatchResult(change, outcome);
    } catch (error) {
      return refusalResult(error);
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
