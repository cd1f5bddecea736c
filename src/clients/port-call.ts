/** One call of Port's API: with an access token, with patience while Port limits, and with refusals as typed errors. */
import * as z from 'zod/mini';
import type {Fetch, Sleep} from '../base/deps.ts';
import {PayloadError, RequestError} from '../base/errors.ts';
import {type JsonRequest, requestJson} from '../base/http.ts';
import {withoutLogin} from '../secrets/secrets.ts';
import {AccessToken} from './access-token.ts';
import {Patience} from './patience.ts';
import {explainRefusal, PortError} from './port-error.ts';

export interface PortCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://api.port.io` (EU), `https://api.us.port.io` (US). A trailing slash or `/v1` is tolerated. */
  readonly apiUrl: string;
}

export interface PortDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
}

/** `route` starts with `/v1/` and has its identifiers encoded by {@link segment}. */
interface PortCall {
  readonly method: JsonRequest['method'];
  readonly route: string;
  readonly body?: unknown;
  /** How long one attempt may take. */
  readonly timeoutMs?: number;
  /** Of the answer's text. Default: `JSON.parse`. */
  readonly parse?: (text: string) => unknown;
}

/**
 * Sends one call and gives the JSON of its answer. Calls that belong together share what they know of a silent Port.
 * @throws {PortError} @throws {NetworkError} */
export type CallPort = (call: PortCall, patience?: Patience) => Promise<unknown>;

/** Has the same result however often it is sent. */
export const UPSERT = 'upsert=true&merge=true';
const AUTH_ROUTE = '/v1/auth/access_token';

/**
 * Calls with an access token. Port returns the same token until it expires, so its remaining life is not known. If a token is
 * refused, it is renewed once, and the call is repeated once.
 * https://docs.port.io/build-your-software-catalog/custom-integration/api
 */
export function createPortCall(credentials: PortCredentials, {fetch, sleep}: PortDeps): CallPort {
  const base = credentials.apiUrl.replace(/\/+(v1\/*)?$/, '');
  const {clientId, clientSecret} = credentials;
  const send = (call: PortCall, patience: Patience, token?: string) =>
    patience.spend(() => sendOnce(call, {base, clientSecret, token}, fetch), mayHappenTwice(call));
  const tokens = new AccessToken(async patience => {
    const answer = await send({method: 'POST', route: AUTH_ROUTE, body: {clientId, clientSecret}}, patience);
    return readToken(answer, `${base}${AUTH_ROUTE}`);
  });
  return async (call, patience = new Patience(sleep)) => {
    const token = await tokens.get(patience);
    try {
      return await send(call, patience, token);
    } catch (error) {
      if (!(error instanceof PortError) || error.status !== 401) throw error;
      return send(call, patience, await tokens.renew(token, patience));
    }
  };
}

/**
 * An identifier as one segment of a route. Port's identifiers may hold slashes, backslashes and `=`.
 * @throws {PayloadError} for `.` and `..`, which no encoding keeps from being read as steps of the path
 */
export function segment(identifier: string): string {
  if (identifier !== '' && identifier !== '.' && identifier !== '..') return encodeURIComponent(identifier);
  throw new PayloadError('', `"${identifier}" is not an identifier of Port: it must not be empty, "." or ".."`);
}

function mayHappenTwice({method, route}: PortCall): boolean {
  return method !== 'POST' || route === AUTH_ROUTE || route.endsWith(UPSERT);
}

const TokenAnswer = z.object({accessToken: z.string().check(z.minLength(1))});

function readToken(answer: unknown, url: string): string {
  const result = TokenAnswer.safeParse(answer);
  if (result.success) return result.data.accessToken;
  throw new PayloadError(
    '',
    `${withoutLogin(url)} answered without an access token: it is not Port's API. Check PORT_API_URL`,
  );
}

interface Access {
  /** Port's API, without a path. */
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
