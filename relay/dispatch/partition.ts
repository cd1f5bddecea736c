/** Partitions: the changes of one are handled one after the other (docs/decisions/0002). What waits in one, and what is in flight. */
import type {HeldChange} from './held.ts';

/** Changes wait in order of arrival, and at most one batch of them is in flight. */
export class Partition {
  readonly index: number;
  /** By their JSON, in order of arrival. */
  #waiting = new Map<string, HeldChange>();
  #inFlight = new Map<string, HeldChange>();
  #bytes = 0;
  /** Lower while GitHub refuses batches, as one of several changes may be the cause. */
  #maxChanges = Number.POSITIVE_INFINITY;

  constructor(index: number) {
    this.index = index;
  }

  /** The number of changes that wait or are in flight. */
  get held(): number {
    return this.#waiting.size + this.#inFlight.size;
  }

  /** The size of their JSON. */
  get heldBytes(): number {
    return this.#bytes;
  }

  get waiting(): readonly HeldChange[] {
    return [...this.#waiting.values()];
  }

  get inFlight(): readonly HeldChange[] {
    return [...this.#inFlight.values()];
  }

  /** Since when the first change waits. Undefined if none can go now. */
  get waitingSinceMs(): number | undefined {
    if (this.#inFlight.size > 0) return undefined;
    const [first] = this.#waiting.values();
    return first?.sinceMs;
  }

  /** The same change, if it waits or is in flight. The id is not enough: one Port run can report several changes. */
  find(json: string): HeldChange | undefined {
    return this.#waiting.get(json) ?? this.#inFlight.get(json);
  }

  add(held: HeldChange): void {
    this.#waiting.set(held.encoded.json, held);
    this.#bytes += held.encoded.bytes;
  }

  /** Removes a change that waits. @returns false if it is in flight */
  remove(held: HeldChange): boolean {
    const wasWaiting = this.#waiting.delete(held.encoded.json);
    if (wasWaiting) this.#bytes -= held.encoded.bytes;
    return wasWaiting;
  }

  /** Moves the first changes into flight. */
  depart(): readonly HeldChange[] {
    const batch = [...this.#waiting].slice(0, this.#maxChanges);
    this.#inFlight = new Map(batch);
    for (const [json] of batch) this.#waiting.delete(json);
    return this.inFlight;
  }

  /** Keeps the first changes in flight, as the payload is full. The others are first again. */
  keepFirst(count: number): readonly HeldChange[] {
    const batch = [...this.#inFlight];
    this.#inFlight = new Map(batch.slice(0, count));
    this.#putFirst(batch.slice(count));
    return this.inFlight;
  }

  /** GitHub accepted the batch. If batches had become small, the next may be larger. */
  arrived(): void {
    this.#forgetBatch();
    this.#maxChanges *= 2;
  }

  /** The batch is given up. */
  givenUp(): void {
    this.#forgetBatch();
  }

  /** The batch was not accepted: its changes are first again, in their order. */
  returned(maxChanges = this.#maxChanges): void {
    const batch = [...this.#inFlight];
    this.#inFlight = new Map();
    this.#maxChanges = maxChanges;
    this.#putFirst(batch);
  }

  #forgetBatch(): void {
    for (const {encoded} of this.#inFlight.values()) this.#bytes -= encoded.bytes;
    this.#inFlight = new Map();
  }

  /** Leaves out those that no webhook waits for any longer. */
  #putFirst(batch: readonly [string, HeldChange][]): void {
    const awaited = batch.filter(([, held]) => held.isAwaited);
    for (const [, held] of batch) if (!held.isAwaited) this.#bytes -= held.encoded.bytes;
    this.#waiting = new Map([...awaited, ...this.#waiting]);
  }
}
