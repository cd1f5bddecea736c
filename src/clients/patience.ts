/** How long one call waits for Port, and when it is repeated. */
import type {Sleep} from '../base/deps.ts';
import {Cancelled, NetworkError, NoAnswer} from '../base/errors.ts';
import {PortError} from './port-error.ts';

/** The longest time that one call waits, in all, because Port asks it to. */
const MAX_WAIT_MS = 30_000;
const MIN_WAIT_MS = 1_000;
/** Pauses before a request is repeated that failed for a reason that may pass. */
const REPEAT_PAUSES_MS = [MIN_WAIT_MS, 2_000] as const;

/** How often a Port that does not answer at all is waited for: each time takes as long as a request may take. */
const MAX_SILENCES = 2;

/** The patience of one call. The requests that it takes share it. */
export class Patience {
  #leftMs = MAX_WAIT_MS;
  readonly #pauses: number[] = [...REPEAT_PAUSES_MS];
  readonly #sleep: Sleep;
  readonly #silence: Silence;

  /** @param silence how long Port has been silent, if the call is one of several that belong together */
  constructor(sleep: Sleep, silence: Silence = new Silence()) {
    this.#sleep = sleep;
    this.#silence = silence;
  }

  /** For the next call of several that belong together: what one of them learned of a silent Port, the others know. */
  next(): Patience {
    return new Patience(this.#sleep, this.#silence);
  }

  /**
   * What was limited was not done, so it is repeated for as long as patience lasts. After a connection that broke, silence,
   * or a failure of Port's own, that is not known, so it is repeated twice, and only if it may happen more than once.
   * @throws what the last attempt threw
   */
  async spend(attempt: () => Promise<unknown>, mayHappenTwice: boolean): Promise<unknown> {
    for (;;) {
      this.#silence.throwIfEnough();
      try {
        return await attempt();
      } catch (error) {
        this.#silence.note(error);
        await this.#waitOrThrow(error, mayHappenTwice);
      }
    }
  }

  async #waitOrThrow(error: unknown, mayHappenTwice: boolean): Promise<void> {
    this.#silence.throwIfEnough();
    const waitMs = isLimit(error) ? waitOf(error, MIN_WAIT_MS) : this.#pauseAfter(error, mayHappenTwice);
    if (waitMs === undefined || waitMs > this.#leftMs) throw error;
    this.#leftMs -= waitMs;
    await this.#sleep(waitMs);
  }

  /** Undefined if the request is not to be repeated. */
  #pauseAfter(error: unknown, mayHappenTwice: boolean): number | undefined {
    const pauseMs = mayHappenTwice && mayPass(error) ? this.#pauses.shift() : undefined;
    return pauseMs === undefined ? undefined : waitOf(error, pauseMs);
  }
}

/** The requests that Port did not answer at all. */
class Silence {
  readonly #unanswered: NoAnswer[] = [];

  note(error: unknown): void {
    if (error instanceof NoAnswer) this.#unanswered.push(error);
  }

  /** @throws {NoAnswer} the last one */
  throwIfEnough(): void {
    const last = this.#unanswered.at(-1);
    if (last !== undefined && this.#unanswered.length >= MAX_SILENCES) throw last;
  }
}

function isLimit(error: unknown): boolean {
  return error instanceof PortError && error.status === 429;
}

function mayPass(error: unknown): boolean {
  if (error instanceof Cancelled) return false;
  return error instanceof NetworkError || (error instanceof PortError && error.status >= 500);
}

function waitOf(error: unknown, leastMs: number): number {
  return Math.max(error instanceof PortError ? (error.retryAfterMs ?? 0) : 0, leastMs);
}
