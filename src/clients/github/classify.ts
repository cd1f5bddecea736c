/** The meaning of GitHub's response to a dispatch, for every sender of dispatches. Pure. */

import {type Limit, limitOf, primaryLimitOf, requestedWait} from './limit.ts';
import {explainGitHubRefusal} from './refusal.ts';
import type {GitHubResponse, RepositoryName} from './response.ts';

export type Meaning =
  /**
   * GitHub accepted the dispatch. The relay must not respond with 2xx in any other case. `limit`: GitHub accepts no more
   * dispatches for this time.
   */
  | {readonly kind: 'accepted'; readonly limit?: Limit}
  /** GitHub refuses for the time in `limit`. `maybeAccepted`: GitHub may have accepted the changes anyway. */
  | {readonly kind: 'limited'; readonly limit: Limit; readonly message: string; readonly maybeAccepted: boolean}
  /** A retry can succeed at any time. If `maybeAccepted` makes a change arrive twice, the action reacts once. */
  | {readonly kind: 'failed'; readonly message: string; readonly maybeAccepted: boolean}
  /** Retries fail until the cause is fixed. `message` contains the solution. */
  | {readonly kind: 'refused'; readonly status: number; readonly message: string};

/** The longest outage that is assumed. The end that GitHub states is often incorrect. */
const MAX_OUTAGE_MS = 60_000;

const RENEWED = "GitHub no longer accepts the GitHub App's token.";

/** Request Timeout, Conflict, Misdirected Request, Too Early (RFC 9110, RFC 8470). The next attempt can succeed. */
const TEMPORARY = [408, 409, 421, 425];

/** Only 204 means accepted (docs/decisions/0009). */
export function classify(response: GitHubResponse, repository: RepositoryName, nowMs: number): Meaning {
  const {status, message} = response;
  const maybeAccepted = response.unsent === undefined;
  if (status === undefined) {
    return {kind: 'failed', message: `GitHub could not be reached: ${message}.`, maybeAccepted};
  }
  if (status === 204) {
    const limit = primaryLimitOf(response, nowMs);
    return {kind: 'accepted', ...(limit && {limit})};
  }
  if (status >= 500) return failure(response, status, nowMs);
  if (TEMPORARY.includes(status))
    return {kind: 'failed', message: `GitHub answered ${status}, which is temporary.`, maybeAccepted};
  if (status === 401 && response.isApp && response.explanation === undefined) {
    return {kind: 'failed', message: RENEWED, maybeAccepted: false};
  }
  const limit = limitOf(response, nowMs);
  if (limit !== undefined) {
    return {kind: 'limited', limit, message: `GitHub limits the rate of requests (${status}).`, maybeAccepted: false};
  }
  return {kind: 'refused', status, message: explainGitHubRefusal(response, repository)};
}

/** An outage with a stated duration is handled like a limit. */
function failure(response: GitHubResponse, status: number, nowMs: number): Meaning {
  const failed = {
    message: `GitHub answered ${status}, an error on its side.`,
    maybeAccepted: response.unsent === undefined,
  };
  const limit = requestedWait(response, nowMs);
  if (limit === undefined) return {kind: 'failed', ...failed};
  return {kind: 'limited', limit: {...limit, waitMs: Math.min(limit.waitMs, MAX_OUTAGE_MS)}, ...failed};
}
