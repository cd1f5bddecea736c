/** One JSON request: its timeout, and failures as typed errors. Retrying is the caller's decision. */
import type {Fetch} from './deps.ts';
import {messageOf, NetworkError, RequestError} from './errors.ts';

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * The JSON of a 2xx answer; `{}` where its body is empty or no JSON.
 * @throws {RequestError} for any other status, with the server's own words
 * @throws {NetworkError} where no answer came in time
 */
export async function requestJson(fetch: Fetch, request: JsonRequest): Promise<unknown> {
  const {method, url, timeoutMs = TIMEOUT_MS} = request;
  const {status, ok, text, retryAfterMs} = await send(fetch, request, timeoutMs);
  if (ok) return parseOrEmpty(text);
  const said = text === '' ? '' : `: ${text.slice(0, 500)}`;
  throw new RequestError(`${method} ${url} was answered ${status}${said}`, {method, url, status, retryAfterMs});
}

async function send(fetch: Fetch, {method, url, headers, body}: JsonRequest, timeoutMs: number) {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : {'content-type': 'application/json'}),
        ...headers,
      },
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
      signal,
      redirect: 'error',
    });
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
    return {status: response.status, ok: response.ok, text: await response.text(), retryAfterMs};
  } catch (error) {
    const why = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : messageOf(error);
    throw new NetworkError(`${method} ${url} failed: ${why}`, error);
  }
}

/** Milliseconds of a `Retry-After` in seconds; its other form, a date, is used by none of our servers. RFC 9110 §10.2.3. */
export function parseRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : undefined;
}

function parseOrEmpty(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
