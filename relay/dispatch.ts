/** Act: one change → one `repository_dispatch`, and what became of it. Knows GitHub's limits. */

import type {Change} from '../src/change/change.ts';
import {encodeClientPayload} from '../src/change/client-payload.ts';
import {changedProperties, type Transition} from '../src/change/transition.ts';
import type {Now} from '../src/deps.ts';
import {parseRetryAfter} from '../src/http.ts';
import {neededProperties, type Rules} from '../src/rules/rules.ts';
import {explainRefusal, type GitHub, type GitHubAnswer, type Repository} from './github.ts';
import {partitionOf} from './partition.ts';
import {titleOf} from './title.ts';

export type DispatchOutcome =
  /** GitHub has it. Nothing else may be answered with a 2xx. */
  | {readonly kind: 'accepted'}
  /** It may work later. Where no answer came, GitHub may have it all the same; the action reacts only once. */
  | {readonly kind: 'retryable'; readonly retryAfterSeconds: number; readonly message: string}
  /** It will not work before somebody mends something. `message` says what. */
  | {readonly kind: 'permanent'; readonly message: string};

interface Reaction {
  readonly change: Change;
  /** Of the rule that matched; see {@link titleOf}. */
  readonly transition: Transition | undefined;
  /** The rules in force; undefined where they are not known. */
  readonly rules: Rules | undefined;
  /** How long the sender can still be held. */
  readonly timeoutMs: number;
}

export type Dispatch = (reaction: Reaction) => Promise<DispatchOutcome>;

export interface DispatchSettings {
  readonly repository: Repository;
  readonly eventType: string;
  readonly partitions: number;
}

/** One attempt for each change; whoever is told `retryable` decides whether there is another. */
export function createDispatch(settings: DispatchSettings, github: GitHub, now: Now): Dispatch {
  const {repository, eventType, partitions} = settings;
  const path = `/repos/${repository.owner}/${repository.name}/dispatches`;
  return async ({change, transition, rules, timeoutMs}) => {
    // Without rules, what changed is the best guess at what they look at.
    const watched = rules ? neededProperties(rules, change.blueprint) : new Set(changedProperties(change));
    const payload = encodeClientPayload(change, partitionOf(change, partitions), titleOf(change, transition), watched);
    const json = JSON.stringify({event_type: eventType, client_payload: payload});
    return classify(await github({method: 'POST', path, json, timeoutMs}), repository, now());
  };
}

/** Seconds after which an outage is worth another try. */
const OUTAGE_WAIT_SECONDS = 5;

/** GitHub asks for a minute at least where a secondary limit comes without a time. */
const LIMIT_WAIT_SECONDS = 60;

/**
 * What an answer means. In the order of GitHub's documentation: `retry-after`, then the primary limit's reset, then a
 * minute; a 403 without any of these is about permissions, not about rates.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function classify(answer: GitHubAnswer, repository: Repository, nowMs: number): DispatchOutcome {
  const {status, message} = answer;
  if (status === undefined) {
    return retryable(OUTAGE_WAIT_SECONDS, `GitHub could not be reached: ${message}.`);
  }
  if (status === 204) return {kind: 'accepted'};
  if (status >= 500) {
    return retryable(
      retryAfterOf(answer) ?? OUTAGE_WAIT_SECONDS,
      `GitHub answered ${status}: it has a failure of its own.`,
    );
  }
  const wait = limitWait(answer, nowMs);
  if (wait !== undefined) return retryable(wait, `GitHub limits the rate of requests (${status}).`);
  return {kind: 'permanent', message: explainRefusal(answer, repository)};
}

function retryable(seconds: number, what: string): DispatchOutcome {
  const retryAfterSeconds = Math.min(Math.max(Math.ceil(seconds), 1), 3600);
  const message = `${what} The change was not handed over; send it again in ${retryAfterSeconds} s.`;
  return {kind: 'retryable', retryAfterSeconds, message};
}

/** Seconds until the limit ends; undefined where the answer is about none. */
function limitWait(answer: GitHubAnswer, nowMs: number): number | undefined {
  const {status, headers, message} = answer;
  if (status !== 403 && status !== 429) return undefined;
  const wait = retryAfterOf(answer);
  if (wait !== undefined) return wait;
  const reset = Number(headers['x-ratelimit-reset']); // seconds since the epoch
  if (headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) return reset - nowMs / 1000;
  const isLimit = status === 429 || headers['x-ratelimit-remaining'] === '0' || /secondary rate limit/i.test(message);
  return isLimit ? LIMIT_WAIT_SECONDS : undefined;
}

function retryAfterOf({headers}: GitHubAnswer): number | undefined {
  const milliseconds = parseRetryAfter(headers['retry-after'] ?? null);
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
