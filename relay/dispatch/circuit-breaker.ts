/**
 * When the relay may ask GitHub again after GitHub limited or failed. Until GitHub has answered well, attempts go one at a
 * time, as probes. Pure but for its own state.
 *
 * Of several attempts that were on their way together, each may bring the same news. It counts once.
 */

const FIRST_BACKOFF_MS = 200;

/** Short enough to be back a few seconds after GitHub is. */
const MAX_BACKOFF_MS = 1_500;

/** After a failure that itself took longer than the backoff. */
const MIN_PAUSE_MS = 100;

/** How long GitHub may take to answer, and how long it may take while it is known to fail. */
const ATTEMPT_MS = 4_500;
const PROBE_MS = 2_000;

/** Every fourth probe has the time of a usual attempt: GitHub may be back, and slow. */
const PATIENT_PROBE = 4;

/** GitHub asks for longer waits each time if a limit without a time comes again. */
const MAX_GUESSED_MS = 15 * 60_000;

export interface Limit {
  readonly waitMs: number;
  /** Whether GitHub said how long. If not, it is our guess. */
  readonly isStated: boolean;
}

/** An attempt on its way. */
export interface Attempt {
  readonly startedAtMs: number;
  /** How long to wait for GitHub's answer. */
  readonly timeoutMs: number;
}

export class CircuitBreaker {
  #failures = 0;
  /** The failure of an attempt that started before this is no news. */
  #newsAtMs = Number.NEGATIVE_INFINITY;
  #probes = 0;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #guessedLimits = 0;
  #limitedAtMs = Number.NEGATIVE_INFINITY;
  #limitedUntilMs = Number.NEGATIVE_INFINITY;

  /** Milliseconds until an attempt may go. 0 means now. */
  delayMs(nowMs: number): number {
    return Math.max(this.#nextAtMs - nowMs, this.limitMs(nowMs));
  }

  /** Milliseconds that a limit of GitHub's still lasts. 0 means no limit. */
  limitMs(nowMs: number): number {
    return Math.max(this.#limitedUntilMs - nowMs, 0);
  }

  /** To be called when an attempt goes out. */
  attempt(nowMs: number): Attempt {
    if (this.#failures === 0) return {startedAtMs: nowMs, timeoutMs: ATTEMPT_MS};
    this.#probes++;
    this.#newsAtMs = nowMs;
    this.#nextAtMs = nowMs + PROBE_MS;
    return {startedAtMs: nowMs, timeoutMs: this.#probes % PATIENT_PROBE === 0 ? ATTEMPT_MS : PROBE_MS};
  }

  /** GitHub did what it was asked, or refused for good: it works. An attempt from before a limit says nothing about it. */
  answered({startedAtMs}: Attempt): void {
    if (startedAtMs < this.#limitedAtMs) return;
    this.#newsAtMs = Math.max(startedAtMs, this.#newsAtMs);
    this.#failures = 0;
    this.#probes = 0;
    this.#guessedLimits = 0;
    this.#nextAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * GitHub failed, or could not be reached.
   * @param random from 0 to 1: copies of the relay that failed together do not come back together
   */
  failed(nowMs: number, random: number, {startedAtMs}: Attempt): void {
    if (startedAtMs < this.#newsAtMs) return;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    this.#newsAtMs = nowMs;
    this.#nextAtMs = Math.max(startedAtMs + backoffMs * (0.5 + random / 2), nowMs + MIN_PAUSE_MS);
  }

  /** GitHub limits. @returns how long that still lasts, in milliseconds */
  limited(nowMs: number, {waitMs, isStated}: Limit, {startedAtMs}: Attempt): number {
    this.#failures = Math.max(this.#failures, 1); // what comes after it is a probe
    this.#nextAtMs = nowMs;
    const isKnown = startedAtMs < this.#limitedAtMs && this.limitMs(nowMs) > 0;
    if (!isStated && isKnown) return this.limitMs(nowMs);
    const ms = isStated ? waitMs : Math.min(waitMs * 2 ** this.#guessedLimits++, MAX_GUESSED_MS);
    this.#limitedAtMs = nowMs;
    this.#limitedUntilMs = Math.max(this.#limitedUntilMs, nowMs + ms);
    return this.limitMs(nowMs);
  }
}
