/** One request to GitHub's API, and its response as a value. */

import type {Fetch} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import {proxyFor} from '../../base/fetch.ts';
import {isObject, parseOrUndefined} from '../../base/json.ts';
import {clip, oneLine} from '../../base/text.ts';

/** The two parts of `owner/name`. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** GitHub's response. `status` is undefined if none arrived. Header names are in lower case. */
export interface GitHubAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed if the content type is JSON, otherwise the text. */
  readonly body: unknown;
  /** GitHub's message, or why no response arrived. One line. */
  readonly message: string;
  /** The URL that responded. It differs from the requested one after a redirect. */
  readonly url?: string;
  /** Whether the request was made as a GitHub App. */
  readonly isApp?: boolean;
  /** Why the request was never sent: `shouldSend` returned false, or there was no token or connection. */
  readonly unsent?: 'held-back' | 'failed';
  /** What the refusal means and what to do, if that is known. */
  readonly explanation?: string;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly authorization: string;
  readonly accept?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** The body. */
  readonly json?: string | undefined;
  readonly signal: AbortSignal;
  readonly shouldSend?: (() => boolean) | undefined;
}

/** The headers that the relay reads. */
const HEADERS = [
  'content-type',
  'date',
  'etag',
  'location',
  'retry-after',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];

/** A renamed repository needs one redirect. More than a few are a loop. */
const MAX_REDIRECTS = 3;

/**
 * Sends a request. Follows redirects of a renamed or transferred repository, with the same method and body:
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 * Rejects if no response arrives.
 */
export async function askGitHub(fetch: Fetch, request: ApiRequest): Promise<GitHubAnswer> {
  let {url} = request;
  for (let step = 0; ; step++) {
    const answer = await send(fetch, {...request, url});
    const next = step < MAX_REDIRECTS ? redirectOf(answer, url) : undefined;
    if (next === undefined) return {...answer, url};
    url = next;
  }
}

async function send(fetch: Fetch, request: ApiRequest): Promise<GitHubAnswer> {
  const {method, url, authorization, accept, ifNoneMatch, json, signal, shouldSend} = request;
  const response = await fetch(url, {
    method,
    headers: {
      accept: accept ?? 'application/vnd.github+json',
      authorization,
      'user-agent': 'port-reactor',
      'x-github-api-version': '2022-11-28',
      ...(ifNoneMatch === undefined ? {} : {'if-none-match': ifNoneMatch}),
      ...(json === undefined ? {} : {'content-type': 'application/json; charset=utf-8'}),
    },
    ...(json === undefined ? {} : {body: json}),
    signal,
    redirect: 'manual',
    shouldSend,
  });
  const headers = Object.fromEntries(HEADERS.map(name => [name, response.headers.get(name) ?? undefined]));
  const body = parseBody(await response.text(), headers['content-type']);
  return {status: response.status, headers, body, message: wordsOf(body)};
}

/** Only to the same host and never from https to http, so that the token and the change are sent to no other server. 302 and 303 mean GET. */
function redirectOf({status, headers}: GitHubAnswer, url: string): string | undefined {
  const {location} = headers;
  if (![301, 307, 308].includes(status ?? 0) || location === undefined || !URL.canParse(location, url))
    return undefined;
  const [from, to] = [new URL(url), new URL(location, url)];
  const isSafe = to.host === from.host && (to.protocol === from.protocol || to.protocol === 'https:');
  return isSafe ? to.href : undefined;
}

function parseBody(text: string, type = ''): unknown {
  const json = /^application\/(vnd\.github\+)?json\b/.test(type) ? parseOrUndefined(text) : undefined;
  return json === undefined ? text : json;
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api: `message`, and for a 422 `errors`. */
function wordsOf(body: unknown): string {
  if (!isObject(body) || typeof body['message'] !== 'string') return '';
  const {message, errors} = body;
  const details = Array.isArray(errors) ? `: ${errors.map(error => JSON.stringify(error)).join(', ')}` : '';
  return clip(oneLine(`${message}${details}`), 300);
}

/** The value for a request without a response. Its message says what to check: a missing proxy, or the proxy in use. */
export function noAnswer(error: unknown, url: string): GitHubAnswer {
  const variable = `${new URL(url).protocol.slice(0, -1)}_proxy`;
  const proxy = proxyFor(url);
  const way =
    proxy === undefined
      ? `directly: if this network needs a proxy, set ${variable}`
      : `through the proxy ${proxy} of ${variable}`;
  return {status: undefined, headers: {}, body: undefined, message: `${oneLine(messageOf(error))} (${way})`};
}

/** GitHub's messages for its limits. Older Enterprise Servers use the second one. */
const LIMIT_WORDS = /rate limit|abuse detection/i;

/**
 * Whether a 403 is about a rate limit and not about permissions.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function isRateLimit({headers, message}: GitHubAnswer): boolean {
  const {'retry-after': retryAfter, 'x-ratelimit-remaining': remaining} = headers;
  return retryAfter !== undefined || remaining === '0' || LIMIT_WORDS.test(message);
}
