/** All partitions: where a change belongs, which of them goes next, and who stands in line before whom. */
import type {Change} from '../src/change/change.ts';
import type {Held} from './held.ts';
import {Partition, partitionOf} from './partition.ts';

export class Partitions<Outcome> {
  readonly #all: readonly Partition<Outcome>[];

  constructor(count: number) {
    this.#all = Array.from({length: count}, (_, index) => new Partition(index));
  }

  of(change: Change): Partition<Outcome> {
    return this.#all[partitionOf(change, this.#all.length)] as Partition<Outcome>;
  }

  /**
   * Of those that could send, the one in which somebody has to be answered first.
   * @param last goes only where no other can: it has failed just now, and perhaps by what it has to send
   */
  longestHeld(last?: Partition<Outcome>): Partition<Outcome> | undefined {
    const ready = this.#all.filter(({isReady}) => isReady).toSorted((a, b) => a.deadlineMs - b.deadlineMs);
    return ready.find(partition => partition !== last) ?? ready[0];
  }

  /** How many others go before this one, and how many have something to send, this one among them. */
  lineBefore(partition: Partition<Outcome>): {ahead: number; busy: number} {
    const others = this.#all.filter(other => other !== partition && other.waiting.length > 0);
    const ahead = others.filter(({deadlineMs}) => deadlineMs <= partition.deadlineMs).length;
    return {ahead, busy: others.length + 1};
  }

  /** How many others have nothing to send, but were promised room for what is to come. */
  promisedBeside(partition: Partition<Outcome>, nowMs: number): number {
    const idle = this.#all.filter(other => other !== partition && other.waiting.length === 0);
    return idle.filter(other => other.isPromised(nowMs)).length;
  }

  /** Takes out all that wait. */
  drain(): readonly Held<Outcome>[] {
    return this.#all.flatMap(partition => partition.removeDue(Number.POSITIVE_INFINITY));
  }

  /** How many changes wait or are on their way. */
  get held(): number {
    return this.#all.reduce((sum, {held}) => sum + held, 0);
  }

  /** And how many bytes of JSON they are. */
  get heldBytes(): number {
    return this.#all.reduce((sum, {heldBytes}) => sum + heldBytes, 0);
  }
}
