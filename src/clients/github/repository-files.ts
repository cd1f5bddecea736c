/** Reads files of a repository at a commit through GitHub's API, for runs without a checkout. */
import type {Fetch, RepositoryFile, RepositoryFiles, Sleep} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import {parseOrUndefined} from '../../base/json.ts';
import {RAW_TYPE} from './headers.ts';
import {limitOf} from './limit.ts';
import {type ApiRequest, requestText} from './request.ts';
import {describeResponse, messageIn} from './response.ts';

interface FilesAccess {
  /** Needs `contents: read`. */
  readonly token: string;
  readonly apiUrl: string;
}

interface FilesDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
}

interface Timing {
  /** The time limit of one function call, including its retries. */
  readonly patienceMs: number;
  /** The pauses before the retries of a request that failed for a transient reason. */
  readonly pausesMs: readonly number[];
}

const TIMING: Timing = {patienceMs: 20_000, pausesMs: [500, 2_000]};

/** @see https://docs.github.com/en/rest/repos/contents#get-repository-content */
export function createRepositoryFiles(
  {token, apiUrl}: FilesAccess,
  {fetch, sleep}: FilesDeps,
  timing = TIMING,
): RepositoryFiles {
  const startGet = (): Get => {
    const signal = AbortSignal.timeout(timing.patienceMs);
    const request = {method: 'GET', authorization: `token ${token}`, accept: RAW_TYPE, signal} as const;
    return file =>
      retry(() => getText(fetch, {...request, url: contentsUrl(apiUrl, file)}), {signal, sleep, ...timing});
  };
  return {
    async read(file) {
      try {
        return await startGet()(file);
      } catch (error) {
        throw explained(error, file);
      }
    },
    async find(file) {
      const get = startGet();
      try {
        return await get(file);
      } catch (error) {
        if (!isMissing(error)) throw explained(error, file);
      }
      await assertCommit(get, file);
      return undefined;
    },
  };
}

/** All requests of one `Get` share its time limit. */
type Get = (file: RepositoryFile) => Promise<string>;

/** GitHub also returns 404 if the token cannot read anything of the commit. */
async function assertCommit(get: Get, file: RepositoryFile): Promise<void> {
  const root = {...file, path: ''};
  try {
    await get(root);
  } catch (error) {
    throw isMissing(error)
      ? new Error(`GitHub shows no commit ${file.sha} of ${file.repository}`)
      : explained(error, root);
  }
}

interface Retrying extends Timing {
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
}

/** A retry can help if there was no response, if GitHub failed, or after a short rate limit. */
async function retry(get: () => Promise<string>, {signal, sleep, patienceMs, pausesMs}: Retrying): Promise<string> {
  const pauses = [...pausesMs];
  for (;;) {
    try {
      return await get();
    } catch (error) {
      const leastMs = error instanceof Refused ? error.retryAfterMs : 0;
      const pauseMs = signal.aborted || leastMs === undefined || leastMs >= patienceMs ? undefined : pauses.shift();
      if (pauseMs !== undefined) await Promise.race([sleep(Math.max(pauseMs, leastMs ?? 0)), aborted(signal)]);
      if (signal.aborted) throw new Error(`GitHub did not answer within ${patienceMs / 1000} s`);
      if (pauseMs === undefined) throw error;
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), {once: true}));
}

/** GitHub refused the request, or has an internal problem. */
class Refused extends Error {
  readonly status: number;
  /** The time until a retry can help. Undefined if it cannot. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, retryAfterMs: number | undefined) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

async function getText(fetch: Fetch, request: ApiRequest): Promise<string> {
  const {status, headers, text} = await requestText(fetch, request);
  if (status >= 200 && status < 300) return text;
  const response = {status, headers, message: messageIn(parseOrUndefined(text))};
  throw new Refused(describeResponse(response), status, status >= 500 ? 0 : limitOf(response)?.waitMs);
}

function contentsUrl(apiUrl: string, {repository, path, sha}: RepositoryFile): string {
  const segments = path.split('/').map(encodeURIComponent).join('/');
  return `${apiUrl.replace(/\/+$/, '')}/repos/${repository}/contents/${segments}?ref=${encodeURIComponent(sha)}`;
}

function explained(error: unknown, {repository}: RepositoryFile): Error {
  if (!isMissing(error)) return new Error(messageOf(error), {cause: error});
  return new Error(`GitHub has no such file in ${repository}`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Refused && error.status === 404;
}
