/** Partitions: the changes of one are handled one after the other (docs/decisions/0002). What waits in one, and what is in flight. */
import type {HeldChange} from './held.ts';

/** Changes wait in order of arrival, and at most one batch of them is in flight: the first. */
export class PartitionQueue {
  readonly index: number;
  /** By their JSON, in order of arrival. */
  readonly #changes = new Map<string, HeldChange>();
  /** The number of changes in flight. */
  #flying = 0;
  /** Lower while GitHub refuses batches, as one of several changes may be the cause. */
  #maxChanges = Number.POSITIVE_INFINITY;

  constructor(index: number) {
    this.index = index;
  }

  /** The number of changes that wait or are in flight. */
  get held(): number {
    return this.#changes.size;
  }

  /** The size of their JSON. */
  get heldBytes(): number {
    return [...this.#changes.values()].reduce((sum, {encoded}) => sum + encoded.bytes, 0);
  }

  get inFlight(): readonly HeldChange[] {
    return [...this.#changes.values()].slice(0, this.#flying);
  }

  get waiting(): readonly HeldChange[] {
    return [...this.#changes.values()].slice(this.#flying);
  }

  /** Since when the first change waits. Undefined if none can go now. */
  get waitingSinceMs(): number | undefined {
    if (this.#flying > 0) return undefined;
    const [first] = this.#changes.values();
    return first?.sinceMs;
  }

  /** The same change, if it waits or is in flight. The id is not enough: one Port run can report several changes. */
  find(json: string): HeldChange | undefined {
    return this.#changes.get(json);
  }

  add(held: HeldChange): void {
    this.#changes.set(held.encoded.json, held);
  }

  /** Removes what waits, but for no webhook any longer. */
  tidy(): void {
    for (const {isAwaited, encoded} of this.waiting) if (!isAwaited) this.#changes.delete(encoded.json);
  }

  /** Puts the first changes into flight. */
  depart(): readonly HeldChange[] {
    this.#flying = Math.min(this.#changes.size, this.#maxChanges);
    return this.inFlight;
  }

  /** Keeps so many in flight, as the payload is full. The others are the first that wait. */
  keepFirst(count: number): readonly HeldChange[] {
    this.#flying = count;
    this.tidy();
    return this.inFlight;
  }

  /** GitHub accepted the batch. If batches had become small, the next may be larger. @returns the batch */
  arrived(): readonly HeldChange[] {
    this.#maxChanges *= 2;
    return this.leave();
  }

  /** Nothing more is done about the batch. @returns it */
  leave(): readonly HeldChange[] {
    const batch = this.inFlight;
    for (const {encoded} of batch) this.#changes.delete(encoded.json);
    this.#flying = 0;
    return batch;
  }

  /** The batch was not accepted, or it is not known: its changes are the first that wait. */
  returned(maybeAccepted = false): void {
    for (const held of this.inFlight) held.maybeAccepted ||= maybeAccepted;
    this.#flying = 0;
    this.tidy();
  }

  /** As {@link returned}, but the next batch is half as large. @returns false if the batch is a single change */
  halved(): boolean {
    if (this.#flying < 2) return false;
    this.#maxChanges = Math.ceil(this.#flying / 2);
    this.returned();
    return true;
  }
}

/** The next in turn, after this index, from which a batch can go. Each has its turn, also while GitHub fails at one of them. */
export function nextPartition(all: readonly PartitionQueue[], afterIndex: number): PartitionQueue | undefined {
  const ready = all.filter(({waitingSinceMs}) => waitingSinceMs !== undefined);
  return ready.find(({index}) => index > afterIndex) ?? ready[0];
}
