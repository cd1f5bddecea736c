/** Whether a response from GitHub is a rate limit, and when the limit ends. The only place that decides this. Pure. */
import {retryAfterOf} from '../../base/http/request-json.ts';
import type {GitHubResponse} from './response.ts';

/** The time in which GitHub accepts no requests. */
export interface Limit {
  readonly waitMs: number;
  /** Whether GitHub stated the time. If false, the time is an estimate. */
  readonly isStated: boolean;
}

type LimitFacts = Pick<GitHubResponse, 'status' | 'headers' | 'message'>;

/** GitHub's documentation requires a wait of at least a minute if a secondary limit has no stated time. */
const GUESSED_LIMIT: Limit = {waitMs: 60_000, isStated: false};

/** The longest possible wait: the primary limit resets every hour. */
const MAX_LIMIT_MS = 3_600_000;
const MIN_LIMIT_MS = 1_000;

/** GitHub's messages for its limits. Older Enterprise Servers use the second one. */
const LIMIT_WORDS = /rate limit|abuse detection/i;

/**
 * Whether a response is a primary or a secondary rate limit. GitHub uses 403 and 429 for both. A 403 without any sign of a
 * limit is about permissions. Other statuses are never limits, even if they contain the headers.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function isRateLimit({status, headers, message}: LimitFacts): boolean {
  if (status !== 403) return status === 429;
  return hasRetryAfter(headers) || isUsedUp(headers) || isLimitMessage(message);
}

/** Whether a message of GitHub is about a limit. GraphQL reports a limit with the status 200 and such a message. */
export function isLimitMessage(message: string): boolean {
  return LIMIT_WORDS.test(message);
}

/**
 * The limit in a response, in the order of GitHub's documentation: `retry-after`, then the reset of the primary limit, then one
 * minute. Undefined if the response is not a rate limit.
 * @param nowMs for a response without a `Date` header. If it is also omitted, a date is an unknown time
 */
export function limitOf(response: LimitFacts, nowMs?: number): Limit | undefined {
  if (!isRateLimit(response)) return undefined;
  return requestedWait(response, nowMs) ?? primaryLimitOf(response, nowMs) ?? GUESSED_LIMIT;
}

/**
 * The wait in the header `retry-after`, in seconds or as a date. GitHub also sends it with a 5xx. Undefined without the header.
 * An estimate if the header is neither seconds nor a date.
 */
export function requestedWait({headers}: Pick<LimitFacts, 'headers'>, nowMs?: number): Limit | undefined {
  if (!hasRetryAfter(headers)) return undefined;
  const waitMs = retryAfterOf({get: name => headers[name] ?? null}, nowMs);
  return waitMs === undefined ? GUESSED_LIMIT : stated(waitMs);
}

/**
 * The time until the reset of the primary limit, if it is used up. The last accepted request also contains it. The header is in
 * seconds since the epoch. If the reset has passed, the time is an estimate.
 */
export function primaryLimitOf({headers}: Pick<LimitFacts, 'headers'>, nowMs?: number): Limit | undefined {
  if (!isUsedUp(headers)) return undefined;
  const waitMs = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1000 - serverNow(headers, nowMs);
  if (Number.isNaN(waitMs)) return undefined;
  return waitMs > 0 ? stated(waitMs) : GUESSED_LIMIT;
}

function hasRetryAfter(headers: LimitFacts['headers']): boolean {
  return Boolean(headers['retry-after']?.trim());
}

function isUsedUp(headers: LimitFacts['headers']): boolean {
  return headers['x-ratelimit-remaining'] === '0';
}

/** GitHub's time if the response contains it, because the local clock can be incorrect. */
function serverNow({date}: LimitFacts['headers'], nowMs = Number.NaN): number {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? nowMs : theirs;
}

function stated(waitMs: number): Limit {
  return {waitMs: Math.min(Math.max(waitMs, MIN_LIMIT_MS), MAX_LIMIT_MS), isStated: true};
}
