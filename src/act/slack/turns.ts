/** Act: who may send to Slack when: messages to one place go one after the other, and rate limits are waited for. */
import type {Now, Sleep} from '../../base/deps.ts';
import {Cancelled, NetworkError} from '../../base/errors.ts';
import {Refusal} from './refusal.ts';

/** How long a run waits for Slack's rate limits in all. After that, a person should see red rather than nothing. */
const PATIENCE_MS = 60_000;
/**
 * Slack takes one message a second through each webhook and in each channel, and short bursts of more; what a 429 without
 * `Retry-After`, or with less, is taken for. @see https://docs.slack.dev/apis/web-api/rate-limits
 */
const MIN_GAP_MS = 1_000;
/** Pauses before what failed is tried again. A message that comes twice is better than one that never came. */
const RETRY_PAUSES_MS = [300, 1_000] as const;

export type Failure = Refusal | NetworkError;

/** One try. What it gives is the result, unless it is a failure. */
type Try<T> = () => Promise<T | Failure>;

/**
 * Does it when its place is free, and again if that may help. Rejects with the failure.
 * @param place what Slack limits: a webhook, or a channel
 */
export type TakeTurn = <T>(place: string, once: Try<T>) => Promise<T>;

interface TurnsDeps {
  readonly sleep: Sleep;
  readonly now: Now;
}

/** What is known of one place within the run. */
interface Place {
  /** Ends when what came before is done; never rejects. */
  done: Promise<unknown>;
  /** When the next try may start, in ms since the epoch. */
  freeAtMs: number;
  /** The answer that requires the wait, if it is a rate limit. */
  limit?: Failure;
  /** What the next limit that does not say its length is taken for: each time twice as long, until something succeeds. */
  guessMs: number;
}

/** How long the run can still wait. Waits that overlap pass together, so they are counted once. */
interface Patience {
  leftMs: number;
  /** The end of the latest wait that is paid for, in ms since the epoch. */
  paidUntilMs: number;
}

/**
 * The turns of one run. In one place they are a second apart; those in others do not wait for them. What waits for a rate
 * limit counts against one patience; if the rest of it is too short for a place's limit, its turns fail at once, without
 * another try.
 */
export function createTurns({sleep, now}: TurnsDeps): TakeTurn {
  const places = new Map<string, Place>();
  const patience: Patience = {leftMs: PATIENCE_MS, paidUntilMs: Number.NEGATIVE_INFINITY};
  return (name, once) => {
    const place = places.get(name) ?? aPlace();
    places.set(name, place);
    const result = place.done.then(() => takeTurn(place, once, patience, {sleep, now}));
    place.done = result.catch(() => {});
    return result;
  };
}

function aPlace(): Place {
  return {done: Promise.resolve(), freeAtMs: Number.NEGATIVE_INFINITY, guessMs: MIN_GAP_MS};
}

async function takeTurn<T>(place: Place, once: Try<T>, patience: Patience, {sleep, now}: TurnsDeps): Promise<T> {
  const pauses: number[] = [...RETRY_PAUSES_MS];
  for (;;) {
    const nowMs = now();
    const waitMs = place.freeAtMs - nowMs;
    if (place.limit !== undefined && waitMs > 0) spend(patience, nowMs, place.freeAtMs, place.limit);
    if (waitMs > 0) await sleep(waitMs);
    const result = await once();
    delete place.limit;
    place.freeAtMs = now() + MIN_GAP_MS;
    if (!isFailure(result)) {
      place.guessMs = MIN_GAP_MS;
      return result;
    }
    const pauseMs = isLimit(result) ? lengthOf(result, place) : pauseBefore(result, pauses);
    if (pauseMs === undefined) throw result;
    place.freeAtMs = now() + pauseMs;
    if (isLimit(result)) place.limit = result;
  }
}

function isFailure<T>(result: T | Failure): result is Failure {
  return result instanceof Refusal || result instanceof NetworkError;
}

/** @throws the limit itself if the patience is too short for it */
function spend(patience: Patience, nowMs: number, untilMs: number, limit: Failure): void {
  const costMs = Math.max(0, untilMs - Math.max(nowMs, patience.paidUntilMs));
  if (costMs > patience.leftMs) throw limit;
  patience.leftMs -= costMs;
  patience.paidUntilMs = Math.max(patience.paidUntilMs, untilMs);
}

/** Milliseconds that a limit lasts, by Slack's word or by our guess. */
function lengthOf({retryAfterMs = 0}: Refusal, place: Place): number {
  if (retryAfterMs >= MIN_GAP_MS) return retryAfterMs;
  const guessMs = place.guessMs;
  place.guessMs *= 2;
  return guessMs;
}

/** Milliseconds until a failure that may pass is tried again; undefined if it will not, or was often enough. */
function pauseBefore(failure: Failure, pauses: number[]): number | undefined {
  if (failure instanceof Cancelled) return undefined;
  return failure instanceof NetworkError || failure.isTransient ? pauses.shift() : undefined;
}

function isLimit(failure: Failure): failure is Refusal {
  return failure instanceof Refusal && failure.status === 429;
}
