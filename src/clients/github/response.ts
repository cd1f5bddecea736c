/** A response from GitHub as a value, including requests that failed with an error. Pure. */
import type {RequestError} from '../../base/errors.ts';
import {isObject, parseOrUndefined} from '../../base/json.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import {readHeaders} from './headers.ts';

/** The two parts of `owner/name`. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** GitHub's response. `status` is undefined if none arrived. Header names are in lower case. */
export interface GitHubResponse {
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
  /** How the user sets the token: the name of a variable or an input. Default: `GITHUB_TOKEN`. */
  readonly tokenName?: string;
  /** Why the request was never sent: `shouldSend` returned false, or there was no token or connection. */
  readonly unsent?: 'skipped' | 'failed';
  /** The meaning of the refusal and the solution, if known. */
  readonly explanation?: string;
}

const MAX_MESSAGE = 300;

/**
 * GitHub's explanation in the body of a refusal: `message`, and for a 422 also `errors`. One line. Empty if the body has no
 * message.
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function messageIn(body: unknown): string {
  if (!isObject(body) || typeof body['message'] !== 'string') return '';
  const {message, errors} = body;
  const details = Array.isArray(errors) ? `: ${errors.map(error => JSON.stringify(error)).join(', ')}` : '';
  return clip(oneLine(`${message}${details}`), MAX_MESSAGE);
}

/** `GitHub answered 403 (Resource not accessible by personal access token)`. */
export function describeResponse({status, message}: Pick<GitHubResponse, 'status' | 'message'>): string {
  return `GitHub answered ${status}${message === '' ? '' : ` (${message})`}`;
}

/** The response that caused an error. */
export function responseIn(error: RequestError): GitHubResponse {
  const headers = readHeaders({get: name => error.header(name) ?? null});
  const body = parseOrUndefined(error.body);
  return {status: error.status, headers, body, message: messageIn(body)};
}
