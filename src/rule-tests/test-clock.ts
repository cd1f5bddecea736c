/** Parse: the clock of a rule test: the times of steps and decisions. It never goes back. */
import type {Change} from '../change/change.ts';
import {parseValidDuration} from '../rules/values/duration.ts';
import {parseInstant} from '../rules/values/instant.ts';
import type {WrittenStep} from './written-rule-tests.ts';

/** The default time, a Wednesday at noon, so that tests do not depend on the day on which they run. */
const DEFAULT_TIME = Date.parse('2026-01-07T12:00:00.000Z');

export class TestClock {
  /** The time of the decision of the step, in milliseconds since the epoch. */
  #now: number;
  /** The default time of a change. Earlier than the clock if the change arrives late. */
  #at: number;

  /** @param now the time of the first decision, with a time zone. Default: the time of the first change */
  constructor(now: string | undefined) {
    const start = now === undefined ? undefined : parseInstant(now);
    this.#now = start ?? Number.NEGATIVE_INFINITY;
    this.#at = start ?? DEFAULT_TIME;
  }

  /** Advances to the time of the step. @returns whether the step sets its time */
  pass({at, after, wait}: Pick<WrittenStep, 'at' | 'after' | 'wait'>): boolean {
    if (wait !== undefined) this.#at = this.nowMs + parseValidDuration(wait);
    else if (after !== undefined) this.#at += parseValidDuration(after);
    else if (at !== undefined) this.#at = parseInstant(at) ?? this.#at;
    // A step without a time can be an event with its own time.
    const isTimed = at !== undefined || after !== undefined || wait !== undefined;
    if (isTimed) this.#now = this.nowMs;
    return isTimed;
  }

  /** Advances to the time of the last change, when all changes are decided. */
  see(changes: readonly Change[]): void {
    const last = changes.at(-1);
    if (last !== undefined) this.#at = Date.parse(last.at);
    this.#now = this.nowMs;
  }

  get nowMs(): number {
    return Math.max(this.#now, this.#at);
  }

  /** ISO 8601 */
  get at(): string {
    return new Date(this.#at).toISOString();
  }
}
