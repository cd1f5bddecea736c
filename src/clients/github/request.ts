/** One request to GitHub's API. Follows redirects of a renamed repository. */
import type {Fetch} from '../../base/deps.ts';
import {parseOrUndefined} from '../../base/json.ts';
import {githubHeaders, readHeaders} from './headers.ts';
import {type GitHubResponse, messageIn} from './response.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** The header: scheme and token. */
  readonly authorization: string;
  readonly accept?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** The body. */
  readonly json?: string | undefined;
  readonly signal: AbortSignal;
  readonly shouldSend?: (() => boolean) | undefined;
}

/** A response whose body is not parsed. */
interface TextResponse {
  readonly status: number;
  readonly headers: GitHubResponse['headers'];
  readonly text: string;
  /** The URL that responded. */
  readonly url: string;
}

/** A renamed repository needs one redirect. More than a few are a loop. */
const MAX_REDIRECTS = 3;

/**
 * Sends a request. Follows redirects of a renamed or transferred repository, with the same method and body:
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 * Rejects if no response arrives.
 */
export async function requestGitHub(fetch: Fetch, request: ApiRequest): Promise<GitHubResponse> {
  const {status, headers, text, url} = await requestText(fetch, request);
  const body = parseBody(text, headers['content-type']);
  return {status, headers, body, message: messageIn(body), url};
}

/** Like {@link requestGitHub}, for the content of files. The text is not parsed, regardless of its type. */
export async function requestText(fetch: Fetch, request: ApiRequest): Promise<TextResponse> {
  let {url} = request;
  for (let step = 0; ; step++) {
    const response = await send(fetch, {...request, url});
    const next = step < MAX_REDIRECTS ? redirectOf(response, request.method) : undefined;
    if (next === undefined) return response;
    url = next;
  }
}

async function send(fetch: Fetch, request: ApiRequest): Promise<TextResponse> {
  const {method, url, ifNoneMatch, json, signal, shouldSend} = request;
  const response = await fetch(url, {
    method,
    headers: {
      ...githubHeaders(request),
      ...(ifNoneMatch === undefined ? {} : {'if-none-match': ifNoneMatch}),
      ...(json === undefined ? {} : {'content-type': 'application/json; charset=utf-8'}),
    },
    ...(json === undefined ? {} : {body: json}),
    signal,
    redirect: 'manual',
    shouldSend,
  });
  return {status: response.status, headers: readHeaders(response.headers), text: await response.text(), url};
}

/** A 302 changes a POST to a GET (RFC 9110), so it is followed only for a GET. */
const REDIRECTS = {GET: [301, 302, 307, 308], POST: [301, 307, 308]};

/**
 * Follows redirects only to the same host and never from https to http, so that no other server receives the token and the
 * change.
 */
function redirectOf({status, headers, url}: TextResponse, method: ApiRequest['method']): string | undefined {
  const {location} = headers;
  if (!REDIRECTS[method].includes(status) || location === undefined || !URL.canParse(location, url)) return undefined;
  const [from, to] = [new URL(url), new URL(location, url)];
  const isSafe = to.host === from.host && (to.protocol === from.protocol || to.protocol === 'https:');
  return isSafe ? to.href : undefined;
}

function parseBody(text: string, type = ''): unknown {
  const json = /^application\/(vnd\.github\+)?json\b/.test(type) ? parseOrUndefined(text) : undefined;
  return json === undefined ? text : json;
}
