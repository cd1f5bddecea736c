/** The one GitHub client of the relay: address, credentials, headers, and what GitHub's refusals mean. */
import {Octokit} from '@octokit/rest';
import {type Credentials, NoToken} from './credentials.ts';
import {answerOf, type GitHubAnswer, type Repository} from './github-answer.ts';

export type {GitHubAnswer, Repository} from './github-answer.ts';

export interface GitHubAccess {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly credentials: Credentials;
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

/**
 * Redirects are not followed: a POST that is redirected becomes a GET, whose 200 would be no acceptance. Getting a token
 * counts into the time that a request has.
 */
export function createGitHub({apiUrl, credentials}: GitHubAccess, fetch: typeof globalThis.fetch): GitHub {
  const octokit = new Octokit({
    baseUrl: apiUrl,
    userAgent: 'port-reactor',
    log: silent, // it writes to the console otherwise
    request: {fetch, log: silent},
  });
  const send = async ({method, path, accept, ifNoneMatch, json}: GitHubRequest, token: string, signal: AbortSignal) => {
    const {status, headers, data} = await octokit.request({
      method,
      url: path,
      headers: {
        authorization: `token ${token}`,
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
  };
  return async request => {
    const signal = AbortSignal.timeout(Math.ceil(request.timeoutMs));
    let token: string | undefined;
    try {
      token = await within(signal, credentials.token());
      return await send(request, token, signal);
    } catch (error) {
      if (error instanceof NoToken) return error.answer;
      const answer = answerOf(error, signal.aborted ? `no answer within ${request.timeoutMs / 1000} s` : undefined);
      if (answer.status === 401 && token !== undefined) credentials.refused(token);
      return credentials.isApp ? {...answer, isApp: true} : answer;
    }
  };
}

/** Others may be waiting for the same: what is given up here goes on for them. */
function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {once: true});
    promise.then(resolve, reject);
  });
}

/** What a refusal for good means, and what to do about it; for a log and for whoever sent the webhook. */
export function explainRefusal(answer: GitHubAnswer, {owner, name}: Repository): string {
  const {status, message, explanation} = answer;
  const said = message === '' ? '' : ` GitHub says: ${message}`;
  if (explanation !== undefined) return `${explanation}${said}`;
  const repository = `${owner}/${name}`;
  const {settings, who, renewal, permission} = answer.isApp ? APP : TOKEN;
  switch (status) {
    case 401:
      return `GitHub does not accept the token: ${renewal}.${said}`;
    case 403:
      return `GitHub forbids ${who} to write to ${repository}: ${permission}, and see that the repository is not archived.${said}`;
    case 404:
      return `GitHub does not know ${repository}: the repository is missing, or ${who} lacks Contents: write on ${repository}.${said}`;
    case 422:
      return `GitHub refuses what was sent to ${repository}.${said}`;
    default:
      if (status !== undefined && status < 300) {
        return `What answered ${status} is not GitHub's API, which answers 204 to a dispatch: check GITHUB_API_URL.`;
      }
      return status !== undefined && status < 400
        ? `GitHub redirects (${status}): if ${repository} was renamed, set GITHUB_REPOSITORY to its new name; else check GITHUB_API_URL.`
        : `GitHub answered ${status} for ${repository}: check GITHUB_API_URL and ${settings}.${said}`;
  }
}

const TOKEN = {
  settings: 'GITHUB_TOKEN',
  who: 'the token',
  renewal: 'set GITHUB_TOKEN to one that is valid and not expired',
  permission: 'give it Contents: write there, authorise it for single sign-on',
};

const APP = {
  settings: 'GITHUB_APP_ID',
  who: 'the GitHub App',
  renewal: 'it was made for the GitHub App, and withdrawn since; the next request is made with another',
  permission: "give the App Contents: read and write, accept that on its installation's page",
};
