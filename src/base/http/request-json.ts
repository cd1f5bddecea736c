/** A single JSON request with a timeout. Failures are typed errors. The caller decides whether to retry. */

import {withoutLogin} from '../../secrets/secrets.ts';
import type {Fetch, FetchResponse} from '../deps.ts';
import {messageOf, NetworkError, NoResponse, RequestError} from '../errors.ts';
import {parseOrUndefined} from '../json.ts';

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
  /** Parses the text of the response. Default: `JSON.parse`. */
  readonly parse?: (text: string) => unknown;
}

const TIMEOUT_MS = 10_000;

/**
 * The JSON of a 2xx response. `{}` if its body is empty or not JSON.
 * @throws {RequestError} for any other status, with the text of the response
 * @throws {NoResponse} if no response arrived in time
 * @throws {NetworkError} if the server cannot be reached, or the connection breaks
 */
export async function requestJson(fetch: Fetch, request: JsonRequest): Promise<unknown> {
  const {method, url, timeoutMs = TIMEOUT_MS, parse = JSON.parse} = request;
  const shown = withoutLogin(url);
  const {status, ok, headers, text, retryAfterMs} = await send(fetch, request, timeoutMs);
  if (ok) {
    const json = parseOrUndefined(text, parse);
    return json === undefined ? {} : json;
  }
  const body = text === '' ? '' : `: ${text.slice(0, 500)}`;
  throw new RequestError(`${method} ${shown} was answered ${status}${body}`, {
    ...{method, url: shown, status, retryAfterMs, headers},
    body: text,
  });
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
    const retryAfterMs = retryAfterOf(response.headers);
    const {status, ok, headers: answered} = response;
    return {status, ok, headers: answered, text: await response.text(), retryAfterMs};
  } catch (error) {
    const failed = `${method} ${withoutLogin(url)} failed`;
    if (signal.aborted) throw new NoResponse(`${failed}: no answer within ${timeoutMs / 1000} s`, error);
    throw new NetworkError(`${failed}: ${messageOf(error)}`, error);
  }
}

/**
 * The wait that the response requests, in milliseconds. Undefined if it requests none. `Retry-After` is a number of seconds or a date.
 * A date is compared with the `Date` header of the server, because our clock can be incorrect. Servers with a clock must send
 * that header.
 * @param nowMs for servers that do not send it. Without both, the wait until a date is undefined
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
 */
export function retryAfterOf(headers: FetchResponse['headers'], nowMs = Number.NaN): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (!HTTP_DATE.test(text)) return parseSeconds(text);
  const [until, serverNow] = [Date.parse(text), Date.parse(headers.get('date') ?? '')];
  const waitMs = until - (Number.isNaN(serverNow) ? nowMs : serverNow);
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

/** The three date formats of HTTP start with the day of the week. `Date.parse` alone accepts `-1` as a date. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)/i;

/** Seconds converted to milliseconds. Undefined if the text is not a number. */
export function parseSeconds(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : undefined;
}
