/** Sends a `repository_dispatch` from outside the relay. It can retry for longer, because no webhook sender is waiting. */
import type {Fetch, Now, Sleep} from '../../base/deps.ts';
import {messageOf, ReactorError} from '../../base/errors.ts';
import {classify, type Meaning} from './classify.ts';
import {bearer} from './headers.ts';
import {requestGitHub} from './request.ts';
import type {GitHubResponse} from './response.ts';

export interface DispatchesSettings {
  /** "owner/name" */
  readonly repository: string;
  /** Needs `contents: write`. */
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
}

interface DispatchesDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
}

/** GitHub did not accept a dispatch. The message contains the reason and the solution. */
export class DispatchError extends ReactorError {}

/**
 * @param json the body of the request
 * @throws {DispatchError}
 */
export type SendDispatch = (json: string) => Promise<void>;

const TIMEOUT_MS = 10_000;
/** The pauses before retries. A dispatch that arrives twice is handled once. */
const PAUSES_MS = [1_000, 5_000];
/** The longest wait for a rate limit. GitHub requires one minute for a secondary limit without a stated time. */
const MAX_LIMIT_MS = 60_000;

/** @see https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
export function createDispatches(settings: DispatchesSettings, {fetch, sleep, now}: DispatchesDeps): SendDispatch {
  const [owner = '', name = ''] = settings.repository.split('/');
  return async json => {
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      const response = await attempt(json, settings, fetch);
      const meaning = classify(response, {owner, name}, now());
      if (meaning.kind === 'accepted') return;
      const waitMs = pauseMs === undefined ? undefined : waitBefore(meaning, pauseMs);
      if (waitMs === undefined) throw new DispatchError(explain(meaning, response, settings));
      await sleep(waitMs);
    }
  };
}

type Failed = Exclude<Meaning, {kind: 'accepted'}>;

/** The time until a retry can help. Undefined if it cannot, or if the time exceeds {@link MAX_LIMIT_MS}. */
function waitBefore(meaning: Failed, pauseMs: number): number | undefined {
  if (meaning.kind === 'refused') return undefined;
  if (meaning.kind === 'failed') return pauseMs;
  const {waitMs} = meaning.limit;
  return waitMs <= MAX_LIMIT_MS ? Math.max(waitMs, pauseMs) : undefined;
}

function explain(meaning: Failed, {status, message}: GitHubResponse, {repository}: DispatchesSettings): string {
  const failed = `The dispatch to ${repository} failed`;
  if (meaning.kind === 'refused') {
    const fix = status === 403 || status === 404 ? ` ${CHECK_ACCESS}` : '';
    return `${failed}: GitHub answered ${status}. ${withFullStop(meaning.message)}${fix}`;
  }
  const words = status === undefined || message === '' ? '' : ` GitHub says: ${withFullStop(message)}`;
  const when = meaning.kind === 'limited' ? `in ${Math.ceil(meaning.limit.waitMs / 60_000)} min` : 'later';
  return `${failed}. ${meaning.message}${words} Try again ${when}.`;
}

const CHECK_ACCESS = 'Check GITHUB_REPOSITORY. A job of GitHub Actions needs `contents: write`.';

function withFullStop(words: string): string {
  return words.endsWith('.') ? words : `${words}.`;
}

/** Never rejects: a missing response is also a value. */
async function attempt(json: string, settings: DispatchesSettings, fetch: Fetch): Promise<GitHubResponse> {
  const {repository, token, apiUrl} = settings;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const url = `${apiUrl}/repos/${repository}/dispatches`;
  try {
    const response = await requestGitHub(fetch, {method: 'POST', url, authorization: bearer(token), json, signal});
    return {...response, tokenName: TOKEN_NAME};
  } catch (error) {
    const message = signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : messageOf(error);
    return {status: undefined, headers: {}, body: undefined, message};
  }
}

/** The command line reads the variable, and the action reads the input. */
const TOKEN_NAME = 'GITHUB_TOKEN, or the input `github-token`,';
