/** The retry budget of a call to Port: how long it waits, and which requests it repeats. */
import type {Sleep} from '../base/deps.ts';
import {Cancelled, NetworkError, NoResponse} from '../base/errors.ts';
import {PortError} from './port-error.ts';

/** The longest total time that one call waits for Port's rate limits. */
const MAX_WAIT_MS = 30_000;
const MIN_WAIT_MS = 1_000;
/** The pauses before the retries of a request that failed for a transient reason. */
const REPEAT_PAUSES_MS = [MIN_WAIT_MS, 2_000] as const;

/** The maximum number of requests without any response. Each one takes as long as its timeout. */
const MAX_MISSING_RESPONSES = 2;

/** The retry budget of one call. All requests of the call share it. */
export class RetryBudget {
  #leftMs = MAX_WAIT_MS;
  readonly #pauses: number[] = [...REPEAT_PAUSES_MS];
  readonly #sleep: Sleep;
  readonly #missing: MissingResponses;

  /** @param missing the missing responses so far, if the call is one of several related calls */
  constructor(sleep: Sleep, missing: MissingResponses = new MissingResponses()) {
    this.#sleep = sleep;
    this.#missing = missing;
  }

  /** The budget for the next of several related calls. They share the count of missing responses. */
  next(): RetryBudget {
    return new RetryBudget(this.#sleep, this.#missing);
  }

  /**
   * Repeats a rate-limited request within the time budget, because Port did not execute it. After a broken connection, a
   * timeout or a server error, that is unknown. So such a request is repeated twice, and only if it is idempotent.
   * @throws the error of the last attempt
   */
  async run(attempt: () => Promise<unknown>, isIdempotent: boolean): Promise<unknown> {
    for (;;) {
      this.#missing.throwIfExhausted();
      try {
        return await attempt();
      } catch (error) {
        this.#missing.note(error);
        await this.#waitOrThrow(error, isIdempotent);
      }
    }
  }

  async #waitOrThrow(error: unknown, isIdempotent: boolean): Promise<void> {
    this.#missing.throwIfExhausted();
    const waitMs = isLimit(error) ? waitOf(error, MIN_WAIT_MS) : this.#pauseAfter(error, isIdempotent);
    if (waitMs === undefined || waitMs > this.#leftMs) throw error;
    this.#leftMs -= waitMs;
    await this.#sleep(waitMs);
  }

  /** Undefined if the request must not be repeated. */
  #pauseAfter(error: unknown, isIdempotent: boolean): number | undefined {
    const pauseMs = isIdempotent && isTransient(error) ? this.#pauses.shift() : undefined;
    return pauseMs === undefined ? undefined : waitOf(error, pauseMs);
  }
}

/** Counts the requests without a response. */
class MissingResponses {
  readonly #unanswered: NoResponse[] = [];

  note(error: unknown): void {
    if (error instanceof NoResponse) this.#unanswered.push(error);
  }

  /** @throws {NoResponse} the last one */
  throwIfExhausted(): void {
    const last = this.#unanswered.at(-1);
    if (last !== undefined && this.#unanswered.length >= MAX_MISSING_RESPONSES) throw last;
  }
}

function isLimit(error: unknown): boolean {
  return error instanceof PortError && error.status === 429;
}

function isTransient(error: unknown): boolean {
  if (error instanceof Cancelled) return false;
  return error instanceof NetworkError || (error instanceof PortError && error.status >= 500);
}

function waitOf(error: unknown, leastMs: number): number {
  return Math.max(error instanceof PortError ? (error.retryAfterMs ?? 0) : 0, leastMs);
}
