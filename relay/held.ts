/** A change that is held: its place in a batch to come, and the webhooks that wait for what becomes of it. */
import type {Change} from '../src/change/change.ts';
import type {EncodedChange} from '../src/change/client-payload.ts';
import type {Transition} from '../src/change/transition.ts';
import type {Clock} from './clock.ts';

/** Usually one webhook waits for a change; more where its sender repeats it before it was answered. */
export class Held<Outcome> implements EncodedChange {
  readonly change: Change;
  readonly transition: Transition | undefined;
  readonly json: string;
  readonly bytes: number;
  /** Whether GitHub may have it already: it was sent, and no answer told what became of it. */
  mayBeThere = false;
  /** When the last of those that wait has to be answered. */
  deadlineMs = 0;
  readonly #clock: Clock;
  readonly #onExpiry: (held: Held<Outcome>) => Outcome;
  readonly #answers = new Set<(outcome: Outcome) => void>();

  /** @param onExpiry what those are told whose time is over */
  constructor(
    {change, transition}: {change: Change; transition: Transition | undefined},
    {json, bytes}: EncodedChange,
    clock: Clock,
    onExpiry: (held: Held<Outcome>) => Outcome,
  ) {
    this.change = change;
    this.transition = transition;
    this.json = json;
    this.bytes = bytes;
    this.#clock = clock;
    this.#onExpiry = onExpiry;
  }

  /** Whether anybody still waits. */
  get isAwaited(): boolean {
    return this.#answers.size > 0;
  }

  /** Resolves with what becomes of the change, or when the time is over. */
  wait(timeoutMs: number): Promise<Outcome> {
    this.deadlineMs = Math.max(this.deadlineMs, this.#clock.now() + timeoutMs);
    return new Promise(resolve => {
      const settle = (outcome: Outcome) => {
        cancel();
        this.#answers.delete(settle);
        resolve(outcome);
      };
      const cancel = this.#clock.after(timeoutMs, () => {
        this.#answers.delete(settle);
        resolve(this.#onExpiry(this));
      });
      this.#answers.add(settle);
    });
  }

  /** Tells all that wait. */
  settle(outcome: Outcome): void {
    for (const answer of [...this.#answers]) answer(outcome);
  }
}
