/** What GitHub's answer to a dispatch means. Pure. */
import {parseRetryAfter} from '../src/http.ts';
import type {Limit} from './circuit-breaker.ts';
import {explainRefusal, type GitHubAnswer, type Repository} from './github.ts';

export type Meaning =
  /** GitHub has it. Nothing else may be answered with a 2xx. `limit`: and it is the last that it takes for a while. */
  | {readonly kind: 'accepted'; readonly limit?: Limit}
  /** Not now: GitHub says when. */
  | {readonly kind: 'limited'; readonly limit: Limit; readonly message: string}
  /** It may work at any time. Where no answer came, GitHub may have it all the same; the action reacts only once. */
  | {readonly kind: 'failed'; readonly message: string}
  /** It will not work before somebody mends something. `message` says what. */
  | {readonly kind: 'refused'; readonly status: number; readonly message: string};

/** The credentials have dropped the token, so the next attempt has another; where the key is refused too, they explain it. */
const RENEWED = "GitHub did not accept the GitHub App's token any more.";

/** GitHub asks for a minute at least where a secondary limit comes without a time. */
const UNTOLD_LIMIT_MS = 60_000;

/** The hourly limit's reset is never further away. */
const MAX_LIMIT_MS = 3_600_000;
const MIN_LIMIT_MS = 1_000;

/**
 * In the order of GitHub's documentation: `retry-after`, then the primary limit's reset, then a minute; a 403 without any of
 * these is about permissions, not about rates.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function classify(answer: GitHubAnswer, repository: Repository, nowMs: number): Meaning {
  const {status, message} = answer;
  if (status === undefined) return {kind: 'failed', message: `GitHub could not be reached: ${message}.`};
  if (status === 204) return accepted(answer, nowMs);
  if (status >= 500) return failure(answer, status);
  if (status === 401 && answer.isApp && answer.explanation === undefined) return {kind: 'failed', message: RENEWED};
  const limit = limitOf(answer, nowMs);
  if (limit !== undefined) {
    return {kind: 'limited', limit, message: `GitHub limits the rate of requests (${status}).`};
  }
  return {kind: 'refused', status, message: explainRefusal(answer, repository)};
}

function accepted(answer: GitHubAnswer, nowMs: number): Meaning {
  const waitMs = resetMs(answer, nowMs);
  return {kind: 'accepted', ...(waitMs === undefined ? {} : {limit: told(waitMs)})};
}

/** An outage that says how long it lasts is waited for like a limit. */
function failure(answer: GitHubAnswer, status: number): Meaning {
  const message = `GitHub answered ${status}: it has a failure of its own.`;
  const waitMs = retryAfterMs(answer);
  return waitMs === undefined ? {kind: 'failed', message} : {kind: 'limited', limit: told(waitMs), message};
}

function limitOf(answer: GitHubAnswer, nowMs: number): Limit | undefined {
  const {status, headers, message} = answer;
  if (status !== 403 && status !== 429) return undefined;
  const waitMs = retryAfterMs(answer) ?? resetMs(answer, nowMs);
  if (waitMs !== undefined) return told(waitMs);
  const isLimit = status === 429 || headers['x-ratelimit-remaining'] === '0' || /secondary rate limit/i.test(message);
  return isLimit ? {waitMs: UNTOLD_LIMIT_MS, isTold: false} : undefined;
}

function told(waitMs: number): Limit {
  return {waitMs: Math.min(Math.max(waitMs, MIN_LIMIT_MS), MAX_LIMIT_MS), isTold: true};
}

function retryAfterMs({headers}: GitHubAnswer): number | undefined {
  return parseRetryAfter(headers['retry-after'] ?? null);
}

/** Until the primary limit begins anew, where it is used up; its header is in seconds since the epoch. */
function resetMs({headers}: GitHubAnswer, nowMs: number): number | undefined {
  if (headers['x-ratelimit-remaining'] !== '0') return undefined;
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(reset) ? reset * 1000 - nowMs : undefined;
}
