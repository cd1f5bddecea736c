/** A change that waits for GitHub's acceptance, and the webhooks that wait for the outcome. */
import type {Change} from '../../src/change/change.ts';
import type {EncodedChange} from '../../src/change/payload/encode-change.ts';
import type {Transition} from '../../src/change/transition.ts';
import type {TitledChange} from '../../src/dispatch/title.ts';
import type {Clock} from '../process/clock.ts';
import type {DispatchOutcome} from './dispatch-outcome.ts';

/** A change that must reach GitHub. */
export interface RelevantChange extends TitledChange {
  /** ISO 8601, by the system clock, because it is compared with GitHub's times. */
  readonly receivedAt: string;
}

/** Usually one webhook waits for a change. If the sender repeats the webhook before the response, several wait. */
export class PendingChange implements RelevantChange {
  readonly change: Change;
  readonly transition: Transition | undefined;
  readonly receivedAt: string;
  readonly encoded: EncodedChange;
  readonly sinceMs: number;
  /** Whether GitHub may have accepted the change: it was sent, and no response arrived. */
  maybeAccepted = false;
  /** The time at which the last of the webhooks must receive its response. */
  deadlineMs = 0;
  readonly #waiters = new Set<(outcome: DispatchOutcome) => void>();

  constructor({change, transition, receivedAt}: RelevantChange, encoded: EncodedChange, nowMs: number) {
    this.change = change;
    this.transition = transition;
    this.receivedAt = receivedAt;
    this.encoded = encoded;
    this.sinceMs = nowMs;
  }

  /** Whether a webhook is still waiting. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  /**
   * Resolves with the outcome of the change, or after the timeout.
   * @param onExpiry returns the outcome after the timeout
   */
  wait(timeoutMs: number, clock: Clock, onExpiry: () => DispatchOutcome): Promise<DispatchOutcome> {
    this.deadlineMs = Math.max(this.deadlineMs, clock.now() + timeoutMs);
    return new Promise(resolve => {
      const respond = (outcome: DispatchOutcome) => {
        cancel();
        this.#waiters.delete(respond);
        resolve(outcome);
      };
      const cancel = clock.after(timeoutMs, () => {
        this.#waiters.delete(respond);
        resolve(onExpiry());
      });
      this.#waiters.add(respond);
    });
  }

  /** Responds to all waiting webhooks. */
  settle(outcome: DispatchOutcome): void {
    for (const respond of [...this.#waiters]) respond(outcome);
  }
}
