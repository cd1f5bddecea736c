/** Parse: the clock of a rule test: when each step happens, and when the run decides. It never goes back. */
import type {Change} from '../change/change.ts';
import {parseDuration} from '../rules/values/duration.ts';
import {parseInstant} from '../rules/values/instant.ts';
import type {WrittenStep} from './written-rule-tests.ts';

/** If a test does not say: a Wednesday at noon. Tests must not depend on the day on which they run. */
const USUAL_TIME = Date.parse('2026-01-07T12:00:00.000Z');

export class TestClock {
  /** Milliseconds since the epoch: when the run of the step decides. */
  #now: number;
  /** When a change happens that says nothing else. Earlier than the clock if it arrives late. */
  #at: number;

  /** @param now when the first run decides: a time with its zone; else when the first change happens */
  constructor(now: string | undefined) {
    const start = now === undefined ? undefined : parseInstant(now);
    this.#now = start ?? Number.NEGATIVE_INFINITY;
    this.#at = start ?? USUAL_TIME;
  }

  /** Advances to the time of the step. @returns whether the step sets its time */
  pass({at, after, wait}: Pick<WrittenStep, 'at' | 'after' | 'wait'>): boolean {
    if (wait !== undefined) this.#at = this.nowMs + durationOf(wait);
    else if (after !== undefined) this.#at += durationOf(after);
    else if (at !== undefined) this.#at = parseInstant(at) ?? this.#at;
    // A step that names no time may be an event, which has its own.
    const isTimed = at !== undefined || after !== undefined || wait !== undefined;
    if (isTimed) this.#now = this.nowMs;
    return isTimed;
  }

  /** Changes are decided when the last of them has happened. */
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

function durationOf(written: string): number {
  return parseDuration(written) ?? 0;
}
