/** Partitions: changes in one are handled one after the other (design §3). What waits in one, and what is on its way. */
import {createHash} from 'node:crypto';
import {MAX_CHANGES_BYTES} from '../src/change/client-payload.ts';
import type {Held} from './held.ts';

/** From 0 to `partitions - 1`; the same in every copy of the relay, and for every change of the entity. */
export function partitionOf({blueprint, entity}: {blueprint: string; entity: string}, partitions: number): number {
  const digest = createHash('sha256').update(`${blueprint}\0${entity}`).digest();
  return digest.readUInt32BE(0) % partitions;
}

/** Changes wait in the order in which they came, and at most one batch of them is on its way. */
export class Partition<Outcome> {
  readonly index: number;
  #waiting: Held<Outcome>[] = [];
  #inFlight: readonly Held<Outcome>[] = [];
  /** Fewer than fit, while GitHub refuses what was sent, and one of several changes may be the cause. */
  #maxChanges = Number.POSITIVE_INFINITY;
  /** Bytes of changes that were told to come again, less what could have gone meanwhile. */
  #promised = {bytes: 0, atMs: 0, untilMs: 0};

  constructor(index: number) {
    this.index = index;
  }

  get waiting(): readonly Held<Outcome>[] {
    return this.#waiting;
  }

  /** When the first that waits has to be answered; never, where nothing waits. */
  get deadlineMs(): number {
    return this.#waiting[0]?.deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  get isInFlight(): boolean {
    return this.#inFlight.length > 0;
  }

  /** How many changes wait or are on their way. */
  get held(): number {
    return this.#waiting.length + this.#inFlight.length;
  }

  get heldBytes(): number {
    return this.waitingBytes + bytesOf(this.#inFlight);
  }

  /** Whether a batch could go. */
  get isReady(): boolean {
    return this.#waiting.length > 0 && !this.isInFlight;
  }

  /** The same change, that waits or is on its way: not only its id, as a run of Port's can tell of several changes. */
  find(id: string, json: string): Held<Outcome> | undefined {
    return [...this.#inFlight, ...this.#waiting].find(held => held.change.id === id && held.json === json);
  }

  add(held: Held<Outcome>): void {
    this.#waiting.push(held);
  }

  /** Takes a change out for which nobody is held any more. @returns false where it is on its way */
  remove(held: Held<Outcome>): boolean {
    if (this.#inFlight.includes(held)) return false;
    if (!held.isAwaited) this.#waiting = this.#waiting.filter(other => other !== held);
    return true;
  }

  /** Takes out all that have to be answered by that time. */
  removeDue(atMs: number): readonly Held<Outcome>[] {
    const due = this.#waiting.filter(({deadlineMs}) => deadlineMs <= atMs);
    if (due.length > 0) this.#waiting = this.#waiting.filter(({deadlineMs}) => deadlineMs > atMs);
    return due;
  }

  /**
   * Puts the next batch on its way: as many as fit one payload. A change that does not fit is passed over for smaller ones,
   * but nothing passes over an earlier change of its own entity.
   */
  depart(): readonly Held<Outcome>[] {
    const {batch, rest} = takeBatch(this.#waiting, this.#maxChanges);
    this.#waiting = rest;
    this.#inFlight = batch;
    return batch;
  }

  /** The batch has arrived: the next may be larger, where batches had become small. */
  arrived(): void {
    this.#inFlight = [];
    this.#maxChanges *= 2;
  }

  /** The batch is given up. */
  givenUp(): void {
    this.#inFlight = [];
  }

  /** The batch did not get through: those that somebody still waits for are first again, in their order. */
  returned(maxChanges = this.#maxChanges): void {
    this.#waiting = [...this.#inFlight.filter(({isAwaited}) => isAwaited), ...this.#waiting];
    this.#inFlight = [];
    this.#maxChanges = maxChanges;
  }

  get waitingBytes(): number {
    return bytesOf(this.#waiting);
  }

  /** Bytes that were told to come again, and that room has to be left for. @param cycleMs between two batches */
  promisedBytes(nowMs: number, cycleMs: number): number {
    const {bytes, atMs} = this.#promised;
    const drained = ((nowMs - atMs) * MAX_CHANGES_BYTES) / Math.max(cycleMs, 1);
    this.#promised = {...this.#promised, bytes: Math.max(bytes - drained, 0), atMs: nowMs};
    return this.#promised.bytes;
  }

  /** @param untilMs when they are told to come */
  promise(bytes: number, untilMs: number): void {
    this.#promised.bytes += bytes;
    this.#promised.untilMs = Math.max(this.#promised.untilMs, untilMs);
  }

  /** Whether something is to come that was told to. */
  isPromised(nowMs: number): boolean {
    return this.#promised.untilMs > nowMs;
  }
}

type Sized = Pick<Held<unknown>, 'change' | 'bytes'>;

/** @param maxChanges 1 or more */
export function takeBatch<T extends Sized>(waiting: readonly T[], maxChanges: number): {batch: T[]; rest: T[]} {
  const batch: T[] = [];
  const rest: T[] = [];
  const passedOver = new Set<string>();
  let room = MAX_CHANGES_BYTES;
  for (const one of waiting) {
    const entity = `${one.change.blueprint}\0${one.change.entity}`;
    if (batch.length < maxChanges && one.bytes < room && !passedOver.has(entity)) {
      batch.push(one);
      room -= one.bytes + 1;
    } else {
      rest.push(one);
      passedOver.add(entity);
    }
  }
  return {batch, rest};
}

/** Of the JSON of all of them, with a comma after each. */
export function bytesOf(changes: readonly {readonly bytes: number}[]): number {
  return changes.reduce((sum, {bytes}) => sum + bytes + 1, 0);
}
