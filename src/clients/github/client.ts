/** The relay's GitHub client: URL, credentials, and explanations of GitHub's refusals. */
import type {Fetch} from '../../base/deps.ts';
import {HeldBack} from '../../base/fetch.ts';
import {type Credentials, NoToken, type WarnLog} from './credentials.ts';
import {createMoveWarning} from './moved-repository.ts';
import {askGitHub, type GitHubAnswer, isRateLimit, noAnswer, type RepositoryName} from './request.ts';

export type {GitHubAnswer, RepositoryName} from './request.ts';

export interface GitHubAccess {
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly credentials: Credentials;
  /** Gets a warning if the repository was renamed. */
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
   * Whether the request should still be sent. It is called right before each attempt, also with another token or address,
   * because getting a token or a connection can take seconds.
   */
  readonly shouldSend?: () => boolean;
  /** If true, a 404 means that something does not exist. It is not treated as a refused token. */
  readonly mayBeMissing?: boolean;
}

/** Sends a request. Never rejects: a missing response is a value too. The timeout includes getting a token. */
export type GitHub = (request: GitHubRequest) => Promise<GitHubAnswer>;

export function createGitHub({apiUrl, credentials, log}: GitHubAccess, fetch: Fetch): GitHub {
  const warnIfMoved = log && createMoveWarning(log);
  const sendOnce = async (request: GitHubRequest, token: string, signal: AbortSignal): Promise<GitHubAnswer> => {
    const asked = `${apiUrl}${request.path}`;
    const common = {authorization: `${credentials.isJwt ? 'bearer' : 'token'} ${token}`, signal};
    const answer = await askGitHub(fetch, {...request, ...common, url: asked});
    const read = async (to: string) => (await askGitHub(fetch, {...common, method: 'GET', url: to})).body;
    if ((answer.status ?? 500) < 400) void warnIfMoved?.(asked, answer.url ?? asked, read);
    return answer;
  };
  const send = async (request: GitHubRequest, signal: AbortSignal): Promise<GitHubAnswer> => {
    const token = await within(signal, credentials.token());
    const answer = await sendOnce(request, token, signal);
    if (!isTokenRefused(answer, request) || !credentials.refused(token)) return answer;
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
    const answer = await send({...request, shouldSend}, signal).catch((error: unknown): GitHubAnswer => {
      if (error instanceof HeldBack) return {...noAnswer(error, apiUrl), unsent: 'held-back'};
      const cause = signal.aborted ? new Error(`no answer within ${request.timeoutMs / 1000} s`) : error;
      const failure = error instanceof NoToken ? error.answer : noAnswer(cause, apiUrl);
      return isSent ? failure : {...failure, unsent: 'failed'};
    });
    return credentials.isApp ? {...answer, isApp: true} : answer;
  };
}

/** A GitHub App's token keeps the permissions of its creation. Restored permissions need a new token. */
function isTokenRefused(answer: GitHubAnswer, {mayBeMissing = false}: GitHubRequest): boolean {
  const {status} = answer;
  return status === 401 || (status === 403 && !isRateLimit(answer)) || (status === 404 && !mayBeMissing);
}

/** Stops waiting at the signal. The promise continues for other callers. */
function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {once: true});
    promise.then(resolve, reject);
  });
}

/** What a permanent refusal means, and what to do. For the log and for the sender of the webhook. */
export function explainGitHubRefusal(answer: GitHubAnswer, {owner, name}: RepositoryName): string {
  const {status, message, explanation} = answer;
  const words = message === '' ? '' : ` GitHub says: ${message}`;
  if (explanation !== undefined) return `${explanation}${words}`;
  const repository = `${owner}/${name}`;
  const {settings, who, renewal, permission} = answer.isApp ? APP : TOKEN;
  switch (status) {
    case 401:
      return `GitHub does not accept the token. ${renewal}.${words}`;
    case 403:
      return `GitHub does not allow ${who} to write to ${repository}. ${permission}, and check that the repository is not archived.${words}`;
    case 404:
      return `GitHub does not know ${repository}: the repository is missing, or ${who} lacks Contents: write on ${repository}.${words}`;
    case 422:
      return `GitHub refuses the content of a dispatch to ${repository}.${words}`;
    default:
      if (status !== undefined && status < 300) {
        return `The server answered ${status}, but GitHub's API answers 204 to a dispatch. Check GITHUB_API_URL.`;
      }
      return status !== undefined && status < 400
        ? `GitHub redirects (${status}). If ${repository} was renamed, set GITHUB_REPOSITORY to its new name. Otherwise check GITHUB_API_URL.`
        : `GitHub answered ${status} for ${repository}. Check GITHUB_API_URL and ${settings}.${words}`;
  }
}

const TOKEN = {
  settings: 'GITHUB_TOKEN',
  who: 'the token',
  renewal: 'Set GITHUB_TOKEN to a token that is valid and not expired',
  permission: 'Give it Contents: write there, authorise it for single sign-on',
};

const APP = {
  settings: 'GITHUB_APP_ID',
  who: 'the GitHub App',
  renewal: 'The token of the GitHub App was revoked, and so was its replacement. Check that the App is still installed',
  permission: "Give the App Contents: read and write, accept that on its installation's page",
};
