/**
 * Decides when the relay can try again after a rate limit or a failure of GitHub. Until GitHub succeeds, attempts are probes,
 * one at a time. If several concurrent attempts report the same failure, it counts once.
 */
import type {Now} from '../../src/base/deps.ts';
import type {Limit} from '../../src/clients/github/limit.ts';

const FIRST_BACKOFF_MS = 200;

/** Short enough to recover within seconds after GitHub does. */
const MAX_BACKOFF_MS = 1_500;

/** The time limit of an attempt, and of a probe while GitHub fails. */
const ATTEMPT_MS = 4_500;
const PROBE_MS = 2_000;
const MIN_ATTEMPT_MS = 1_000;

/** The first attempt and every fourth probe have the longer time limit, because a recovering GitHub can be slow. */
const PATIENT_PROBE = 4;

/** GitHub's documentation requires longer waits each time a limit without a stated time is repeated. */
const MAX_GUESSED_MS = 15 * 60_000;

/** An attempt in flight. */
export interface Attempt {
  readonly startedAtMs: number;
  /** The time limit for GitHub's response. */
  readonly timeoutMs: number;
}

export interface BreakerDeps {
  readonly now: Now;
  /** From 0 to 1, so that copies of the relay that failed together do not retry together. */
  readonly random: () => number;
}

export class CircuitBreaker {
  readonly #deps: BreakerDeps;
  readonly #maxAttemptMs: number;
  #failures = 0;
  #problem: string | undefined;
  /** Failures of attempts that started before this time are already counted. */
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #guessedLimits = 0;
  #limitedAtMs = Number.NEGATIVE_INFINITY;
  #limitedUntilMs = Number.NEGATIVE_INFINITY;

  /** @param maxAttemptMs the maximum time of an attempt. Values below one second are raised to it */
  constructor(deps: BreakerDeps, maxAttemptMs = Number.POSITIVE_INFINITY) {
    this.#deps = deps;
    this.#maxAttemptMs = Math.max(Math.round(maxAttemptMs), MIN_ATTEMPT_MS);
  }

  /** The message of the last limit or failure. Undefined if GitHub works. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The time until the next attempt can start. 0 means now. */
  get delayMs(): number {
    return Math.max(this.#nextAtMs - this.#deps.now(), this.limitMs);
  }

  /** The time until GitHub's limit ends. 0 means no limit. */
  get limitMs(): number {
    return Math.max(this.#limitedUntilMs - this.#deps.now(), 0);
  }

  /** Called when an attempt starts. */
  startAttempt(): Attempt {
    const startedAtMs = this.#deps.now();
    if (this.#failures > 0) {
      this.#changedAtMs = startedAtMs;
      this.#nextAtMs = startedAtMs + PROBE_MS;
    }
    const isPatient = this.#failures % PATIENT_PROBE === 0;
    return {startedAtMs, timeoutMs: Math.min(isPatient ? ATTEMPT_MS : PROBE_MS, this.#maxAttemptMs)};
  }

  /** Whether an attempt can still be sent. False if GitHub limited or failed after its start, without a success since then. */
  allows(attempt: Attempt): boolean {
    return this.limitMs === 0 && (this.#failures === 0 || !this.#isOutdated(attempt));
  }

  /** GitHub accepted or permanently refused a dispatch, so it works. Ignored for attempts that started before a limit. */
  recordResponse({startedAtMs}: Attempt): void {
    if (startedAtMs < this.#limitedAtMs) return;
    this.#changedAtMs = Math.max(startedAtMs, this.#changedAtMs);
    this.#failures = 0;
    this.#problem = undefined;
    this.#guessedLimits = 0;
    this.#nextAtMs = Number.NEGATIVE_INFINITY;
  }

  /** GitHub failed, or could not be reached. */
  recordFailure(attempt: Attempt, message: string): void {
    if (this.#isOutdated(attempt)) return;
    const {now, random} = this.#deps;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    this.#changedAtMs = now();
    this.#nextAtMs = attempt.startedAtMs + backoffMs * (0.5 + random() / 2);
    this.#problem = message;
  }

  /** GitHub responded with a rate limit. */
  recordLimit(attempt: Attempt, {waitMs, isStated}: Limit, message: string): void {
    const nowMs = this.#deps.now();
    const isKnown = this.#isOutdated(attempt) && this.limitMs > 0;
    if (isStated) this.#limitUntil(nowMs + waitMs);
    else if (!isKnown) this.#limitUntil(nowMs + Math.min(waitMs * 2 ** this.#guessedLimits++, MAX_GUESSED_MS));
    this.#failures = Math.max(this.#failures, 1); // the next attempt is a probe
    this.#changedAtMs = nowMs;
    this.#limitedAtMs = nowMs;
    this.#nextAtMs = nowMs;
    this.#problem = message;
  }

  #limitUntil(untilMs: number): void {
    this.#limitedUntilMs = Math.max(this.#limitedUntilMs, untilMs);
  }

  #isOutdated({startedAtMs}: Attempt): boolean {
    return startedAtMs < this.#changedAtMs;
  }
}
