/** The one GitHub client of the relay: address, credentials, headers, and what GitHub's refusals mean. */
import {Octokit} from '@octokit/rest';
import {messageOf} from '../src/errors.ts';
import {clip, oneLine} from '../src/text.ts';

/** `owner/name`, taken apart. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
}

export interface GitHubAccess {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly token: string;
}

/** What GitHub answered, or undefined as `status` where no answer came. Header names are in lower case. */
export interface GitHubAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** GitHub's own words, or why there are none; one line. */
  readonly message: string;
}

export interface GitHubRequest {
  readonly method: 'GET' | 'POST';
  /** From the first slash, encoded. */
  readonly path: string;
  readonly accept?: string;
  readonly ifNoneMatch?: string | undefined;
  /** JSON, as it is to be sent. */
  readonly json?: string;
  readonly timeoutMs: number;
}

/** Sends a request, once. Never rejects: every answer, and no answer, is a value. */
export type GitHub = (request: GitHubRequest) => Promise<GitHubAnswer>;

const silent = {debug() {}, info() {}, warn() {}, error() {}};

/** Redirects are not followed: a POST that is redirected becomes a GET, whose 200 would be no acceptance. */
export function createGitHub({apiUrl, token}: GitHubAccess, fetch: typeof globalThis.fetch): GitHub {
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: 'port-reactor',
    log: silent, // it writes to the console otherwise
    request: {fetch, log: silent},
  });
  return async ({method, path, accept, ifNoneMatch, json, timeoutMs}) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const {status, headers, data} = await octokit.request({
        method,
        url: path,
        headers: {
          'x-github-api-version': '2022-11-28',
          ...(accept === undefined ? {} : {accept}),
          ...(ifNoneMatch === undefined ? {} : {'if-none-match': ifNoneMatch}),
        },
        // As text: on Node 20 Octokit's own serialiser turns some texts into broken JSON (`["5n`, for one), looking for
        // big integers in them.
        ...(json === undefined ? {} : {data: json}),
        request: {signal, redirect: 'manual'},
      });
      return {status, headers: headers as GitHubAnswer['headers'], body: data, message: ''};
    } catch (error) {
      return answerOf(error, signal.aborted ? `no answer within ${timeoutMs / 1000} s` : undefined);
    }
  };
}

/** Octokit rejects for every status from 400 and for 304, with the answer; without one, where none came. */
function answerOf(error: unknown, timeout: string | undefined): GitHubAnswer {
  const response = (error as {response?: {status: number; headers: GitHubAnswer['headers']; data: unknown}}).response;
  if (response === undefined) {
    // Octokit wraps what fetch rejected with, and drops the code, all that some failures tell.
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return {status: undefined, headers: {}, body: undefined, message: timeout ?? oneLine(messageOf(cause))};
  }
  const {status, headers, data} = response;
  return {status, headers, body: data, message: clip(oneLine(messageOf(error)), 300)};
}

/** What a refusal for good means, and what to do about it; for a log and for whoever sent the webhook. */
export function explainRefusal({status, message}: GitHubAnswer, {owner, name}: Repository): string {
  const said = message === '' ? '' : ` GitHub says: ${message}`;
  const repository = `${owner}/${name}`;
  switch (status) {
    case 401:
      return `GitHub does not accept the token: set GITHUB_TOKEN to one that is valid and not expired.${said}`;
    case 403:
      return `GitHub forbids the token to write to ${repository}: give it Contents: write there, authorise it for single sign-on, and see that the repository is not archived.${said}`;
    case 404:
      return `GitHub does not know ${repository}: the repository is missing, or the token lacks Contents: write on ${repository}.${said}`;
    case 422:
      return `GitHub refuses what was sent to ${repository}.${said}`;
    default:
      if (status !== undefined && status < 300) {
        return `What answered ${status} is not GitHub's API, which answers 204 to a dispatch: check GITHUB_API_URL.`;
      }
      return status !== undefined && status < 400
        ? `GitHub redirects (${status}): if ${repository} was renamed, set GITHUB_REPOSITORY to its new name; else check GITHUB_API_URL.`
        : `GitHub answered ${status} for ${repository}: check GITHUB_API_URL and GITHUB_TOKEN.${said}`;
  }
}
