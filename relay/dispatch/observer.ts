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
  dispatch(figures: DispatchFigures): void;
  /** GitHub limits the rate for this time. */
  limited(waitMs: number): void;
  /** The number of changes that are held now. */
  waiting(changes: number): void;
  /** GitHub accepted a dispatch. */
  worked(): void;
  /** GitHub refused a dispatch permanently. */
  refused(reason: string): void;
  /** A bug of the relay broke a dispatch. */
  broken(error: unknown): void;
}
