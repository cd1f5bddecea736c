/** The interface through which the dispatcher reports to metrics, readiness and log. */
import type {Meaning} from '../../src/clients/github/classify.ts';

/** One attempt at a dispatch. */
export interface DispatchFigures {
  readonly result: Meaning['kind'];
  /** The number of changes, and the size of the JSON. */
  readonly changes: number;
  readonly bytes: number;
  /** The time until GitHub's answer, or the time limit. */
  readonly durationMs: number;
}

export interface DispatchObserver {
  onAttempt(figures: DispatchFigures): void;
  /** GitHub limits the rate for this time. */
  onLimited(waitMs: number): void;
  /** The number of changes that are held now. */
  onPendingCount(changes: number): void;
  /** GitHub accepted a dispatch. */
  onAccepted(): void;
  /** GitHub refused a dispatch permanently. */
  onRefused(reason: string): void;
  /** A bug of the relay broke a dispatch. */
  onBug(error: unknown): void;
}
