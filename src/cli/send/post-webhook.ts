/** Posts one webhook to the relay, signed like a webhook of Port. */
import type {Fetch, Now} from '../../base/deps.ts';
import {messageOf, NetworkError} from '../../base/errors.ts';
import {retryAfterOf} from '../../base/http/request-json.ts';
import {parseOrUndefined} from '../../base/json.ts';
import {sign} from '../../base/signature.ts';
import {withoutLogin} from '../../secrets/secrets.ts';

/** The answer of the relay. */
export interface RelayAnswer {
  readonly status: number;
  /** The body as JSON, or its text if it is not JSON. */
  readonly answer: unknown;
  readonly retryAfterMs?: number;
}

/** The relay answers after GitHub has accepted the dispatch. Its default limit is 8 seconds. */
const TIMEOUT_MS = 30_000;

interface WebhookPost {
  readonly url: string;
  /** Sent byte for byte, as UTF-8. */
  readonly body: string;
  readonly secret: string;
}

/** @throws {NetworkError} if the relay does not answer */
export async function postWebhook(
  {url, body, secret}: WebhookPost,
  {fetch, now}: {readonly fetch: Fetch; readonly now: Now},
): Promise<RelayAnswer> {
  const timestamp = String(Math.floor(now() / 1000));
  const headers = {
    'content-type': 'application/json',
    'x-port-timestamp': timestamp,
    'x-port-signature': sign(secret, timestamp, body),
  };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {method: 'POST', headers, body, signal, redirect: 'error'});
    const retryAfterMs = retryAfterOf(response.headers, now());
    const text = await response.text();
    const answer = parseOrUndefined(text) ?? text;
    return {status: response.status, answer, ...(retryAfterMs === undefined ? {} : {retryAfterMs})};
  } catch (error) {
    const why = signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : messageOf(error);
    throw new NetworkError(
      `POST ${withoutLogin(url)} failed: ${why}. Is the relay running there (port-reactor relay)?`,
      error,
    );
  }
}
