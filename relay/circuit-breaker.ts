/**
 * Keeps the relay from asking a GitHub that limits or fails: while it is open nothing goes out; then one attempt, a probe,
 * tries whether it works again, and only a success lets all go. Pure but for its own state.
 */

const FIRST_BACKOFF_MS = 200;

/** Short enough to be back a few seconds after GitHub is. */
const MAX_BACKOFF_MS = 1_500;

/** GitHub asks for ever longer waits where a limit that tells no time comes again. */
const MAX_UNTOLD_MS = 15 * 60_000;

export interface Limit {
  readonly waitMs: number;
  /** Whether GitHub told the time; else it is our guess. */
  readonly isTold: boolean;
}

export class CircuitBreaker {
  #failures = 0;
  #untoldLimits = 0;
  #openUntilMs = Number.NEGATIVE_INFINITY;
  #limitedUntilMs = Number.NEGATIVE_INFINITY;
  #isProbing = false;

  /** Milliseconds until an attempt may go; undefined while a probe is on its way. */
  delayMs(nowMs: number): number | undefined {
    if (this.#isProbing) return undefined;
    return Math.max(this.#openUntilMs - nowMs, this.limitMs(nowMs));
  }

  /** Milliseconds that a limit of GitHub's still lasts; 0 without one. Nothing is worth being held for it. */
  limitMs(nowMs: number): number {
    return Math.max(this.#limitedUntilMs - nowMs, 0);
  }

  /** To be called when an attempt goes out. @returns whether it is a probe */
  attempt(): boolean {
    this.#isProbing = this.#failures > 0;
    return this.#isProbing;
  }

  /** GitHub did what it was asked, or refused for good: it works. A limit that came meanwhile stays. */
  answered(): void {
    this.#failures = 0;
    this.#untoldLimits = 0;
    this.#isProbing = false;
    this.#openUntilMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * GitHub failed, or could not be reached.
   * @param random from 0 to 1: copies of the relay that failed together do not come back together
   */
  failed(nowMs: number, random: number, wasProbe: boolean): void {
    if (wasProbe) this.#isProbing = false;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    this.#openUntilMs = Math.max(this.#openUntilMs, nowMs + backoffMs * (0.5 + random / 2));
  }

  /** GitHub limits. @returns how long to wait, in milliseconds */
  limited(nowMs: number, {waitMs, isTold}: Limit): number {
    this.#isProbing = false;
    this.#failures = Math.max(this.#failures, 1); // what comes after it is a probe
    const ms = isTold ? waitMs : Math.min(waitMs * 2 ** this.#untoldLimits++, MAX_UNTOLD_MS);
    this.#limitedUntilMs = Math.max(this.#limitedUntilMs, nowMs + ms);
    return this.limitMs(nowMs);
  }
}
