/** The headers of a request to GitHub's API, and the response headers that we use. Pure. */
import type {FetchResponse} from '../../base/deps.ts';

/** GitHub supports a version for at least two years. https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const API_VERSION = '2022-11-28';

const JSON_TYPE = 'application/vnd.github+json';

/** The media type for the content of a file. Without it, GitHub responds with JSON that contains base64. */
export const RAW_TYPE = 'application/vnd.github.raw+json';

interface RequestHeaders {
  /** The value of the header `authorization`. */
  readonly authorization?: string | undefined;
  /** Default: JSON. */
  readonly accept?: string | undefined;
}

/** GitHub refuses requests without a `user-agent`. */
export function githubHeaders({authorization, accept = JSON_TYPE}: RequestHeaders): Record<string, string> {
  return {
    accept,
    ...(authorization === undefined ? {} : {authorization}),
    'user-agent': 'port-reactor',
    'x-github-api-version': API_VERSION,
  };
}

/** Accepted for every kind of token, and the only scheme for the JWT of an App. */
export function bearer(token: string): string {
  return `Bearer ${token}`;
}

/** GitHub's responses can have many more headers. */
const READ = ['content-type', 'date', 'etag', 'location', 'retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** The headers that the clients read, in lower case. */
export function readHeaders(headers: FetchResponse['headers']): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(READ.map(name => [name, headers.get(name) ?? undefined]));
}
