/**
 * When the relay may try again after GitHub limited or failed. Until GitHub succeeds, attempts are probes, one at a time. Pure
 * except for its own state.
 *
 * Several concurrent attempts can report the same failure. It counts once.
 */

const FIRST_BACKOFF_MS = 200;

/** Short enough to recover within seconds after GitHub does. */
const MAX_BACKOFF_MS = 1_500;

/** After a failure that itself took longer than the backoff. */
const MIN_PAUSE_MS = 100;

/** The time limit of an attempt, and of a probe while GitHub fails. */
const ATTEMPT_MS = 4_500;
const PROBE_MS = 2_000;
const MIN_ATTEMPT_MS = 1_000;

/** Without failures, and after every fourth, an attempt has the longer limit: GitHub may work again but be slow. */
const PATIENT_PROBE = 4;

/** GitHub asks clients to wait longer each time a limit without a stated time repeats. */
const MAX_GUESSED_MS = 15 * 60_000;

export interface Limit {
  readonly waitMs: number;
  /** Whether GitHub stated the time. If not, it is a guess. */
  readonly isStated: boolean;
}

/** An attempt in flight. */
export interface Attempt {
  readonly startedAtMs: number;
  /** The maximum time for GitHub's answer. */
  readonly timeoutMs: number;
}

export class CircuitBreaker {
  readonly #maxAttemptMs: number;
  #failures = 0;
  /** The failure of an attempt that started before this is already known. */
  #newsAtMs = Number.NEGATIVE_INFINITY;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #guessedLimits = 0;
  #limitedAtMs = Number.NEGATIVE_INFINITY;
  #limitedUntilMs = Number.NEGATIVE_INFINITY;

  /** @param maxAttemptMs no attempt takes longer, but at least a second */
  constructor(maxAttemptMs = Number.POSITIVE_INFINITY) {
    this.#maxAttemptMs = Math.max(Math.round(maxAttemptMs), MIN_ATTEMPT_MS);
  }

  /** Milliseconds until an attempt may go. 0 means now. */
  delayMs(nowMs: number): number {
    return Math.max(this.#nextAtMs - nowMs, this.limitMs(nowMs));
  }

  /** Milliseconds until GitHub's limit ends. 0 means no limit. */
  limitMs(nowMs: number): number {
    return Math.max(this.#limitedUntilMs - nowMs, 0);
  }

  /** Called when an attempt starts. */
  attempt(nowMs: number): Attempt {
    if (this.#failures > 0) {
      this.#newsAtMs = nowMs;
      this.#nextAtMs = nowMs + PROBE_MS;
    }
    const isPatient = this.#failures % PATIENT_PROBE === 0;
    return {startedAtMs: nowMs, timeoutMs: Math.min(isPatient ? ATTEMPT_MS : PROBE_MS, this.#maxAttemptMs)};
  }

  /** Whether an attempt may still be sent: not if GitHub has limited or failed since it started, and has not succeeded. */
  allows({startedAtMs}: Attempt, nowMs: number): boolean {
    const hasTrouble = this.#failures > 0 && startedAtMs < Math.max(this.#newsAtMs, this.#limitedAtMs);
    return this.limitMs(nowMs) === 0 && !hasTrouble;
  }

  /** GitHub works: it accepted or permanently refused. Ignored for attempts from before a limit. */
  answered({startedAtMs}: Attempt): void {
    if (startedAtMs < this.#limitedAtMs) return;
    this.#newsAtMs = Math.max(startedAtMs, this.#newsAtMs);
    this.#failures = 0;
    this.#guessedLimits = 0;
    this.#nextAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * GitHub failed, or could not be reached.
   * @param random from 0 to 1, so that copies of the relay that failed together do not retry together
   */
  failed(nowMs: number, random: number, {startedAtMs}: Attempt): void {
    if (startedAtMs < this.#newsAtMs) return;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    this.#newsAtMs = nowMs;
    this.#nextAtMs = Math.max(startedAtMs + backoffMs * (0.5 + random / 2), nowMs + MIN_PAUSE_MS);
  }

  /** GitHub limits. @returns the remaining time in milliseconds */
  limited(nowMs: number, {waitMs, isStated}: Limit, {startedAtMs}: Attempt): number {
    this.#failures = Math.max(this.#failures, 1); // the next attempt is a probe
    this.#nextAtMs = nowMs;
    const isKnown = startedAtMs < this.#limitedAtMs && this.limitMs(nowMs) > 0;
    if (!isStated && isKnown) return this.limitMs(nowMs);
    const ms = isStated ? waitMs : Math.min(waitMs * 2 ** this.#guessedLimits++, MAX_GUESSED_MS);
    this.#limitedAtMs = nowMs;
    this.#limitedUntilMs = Math.max(this.#limitedUntilMs, nowMs + ms);
    return this.limitMs(nowMs);
  }
}
