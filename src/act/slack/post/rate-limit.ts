/**
 * Act: Slack's rate limits. Sends one message at a time for each webhook or channel, and waits for the `Retry-After` of a 429.
 */
import type {Now, Sleep} from '../../../base/deps.ts';
import {Cancelled, NetworkError} from '../../../base/errors.ts';
import {retryAfterOf} from '../../../base/http/request-json.ts';
import {Refusal} from './refusal.ts';

/** The total time that a run waits for Slack's rate limits. After that, the step fails, so that people notice. */
const MAX_WAIT_MS = 60_000;
/**
 * Slack accepts one message a second for each webhook and channel, with short bursts. This is also the wait after a 429 without
 * `Retry-After` or with a shorter one.
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
const MIN_GAP_MS = 1_000;
/** The pauses before retries. A message that arrives twice is better than one that never arrives. */
const RETRY_PAUSES_MS = [300, 1_000] as const;

export type Failure = Refusal | NetworkError;

/** One attempt. It returns the result or a failure. */
type Try<T> = () => Promise<T | Failure>;

export interface RateLimiter {
  /**
   * Makes an attempt when the place is free, and retries if a retry can help. Rejects with the failure.
   * @param place the webhook or channel that Slack limits
   */
  readonly schedule: <T>(place: string, once: Try<T>) => Promise<T>;
}

interface RateLimiterDeps {
  readonly sleep: Sleep;
  readonly now: Now;
}

/** The state of one place within the run. */
interface Place {
  /** Resolves when the previous message is done. Never rejects. */
  done: Promise<unknown>;
  /** When the next attempt can start, in milliseconds since the epoch. */
  freeAtMs: number;
  /** The response that requires the wait, if it is a rate limit. */
  limit?: Failure;
  /** The assumed length of the next limit without `Retry-After`. It doubles each time, until an attempt succeeds. */
  guessMs: number;
}

/** How long the run can still wait. Overlapping waits count once. */
interface WaitBudget {
  leftMs: number;
  /** The end of the latest counted wait, in milliseconds since the epoch. */
  paidUntilMs: number;
}

/**
 * The rate limiter of one run. Messages to one place are a second apart. They do not delay messages to other places. All waits
 * for rate limits use the same wait budget. If the remaining budget is shorter than the limit of a place, messages to that place
 * fail at once, without another attempt.
 */
export function createRateLimiter({sleep, now}: RateLimiterDeps): RateLimiter {
  const places = new Map<string, Place>();
  const waitBudget: WaitBudget = {leftMs: MAX_WAIT_MS, paidUntilMs: Number.NEGATIVE_INFINITY};
  return {
    schedule(name, once) {
      const place = places.get(name) ?? createPlace();
      places.set(name, place);
      const result = place.done.then(() => tryUntilDone(place, once, {waitBudget, sleep, now}));
      place.done = result.catch(() => {});
      return result;
    },
  };
}

function createPlace(): Place {
  return {done: Promise.resolve(), freeAtMs: Number.NEGATIVE_INFINITY, guessMs: MIN_GAP_MS};
}

async function tryUntilDone<T>(
  place: Place,
  once: Try<T>,
  {waitBudget, sleep, now}: RateLimiterDeps & {readonly waitBudget: WaitBudget},
): Promise<T> {
  const pauses: number[] = [...RETRY_PAUSES_MS];
  for (;;) {
    const nowMs = now();
    const waitMs = place.freeAtMs - nowMs;
    if (place.limit !== undefined) spend(waitBudget, {fromMs: nowMs, untilMs: place.freeAtMs, limit: place.limit});
    if (waitMs > 0) await sleep(waitMs);
    const result = await once();
    delete place.limit;
    place.freeAtMs = now() + MIN_GAP_MS;
    if (!isFailure(result)) {
      place.guessMs = MIN_GAP_MS;
      return result;
    }
    const pauseMs = isLimit(result) ? lengthOf(result, place, now()) : pauseBefore(result, pauses);
    if (pauseMs === undefined) throw result;
    place.freeAtMs = now() + pauseMs;
    if (isLimit(result)) place.limit = result;
  }
}

function isFailure<T>(result: T | Failure): result is Failure {
  return result instanceof Refusal || result instanceof NetworkError;
}

interface LimitedWait {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly limit: Failure;
}

/** @throws the limit itself if it exceeds the remaining budget */
function spend(waitBudget: WaitBudget, {fromMs, untilMs, limit}: LimitedWait): void {
  const costMs = Math.max(0, untilMs - Math.max(fromMs, waitBudget.paidUntilMs));
  if (costMs > waitBudget.leftMs) throw limit;
  waitBudget.leftMs -= costMs;
  waitBudget.paidUntilMs = Math.max(waitBudget.paidUntilMs, untilMs);
}

/** The length of a limit in milliseconds: Slack's `Retry-After`, or a guess. */
function lengthOf(refusal: Refusal, place: Place, nowMs: number): number {
  const retryAfterMs = retryAfterOf({get: name => refusal.header(name) ?? null}, nowMs) ?? 0;
  if (retryAfterMs >= MIN_GAP_MS) return retryAfterMs;
  const guessMs = place.guessMs;
  place.guessMs *= 2;
  return guessMs;
}

/** Milliseconds until the next attempt. Undefined if a retry cannot help, or after the last attempt. */
function pauseBefore(failure: Failure, pauses: number[]): number | undefined {
  if (failure instanceof Cancelled) return undefined;
  return failure instanceof NetworkError || failure.isTransient ? pauses.shift() : undefined;
}

function isLimit(failure: Failure): failure is Refusal {
  return failure instanceof Refusal && failure.status === 429;
}
