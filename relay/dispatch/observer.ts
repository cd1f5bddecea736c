/** The interface through which the dispatcher reports to metrics, readiness and log. */
import type {Meaning} from '../../src/clients/github/classify.ts';

/** One attempt at a dispatch. */
export interface DispatchFigures {
  readonly result: Meaning['kind'];
  /** The number of changes, and the size of the JSON. */
  readonly changes: number;
  readonly bytes: number;
  /** The time until GitHub's response or the time limit. */
  readonly durationMs: number;
}

export interface DispatchObserver {
  onAttempt(figures: DispatchFigures): void;
  /** GitHub limits the rate for this time. */
  onLimited(waitMs: number): void;
  /** The current number of pending changes. */
  onPendingCount(changes: number): void;
  /** GitHub accepted a dispatch. */
  onAccepted(): void;
  /** GitHub refused a dispatch permanently. */
  onRefused(reason: string): void;
  /** A dispatch failed because of a bug of the relay. */
  onBug(error: unknown): void;
}
