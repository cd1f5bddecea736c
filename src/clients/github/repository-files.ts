/** Reads files of a repository at a commit through GitHub's API, for runs without a checkout. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {Fetch, FetchResponse, RepositoryFile} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import {fetch as platformFetch} from '../../base/fetch.ts';
import {isObject, parseOrUndefined} from '../../base/json.ts';

interface Timing {
  /** The time limit of one function call, including its retries. */
  readonly patienceMs: number;
  /** The pauses before the retries of a request that failed for a transient reason. */
  readonly pausesMs: readonly number[];
}

export const {readRepositoryFile, findRepositoryFile} = createRepositoryFiles({
  patienceMs: 20_000,
  pausesMs: [500, 2_000],
});

/** Both need `contents: read`. @see https://docs.github.com/en/rest/repos/contents#get-repository-content */
export function createRepositoryFiles(timing: Timing, fetch: Fetch = platformFetch) {
  return {
    /**
     * The text of a file at a commit.
     * @throws {Error} with GitHub's message, or because GitHub did not answer in time
     */
    async readRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string> {
      try {
        return await createGet(token, apiUrl, {...timing, fetch})(file);
      } catch (error) {
        throw explained(error, file);
      }
    },

    /**
     * The text of a file at a commit. Undefined if the commit does not contain it.
     * @throws {Error} as above, and if nothing of the commit can be read: GitHub answers 404 for that too
     */
    async findRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string | undefined> {
      const get = createGet(token, apiUrl, {...timing, fetch});
      try {
        return await get(file);
      } catch (error) {
        if (!isMissing(error)) throw explained(error, file);
      }
      const root = {...file, path: ''};
      try {
        await get(root);
        return undefined;
      } catch (error) {
        throw isMissing(error)
          ? new Error(`GitHub shows no commit ${file.sha} of ${file.repository}`)
          : explained(error, root);
      }
    },
  };
}

/** GitHub refused the request, or has an internal problem. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Getting extends Timing {
  readonly fetch: Fetch;
}

/** Fetches contents as text, through the configured proxy. All requests of one `get` share its time limit. */
function createGet(token: string, apiUrl: string, {patienceMs, pausesMs, fetch}: Getting) {
  const signal = AbortSignal.timeout(patienceMs);
  const headers = {
    accept: 'application/vnd.github.raw+json',
    authorization: `token ${token}`,
    'x-github-api-version': '2022-11-28',
  };
  return async (file: RepositoryFile): Promise<string> => {
    const pauses = [...pausesMs];
    for (;;) {
      try {
        return await getText(contentsUrl(apiUrl, file), {method: 'GET', headers, signal}, fetch);
      } catch (error) {
        const pauseMs = signal.aborted || !isTransient(error) ? undefined : pauses.shift();
        if (pauseMs !== undefined) await sleep(pauseMs, undefined, {signal}).catch(() => {});
        if (signal.aborted) throw new Error(`GitHub did not answer within ${patienceMs / 1000} s`);
        if (pauseMs === undefined) throw error;
      }
    }
  };
}

function contentsUrl(apiUrl: string, {repository, path, sha}: RepositoryFile): string {
  const segments = path.split('/').map(encodeURIComponent).join('/');
  return `${apiUrl.replace(/\/+$/, '')}/repos/${repository}/contents/${segments}?ref=${encodeURIComponent(sha)}`;
}

/** GitHub redirects requests for a renamed repository. */
const MAX_REDIRECTS = 3;

async function getText(url: string, init: Parameters<Fetch>[1], fetch: Fetch): Promise<string> {
  let from = url;
  let response = await fetch(from, init);
  for (let left = MAX_REDIRECTS; left > 0; left--) {
    const next = redirectOf(response, from);
    if (next === undefined) break;
    from = next;
    response = await fetch(from, init);
  }
  const {ok, status} = response;
  const body = await response.text();
  if (ok) return body;
  const json = parseOrUndefined(body);
  const quoted = isObject(json) && typeof json['message'] === 'string' ? `: ${json['message'].slice(0, 200)}` : '';
  throw new Refused(status, `GitHub answered ${status}${quoted}`);
}

/** The target of a redirect to the same origin. */
function redirectOf({status, headers}: FetchResponse, url: string): string | undefined {
  const location = headers.get('location');
  if (![301, 302, 307, 308].includes(status) || location === null) return undefined;
  const next = new URL(location, url);
  return next.origin === new URL(url).origin ? next.href : undefined;
}

/** A retry can help if there was no response, or if GitHub failed. */
function isTransient(error: unknown): boolean {
  return !(error instanceof Refused) || error.status >= 500;
}

function explained(error: unknown, {repository}: RepositoryFile): Error {
  if (!isMissing(error)) return new Error(messageOf(error), {cause: error});
  return new Error(`GitHub has no such file in ${repository}`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Refused && error.status === 404;
}
