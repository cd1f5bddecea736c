/** GitHub's REST API for `doctor`. Error statuses do not throw, because they show the permissions of a token. */
import type {Fetch, FetchResponse} from '../../base/deps.ts';
import {messageOf, NetworkError} from '../../base/errors.ts';
import {isObject, parseOrUndefined} from '../../base/json.ts';
import {bearer, githubHeaders, RAW_TYPE, readHeaders} from '../../clients/github/headers.ts';
import {type Limit, limitOf} from '../../clients/github/limit.ts';
import {describeResponse, messageIn} from '../../clients/github/response.ts';
import type {GitHubEnv} from '../shared/env/github-env.ts';

export interface GitHubReply {
  readonly status: number;
  /** Undefined if the answer is not JSON. */
  readonly json: unknown;
  readonly text: string;
  /** The error message of GitHub. Empty if the answer has no message. */
  readonly message: string;
  /** The rate limit that the answer reports, if it does. */
  readonly limit: Limit | undefined;
}

export interface GitHubApi {
  readonly repository: string;
  /** @param route relative to the repository, such as `actions/workflows`. Empty for the repository. @throws {NetworkError} */
  get(route: string, accept?: string): Promise<GitHubReply>;
  /** @throws {NetworkError} */
  post(route: string, body: object): Promise<GitHubReply>;
}

const TIMEOUT_MS = 10_000;

interface Content {
  readonly accept?: string | undefined;
  readonly body?: object;
}

export function createGitHubReader({repository, token, apiUrl}: GitHubEnv, fetch: Fetch): GitHubApi {
  const send = async (method: string, route: string, {accept, body}: Content): Promise<GitHubReply> => {
    const url = `${apiUrl}/repos/${repository}${route === '' ? '' : `/${route}`}`;
    const headers = {
      ...githubHeaders({authorization: bearer(token), accept}),
      ...(body === undefined ? {} : {'content-type': 'application/json'}),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const content = body === undefined ? {} : {body: JSON.stringify(body)};
    try {
      const response = await fetch(url, {method, headers, ...content, signal, redirect: 'manual'});
      return readResponse(response, await response.text());
    } catch (error) {
      const why = signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : messageOf(error);
      throw new NetworkError(`GitHub could not be reached: ${method} ${url} failed: ${why}`, error);
    }
  };
  return {
    repository,
    get: (route, accept) => send('GET', route, {accept}),
    post: (route, body) => send('POST', route, {body}),
  };
}

function readResponse({status, headers: answered}: FetchResponse, text: string): GitHubReply {
  const [json, headers] = [parseOrUndefined(text), readHeaders(answered)];
  const message = messageIn(json);
  return {status, json, text, message, limit: limitOf({status, headers, message})};
}

/** What to do about an answer other than a success: wait for the end of a rate limit, or give the token a permission. */
export function adviceFor({limit}: GitHubReply, permission: string): string {
  return limit === undefined ? `Give the token ${permission}` : tryAgainAfter(limit);
}

export function tryAgainAfter({waitMs}: Limit): string {
  return `GitHub limits the rate of requests. Try again in ${Math.ceil(waitMs / 60_000)} min`;
}

/** The objects of the list in the answer, or of the list under a key of it. */
export function listIn({json}: GitHubReply, key?: string): readonly Readonly<Record<string, unknown>>[] {
  const list = key === undefined ? json : isObject(json) ? json[key] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The text of a file on the default branch. Undefined if it does not exist. */
export async function readFile(api: GitHubApi, path: string): Promise<string | undefined> {
  const answer = await api.get(`contents/${path.split('/').map(encodeURIComponent).join('/')}`, RAW_TYPE);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new NetworkError(`${path} could not be read: ${describeResponse(answer)}`);
  const {json} = answer;
  // A proxy can remove the `accept` header. GitHub then returns the file in base64.
  const isEncoded = isObject(json) && json['encoding'] === 'base64' && typeof json['content'] === 'string';
  return isEncoded ? Buffer.from(String(json['content']), 'base64').toString('utf8') : answer.text;
}
