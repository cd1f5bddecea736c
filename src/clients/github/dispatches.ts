/** Sends a `repository_dispatch` from outside the relay. It can retry for longer, because no webhook sender is waiting. */
import type {Fetch, Sleep} from '../../base/deps.ts';
import {messageOf, ReactorError} from '../../base/errors.ts';
import {retryAfterOf} from '../../base/http.ts';
import {isObject, parseOrUndefined} from '../../base/json.ts';
import {clip, oneLine} from '../../base/text.ts';

export interface DispatchesSettings {
  /** "owner/name" */
  readonly repository: string;
  /** Needs `contents: write`. */
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
}

/** GitHub rejected a dispatch. The message says why and what to do. */
export class DispatchError extends ReactorError {}

/** @param json the body of the request @throws {DispatchError} */
export type SendDispatch = (json: string) => Promise<void>;

const TIMEOUT_MS = 10_000;
/** The pauses before retries. A dispatch that arrives twice is handled once. */
const PAUSES_MS = [1_000, 5_000];
/** The longest wait for a rate limit. A secondary limit without a stated time requires one minute. */
const MAX_LIMIT_MS = 60_000;

/** @see https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
export function createDispatches(
  {repository, token, apiUrl}: DispatchesSettings,
  {fetch, sleep}: {readonly fetch: Fetch; readonly sleep: Sleep},
): SendDispatch {
  const url = `${apiUrl}/repos/${repository}/dispatches`;
  return async json => {
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      const failure = await attempt(fetch, {url, token, json, repository});
      if (failure === undefined) return;
      const waitMs = pauseMs === undefined ? undefined : waitFor(failure, pauseMs);
      if (waitMs === undefined) throw new DispatchError(failure.message);
      await sleep(waitMs);
    }
  };
}

interface Failure {
  readonly message: string;
  /** Whether a retry can help, and the wait that GitHub asks for. */
  readonly isTransient: boolean;
  readonly waitMs?: number | undefined;
}

function waitFor({isTransient, waitMs = 0}: Failure, pauseMs: number): number | undefined {
  return isTransient && waitMs <= MAX_LIMIT_MS ? Math.max(waitMs, pauseMs) : undefined;
}

interface Attempt {
  readonly url: string;
  readonly token: string;
  readonly json: string;
  readonly repository: string;
}

/** Only 204 means that GitHub accepted the dispatch (docs/decisions/0009). */
async function attempt(fetch: Fetch, {url, token, json, repository}: Attempt): Promise<Failure | undefined> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'port-reactor',
        'x-github-api-version': '2022-11-28',
      },
      body: json,
      signal,
      redirect: 'manual',
    });
    if (response.status === 204) return undefined;
    const words = wordsOf(await response.text());
    const waitMs = retryAfterOf(response.headers, Date.now());
    return explain(response.status, {
      words,
      waitMs,
      repository,
      remaining: response.headers.get('x-ratelimit-remaining'),
    });
  } catch (error) {
    const why = signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : messageOf(error);
    return {message: `GitHub could not be reached to dispatch to ${repository}: ${why}.`, isTransient: true};
  }
}

interface Refused {
  readonly words: string;
  readonly waitMs: number | undefined;
  readonly repository: string;
  readonly remaining: string | null;
}

function explain(status: number, {words, waitMs, repository, remaining}: Refused): Failure {
  const refusal = `GitHub answered ${status} to a dispatch to ${repository}${words === '' ? '' : ` (${words})`}`;
  if (status >= 500)
    return {message: `${refusal}: GitHub has an internal problem. Try again later.`, isTransient: true, waitMs};
  const isLimit =
    status === 429 ||
    (status === 403 && (waitMs !== undefined || remaining === '0' || /rate limit|abuse/i.test(words)));
  if (isLimit)
    return {
      message: `${refusal}: its rate limit is used up. Try again later.`,
      isTransient: true,
      waitMs: waitMs ?? MAX_LIMIT_MS,
    };
  return {message: `${refusal}: ${adviceFor(status)}`, isTransient: false};
}

function adviceFor(status: number): string {
  if (status === 401) return 'the token is invalid or expired. Renew GITHUB_TOKEN, or the input `github-token`.';
  if (status === 403 || status === 404) {
    return 'the repository does not exist, or the token cannot write to it. Check GITHUB_REPOSITORY, and give the token `contents: write`.';
  }
  if (status >= 300 && status < 400) return 'the repository has moved. Set GITHUB_REPOSITORY to its new name.';
  return 'GitHub does not accept this format. Please report this.';
}

function wordsOf(body: string): string {
  const json = parseOrUndefined(body);
  const message = isObject(json) ? json['message'] : undefined;
  return typeof message === 'string' ? clip(oneLine(message), 200) : '';
}
