/**
 * Keeps the relay from asking a GitHub that limits or fails: while it is open nothing goes out; then one attempt, a probe,
 * tries whether it works again, and only a success lets all go. Pure but for its own state.
 *
 * Of several attempts that were on their way together, each may bring the same news: it counts once.
 */

const FIRST_BACKOFF_MS = 200;

/** Short enough to be back a few seconds after GitHub is. */
const MAX_BACKOFF_MS = 1_500;

/** After a failure that itself took longer than the backoff. */
const MIN_PAUSE_MS = 100;

/** GitHub asks for ever longer waits where a limit that tells no time comes again. */
const MAX_UNTOLD_MS = 15 * 60_000;

export interface Limit {
  readonly waitMs: number;
  /** Whether GitHub told the time; else it is our guess. */
  readonly isTold: boolean;
}

/** An attempt on its way. */
export interface Attempt {
  readonly startedAtMs: number;
  /** The how-manieth probe since GitHub worked; 0 for an attempt that is none. */
  readonly probe: number;
}

export class CircuitBreaker {
  #failures = 0;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #probes = 0;
  #isProbing = false;
  #openUntilMs = Number.NEGATIVE_INFINITY;
  #untoldLimits = 0;
  #limitedAtMs = Number.NEGATIVE_INFINITY;
  #limitedUntilMs = Number.NEGATIVE_INFINITY;

  /** Milliseconds until an attempt may go; undefined while a probe is on its way. */
  delayMs(nowMs: number): number | undefined {
    if (this.#isProbing) return undefined;
    return Math.max(this.#openUntilMs - nowMs, this.limitMs(nowMs));
  }

  /** Milliseconds that a limit of GitHub's still lasts; 0 without one. Nothing is worth being held for it. */
  limitMs(nowMs: number): number {
    return Math.max(this.#limitedUntilMs - nowMs, 0);
  }

  /** To be called when an attempt goes out. */
  attempt(nowMs: number): Attempt {
    this.#isProbing = this.#failures > 0;
    return {startedAtMs: nowMs, probe: this.#isProbing ? ++this.#probes : 0};
  }

  /** GitHub did what it was asked, or refused for good: it works. To what was sent before a limit, that says nothing of it. */
  answered({startedAtMs, probe}: Attempt): void {
    if (probe > 0) this.#isProbing = false;
    if (startedAtMs < this.#limitedAtMs) return;
    this.#failures = 0;
    this.#probes = 0;
    this.#untoldLimits = 0;
    this.#isProbing = false;
    this.#openUntilMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * GitHub failed, or could not be reached.
   * @param random from 0 to 1: copies of the relay that failed together do not come back together
   */
  failed(nowMs: number, random: number, {startedAtMs, probe}: Attempt): void {
    if (probe > 0) this.#isProbing = false;
    if (startedAtMs < this.#failedAtMs) return;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    this.#failedAtMs = nowMs;
    const againMs = Math.max(startedAtMs + backoffMs * (0.5 + random / 2), nowMs + MIN_PAUSE_MS);
    this.#openUntilMs = Math.max(this.#openUntilMs, againMs);
  }

  /** GitHub limits. @returns how long that still lasts, in milliseconds */
  limited(nowMs: number, {waitMs, isTold}: Limit, {startedAtMs}: Attempt): number {
    this.#isProbing = false;
    this.#failures = Math.max(this.#failures, 1); // what comes after it is a probe
    const isKnown = startedAtMs < this.#limitedAtMs && this.limitMs(nowMs) > 0;
    if (!isTold && isKnown) return this.limitMs(nowMs);
    const ms = isTold ? waitMs : Math.min(waitMs * 2 ** this.#untoldLimits++, MAX_UNTOLD_MS);
    this.#limitedAtMs = nowMs;
    this.#limitedUntilMs = Math.max(this.#limitedUntilMs, nowMs + ms);
    return this.limitMs(nowMs);
  }
}
