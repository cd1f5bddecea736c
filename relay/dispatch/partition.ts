/** Partitions: changes in one are handled one after the other (design §3). What waits in one, and what is on its way. */
import {createHash} from 'node:crypto';
import type {HeldChange} from './held.ts';

/** From 0 to `partitions - 1`; the same in every copy of the relay, and for every change of the entity. */
export function partitionOf({blueprint, entity}: {blueprint: string; entity: string}, partitions: number): number {
  const digest = createHash('sha256').update(`${blueprint}\0${entity}`).digest();
  return digest.readUInt32BE(0) % partitions;
}

/** Changes wait in the order in which they came, and at most one batch of them is on its way. */
export class Partition {
  readonly index: number;
  /** By their JSON, first come first. */
  #waiting = new Map<string, HeldChange>();
  #inFlight = new Map<string, HeldChange>();
  #bytes = 0;
  /** Fewer than fit while GitHub refuses what was sent, and one of several changes may be the cause. */
  #maxChanges = Number.POSITIVE_INFINITY;

  constructor(index: number) {
    this.index = index;
  }

  /** How many changes wait or are on their way. */
  get held(): number {
    return this.#waiting.size + this.#inFlight.size;
  }

  /** Of their JSON. */
  get heldBytes(): number {
    return this.#bytes;
  }

  get waiting(): readonly HeldChange[] {
    return [...this.#waiting.values()];
  }

  get inFlight(): readonly HeldChange[] {
    return [...this.#inFlight.values()];
  }

  /** Since when the first waits that could go; undefined if none could. */
  get waitingSinceMs(): number | undefined {
    if (this.#inFlight.size > 0) return undefined;
    const [first] = this.#waiting.values();
    return first?.sinceMs;
  }

  /** The same change that waits or is on its way. The id is not enough: a run of Port's can report several changes. */
  find(json: string): HeldChange | undefined {
    return this.#waiting.get(json) ?? this.#inFlight.get(json);
  }

  add(held: HeldChange): void {
    this.#waiting.set(held.encoded.json, held);
    this.#bytes += held.encoded.bytes;
  }

  /** Takes out a change that waits. @returns false if it is on its way */
  remove(held: HeldChange): boolean {
    const wasWaiting = this.#waiting.delete(held.encoded.json);
    if (wasWaiting) this.#bytes -= held.encoded.bytes;
    return wasWaiting;
  }

  /** Puts the first changes on their way. */
  depart(): readonly HeldChange[] {
    const batch = [...this.#waiting].slice(0, this.#maxChanges);
    this.#inFlight = new Map(batch);
    for (const [json] of batch) this.#waiting.delete(json);
    return this.inFlight;
  }

  /** Only the first so many are on their way: the payload is full, and the others are first again. */
  keepFirst(count: number): readonly HeldChange[] {
    const batch = [...this.#inFlight];
    this.#inFlight = new Map(batch.slice(0, count));
    this.#putFirst(batch.slice(count));
    return this.inFlight;
  }

  /** GitHub has accepted the batch. The next may be larger, if batches had become small. */
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

  /** Without those that no webhook waits for any more. */
  #putFirst(batch: readonly [string, HeldChange][]): void {
    const awaited = batch.filter(([, held]) => held.isAwaited);
    for (const [, held] of batch) if (!held.isAwaited) this.#bytes -= held.encoded.bytes;
    this.#waiting = new Map([...awaited, ...this.#waiting]);
  }
}
