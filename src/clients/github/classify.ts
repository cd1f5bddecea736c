/** What GitHub's answer to a dispatch means. Pure. */
import {retryAfterOf} from '../../base/http.ts';
import {explainGitHubRefusal, type GitHubAnswer, type RepositoryName} from './client.ts';
import {isRateLimit} from './request.ts';

/** How long GitHub accepts no dispatches. */
export interface Limit {
  readonly waitMs: number;
  /** Whether GitHub stated the time. If false, the time is an estimate. */
  readonly isStated: boolean;
}

export type Meaning =
  /** GitHub accepted the dispatch. Only then may the relay answer 2xx. `limit`: GitHub accepts no more for this time. */
  | {readonly kind: 'accepted'; readonly limit?: Limit}
  /** GitHub refuses for the time in `limit`. `maybeAccepted`: GitHub may have accepted the changes anyway. */
  | {readonly kind: 'limited'; readonly limit: Limit; readonly message: string; readonly maybeAccepted: boolean}
  /** A retry may succeed at any time. If a change arrives twice because of `maybeAccepted`, the action reacts once. */
  | {readonly kind: 'failed'; readonly message: string; readonly maybeAccepted: boolean}
  /** Retries fail until the cause is fixed. `message` says what to do. */
  | {readonly kind: 'refused'; readonly status: number; readonly message: string};

/** GitHub asks clients to wait at least a minute if a secondary limit has no stated time. */
const GUESSED_LIMIT: Limit = {waitMs: 60_000, isStated: false};

/** The reset of the hourly limit is never later. */
const MAX_LIMIT_MS = 3_600_000;
const MIN_LIMIT_MS = 1_000;

/** The stated end of an outage is often incorrect, so it is capped. */
const MAX_OUTAGE_MS = 60_000;

const RENEWED = "GitHub no longer accepts the GitHub App's token.";

/** Request Timeout, Conflict, Misdirected Request, Too Early (RFC 9110, RFC 8470): the next attempt may succeed. */
const TEMPORARY = [408, 409, 421, 425];

/**
 * Follows the order in GitHub's documentation: `retry-after`, then the reset of the primary limit, then a minute. A 403 without
 * these headers concerns permissions, not the rate limit.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function classify(answer: GitHubAnswer, repository: RepositoryName, nowMs: number): Meaning {
  const {status, message} = answer;
  const maybeAccepted = answer.unsent === undefined;
  if (status === undefined) {
    return {kind: 'failed', message: `GitHub could not be reached: ${message}.`, maybeAccepted};
  }
  if (status === 204) {
    const limit = resetOf(answer, nowMs);
    return {kind: 'accepted', ...(limit && {limit})};
  }
  if (status >= 500) return failure(answer, status, nowMs);
  if (TEMPORARY.includes(status))
    return {kind: 'failed', message: `GitHub answered ${status}, which is temporary.`, maybeAccepted};
  if (status === 401 && answer.isApp && answer.explanation === undefined) {
    return {kind: 'failed', message: RENEWED, maybeAccepted: false};
  }
  const limit = limitOf(answer, nowMs);
  if (limit !== undefined) {
    return {kind: 'limited', limit, message: `GitHub limits the rate of requests (${status}).`, maybeAccepted: false};
  }
  return {kind: 'refused', status, message: explainGitHubRefusal(answer, repository)};
}

/** An outage with a stated duration is handled like a limit. */
function failure(answer: GitHubAnswer, status: number, nowMs: number): Meaning {
  const failed = {
    message: `GitHub answered ${status}, an error on its side.`,
    maybeAccepted: answer.unsent === undefined,
  };
  const limit = waitOf(answer, nowMs);
  if (limit === undefined) return {kind: 'failed', ...failed};
  return {kind: 'limited', limit: {...limit, waitMs: Math.min(limit.waitMs, MAX_OUTAGE_MS)}, ...failed};
}

function limitOf(answer: GitHubAnswer, nowMs: number): Limit | undefined {
  const {status} = answer;
  if (status !== 403 && status !== 429) return undefined;
  const limit = waitOf(answer, nowMs) ?? resetOf(answer, nowMs);
  if (limit !== undefined) return limit;
  return status === 429 || isRateLimit(answer) ? GUESSED_LIMIT : undefined;
}

/** Undefined without the header. An estimate if the header is neither seconds nor a date. */
function waitOf({headers}: GitHubAnswer, nowMs: number): Limit | undefined {
  if (!headers['retry-after']?.trim()) return undefined;
  const waitMs = retryAfterOf({get: name => headers[name] ?? null}, nowMs);
  return waitMs === undefined ? GUESSED_LIMIT : stated(waitMs);
}

/**
 * The time until the reset of the primary limit, if that is used up. The header is in seconds since the epoch. If the reset has
 * passed, the time is an estimate.
 */
function resetOf({headers}: GitHubAnswer, nowMs: number): Limit | undefined {
  if (headers['x-ratelimit-remaining'] !== '0') return undefined;
  const waitMs = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1000 - theirNowMs(headers, nowMs);
  if (Number.isNaN(waitMs)) return undefined;
  return waitMs > 0 ? stated(waitMs) : GUESSED_LIMIT;
}

/** GitHub's time if the answer contains it, because the local clock may be incorrect. */
function theirNowMs({date}: GitHubAnswer['headers'], nowMs: number): number {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? nowMs : theirs;
}

function stated(waitMs: number): Limit {
  return {waitMs: Math.min(Math.max(waitMs, MIN_LIMIT_MS), MAX_LIMIT_MS), isStated: true};
}
