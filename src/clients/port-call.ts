/** One call of Port's API: adds an access token, waits for rate limits, and turns refusals into typed errors. */
import * as z from 'zod/mini';
import type {Fetch, Sleep} from '../base/deps.ts';
import {PayloadError, RequestError} from '../base/errors.ts';
import {type JsonRequest, requestJson} from '../base/http/request-json.ts';
import {withoutLogin} from '../secrets/secrets.ts';
import {AccessToken} from './access-token.ts';
import {explainRefusal, PortError} from './port-error.ts';
import {RetryBudget} from './retry-budget.ts';

export interface PortCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://api.port.io` (EU), `https://api.us.port.io` (US). A trailing slash or `/v1` is accepted. */
  readonly apiUrl: string;
}

export interface PortDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
}

/** `route` starts with `/v1/`. {@link segment} encodes its identifiers. */
interface PortCall {
  readonly method: JsonRequest['method'];
  readonly route: string;
  readonly body?: unknown;
  /** The timeout of one attempt. */
  readonly timeoutMs?: number;
  /** Parses the text of the response. Default: `JSON.parse`. */
  readonly parse?: (text: string) => unknown;
}

/**
 * Sends one call and returns the JSON of its response. Related calls share a retry budget.
 * @throws {PortError}
 * @throws {NetworkError}
 */
export type CallPort = (call: PortCall, retryBudget?: RetryBudget) => Promise<unknown>;

/** Makes a POST idempotent. */
export const UPSERT = 'upsert=true&merge=true';
const AUTH_ROUTE = '/v1/auth/access_token';

/**
 * Calls with an access token. Port returns the same token until it expires, so its remaining lifetime is unknown. If a token is
 * refused, it is renewed once and the call is repeated once.
 * @see https://docs.port.io/build-your-software-catalog/custom-integration/api
 */
export function createPortCall(credentials: PortCredentials, {fetch, sleep}: PortDeps): CallPort {
  const base = credentials.apiUrl.replace(/\/+(v1\/*)?$/, '');
  const {clientId, clientSecret} = credentials;
  const send = (call: PortCall, retryBudget: RetryBudget, token?: string) =>
    retryBudget.run(() => sendOnce(call, {base, clientSecret, token}, fetch), isIdempotent(call));
  const tokens = new AccessToken(async retryBudget => {
    const response = await send({method: 'POST', route: AUTH_ROUTE, body: {clientId, clientSecret}}, retryBudget);
    return readToken(response, `${base}${AUTH_ROUTE}`);
  });
  return async (call, retryBudget = new RetryBudget(sleep)) => {
    const token = await tokens.get(retryBudget);
    try {
      return await send(call, retryBudget, token);
    } catch (error) {
      if (!(error instanceof PortError) || error.status !== 401) throw error;
      return send(call, retryBudget, await tokens.renew(token, retryBudget));
    }
  };
}

/**
 * An identifier as one segment of a route. Port's identifiers can contain slashes, backslashes and `=`.
 * @throws {PayloadError} for `.` and `..`, which servers treat as path steps even if they are encoded
 */
export function segment(identifier: string): string {
  if (identifier !== '' && identifier !== '.' && identifier !== '..') return encodeURIComponent(identifier);
  throw new PayloadError('', `"${identifier}" is not a valid Port identifier: it must not be empty, "." or ".."`);
}

function isIdempotent({method, route}: PortCall): boolean {
  return method !== 'POST' || route === AUTH_ROUTE || route.endsWith(UPSERT);
}

const TokenAnswer = z.object({accessToken: z.string().check(z.minLength(1))});

function readToken(response: unknown, url: string): string {
  const result = TokenAnswer.safeParse(response);
  if (result.success) return result.data.accessToken;
  throw new PayloadError(
    '',
    `${withoutLogin(url)} answered without an access token, so it is not Port's API. Check PORT_API_URL`,
  );
}

interface Access {
  /** The URL of Port's API, without a path. */
  readonly base: string;
  readonly clientSecret: string;
  readonly token: string | undefined;
}

async function sendOnce(call: PortCall, {base, clientSecret, token}: Access, fetch: Fetch): Promise<unknown> {
  const {method, route, body, timeoutMs, parse} = call;
  try {
    return await requestJson(fetch, {
      method,
      url: `${base}${route}`,
      headers: token === undefined ? {} : {authorization: `Bearer ${token}`},
      ...(body === undefined ? {} : {body}),
      ...(timeoutMs === undefined ? {} : {timeoutMs}),
      ...(parse === undefined ? {} : {parse}),
    });
  } catch (error) {
    throw error instanceof RequestError ? explainRefusal(error, route, [clientSecret, token]) : error;
  }
}
