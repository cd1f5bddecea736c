/** The GitHub client for long-running processes: URL, renewed credentials, and timeouts. */
import type {Fetch} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import {proxyFor, RequestSkipped} from '../../base/http/fetch.ts';
import {oneLine} from '../../base/text/show.ts';
import {type Credentials, NoToken, type WarnLog} from './credentials.ts';
import {isRateLimit} from './limit.ts';
import {createMoveWarning} from './moved-repository.ts';
import {requestGitHub} from './request.ts';
import type {GitHubResponse} from './response.ts';

export interface GitHubAccess {
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly credentials: Credentials;
  /** Receives a warning if the repository was renamed. */
  readonly log?: WarnLog;
}

export interface GitHubRequest {
  readonly method: 'GET' | 'POST';
  /** With the leading slash, encoded. */
  readonly path: string;
  readonly accept?: string;
  readonly ifNoneMatch?: string | undefined;
  /** The body. */
  readonly json?: string;
  readonly timeoutMs: number;
  /**
   * Whether the request should still be sent. Called before each attempt, including attempts with another token or address,
   * because getting a token or a connection can take seconds.
   */
  readonly shouldSend?: () => boolean;
  /** If true, a 404 means that the resource does not exist. It is not treated as a refused token. */
  readonly mayBeMissing?: boolean;
}

/** Sends a request. Never rejects: a missing response is also a value. The timeout includes getting a token. */
export type GitHub = (request: GitHubRequest) => Promise<GitHubResponse>;

export function createGitHub({apiUrl, credentials, log}: GitHubAccess, fetch: Fetch): GitHub {
  const warnIfMoved = log && createMoveWarning(log);
  const sendOnce = async (request: GitHubRequest, token: string, signal: AbortSignal): Promise<GitHubResponse> => {
    const requestedUrl = `${apiUrl}${request.path}`;
    const common = {authorization: `${credentials.isJwt ? 'bearer' : 'token'} ${token}`, signal};
    const response = await requestGitHub(fetch, {...request, ...common, url: requestedUrl});
    const read = async (to: string) => (await requestGitHub(fetch, {...common, method: 'GET', url: to})).body;
    if ((response.status ?? 500) < 400) void warnIfMoved?.(requestedUrl, response.url ?? requestedUrl, read);
    return response;
  };
  const send = async (request: GitHubRequest, signal: AbortSignal): Promise<GitHubResponse> => {
    const token = await within(signal, credentials.token());
    const response = await sendOnce(request, token, signal);
    if (!isTokenRefused(response, request) || !credentials.refused(token)) return response;
    return sendOnce(request, await within(signal, credentials.token()), signal);
  };
  return async request => {
    const signal = AbortSignal.timeout(Math.ceil(request.timeoutMs));
    let isSent = false;
    const shouldSend = () => {
      const isWanted = request.shouldSend?.() ?? true;
      isSent ||= isWanted;
      return isWanted;
    };
    const response = await send({...request, shouldSend}, signal).catch((error: unknown): GitHubResponse => {
      if (error instanceof RequestSkipped) return {...noResponse(error, apiUrl), unsent: 'skipped'};
      const cause = signal.aborted ? new Error(`no answer within ${request.timeoutMs / 1000} s`) : error;
      const failure = error instanceof NoToken ? error.response : noResponse(cause, apiUrl);
      return isSent ? failure : {...failure, unsent: 'failed'};
    });
    return credentials.isApp ? {...response, isApp: true} : response;
  };
}

/** An installation token keeps the permissions that the App had when it was created. Restored permissions need a new token. */
function isTokenRefused(response: GitHubResponse, {mayBeMissing = false}: GitHubRequest): boolean {
  const {status} = response;
  return status === 401 || (status === 403 && !isRateLimit(response)) || (status === 404 && !mayBeMissing);
}

/** Stops waiting when the signal aborts. The promise continues for other callers. */
function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {once: true});
    promise.then(resolve, reject);
  });
}

/** The value for a request without a response. Its message contains what to check: a missing proxy, or the proxy in use. */
function noResponse(error: unknown, url: string): GitHubResponse {
  const variable = `${new URL(url).protocol.slice(0, -1)}_proxy`;
  const proxy = proxyFor(url);
  const way =
    proxy === undefined
      ? `directly: if this network needs a proxy, set ${variable}`
      : `through the proxy ${proxy} of ${variable}`;
  return {status: undefined, headers: {}, body: undefined, message: `${oneLine(messageOf(error))} (${way})`};
}
