/** The queue of a partition, whose batches are dispatched one at a time (docs/decisions/0002). */
import type {PendingChange} from './pending-change.ts';

/** Changes wait in order of arrival. The first of them can be in flight, as one batch. */
export class PartitionQueue {
  readonly index: number;
  /** Keyed by JSON, in order of arrival. */
  readonly #changes = new Map<string, PendingChange>();
  /** The number of changes in flight. */
  #inFlightCount = 0;
  /** Reduced while GitHub refuses batches, because one of several changes can be the cause. */
  #maxChanges = Number.POSITIVE_INFINITY;

  constructor(index: number) {
    this.index = index;
  }

  /** The number of changes that wait or are in flight. */
  get pendingCount(): number {
    return this.#changes.size;
  }

  /** The total size of their JSON. */
  get pendingBytes(): number {
    return [...this.#changes.values()].reduce((sum, {encoded}) => sum + encoded.bytes, 0);
  }

  get inFlight(): readonly PendingChange[] {
    return [...this.#changes.values()].slice(0, this.#inFlightCount);
  }

  get waiting(): readonly PendingChange[] {
    return [...this.#changes.values()].slice(this.#inFlightCount);
  }

  /** When the first waiting change arrived. Undefined if none can be sent now. */
  get waitingSinceMs(): number | undefined {
    if (this.#inFlightCount > 0) return undefined;
    const [first] = this.#changes.values();
    return first?.sinceMs;
  }

  /** The same change, if it waits or is in flight. Compares the JSON, because one Port run can report several changes. */
  find(json: string): PendingChange | undefined {
    return this.#changes.get(json);
  }

  add(change: PendingChange): void {
    this.#changes.set(change.encoded.json, change);
  }

  /** Removes the waiting changes for which no webhook waits any longer. */
  removeUnawaited(): void {
    for (const {isAwaited, encoded} of this.waiting) if (!isAwaited) this.#changes.delete(encoded.json);
  }

  /**
   * Puts the first changes in flight.
   * @returns the batch
   */
  startBatch(): readonly PendingChange[] {
    this.#inFlightCount = Math.min(this.#changes.size, this.#maxChanges);
    return this.inFlight;
  }

  /** Reduces the batch to its first changes, which fit into the payload. The others return to the head of the queue. */
  shrinkBatch(count: number): void {
    this.#inFlightCount = count;
    this.removeUnawaited();
  }

  /**
   * Removes the batch, which GitHub accepted. If batches were halved, the next one can be larger.
   * @returns the batch
   */
  acceptBatch(): readonly PendingChange[] {
    this.#maxChanges *= 2;
    return this.removeBatch();
  }

  /**
   * Removes the batch.
   * @returns the batch
   */
  removeBatch(): readonly PendingChange[] {
    const batch = this.inFlight;
    for (const {encoded} of batch) this.#changes.delete(encoded.json);
    this.#inFlightCount = 0;
    return batch;
  }

  /**
   * Returns the changes of the batch to the head of the queue. Called if GitHub did not accept the batch, or if that is
   * unknown.
   */
  requeue(maybeAccepted = false): void {
    for (const change of this.inFlight) change.maybeAccepted ||= maybeAccepted;
    this.#inFlightCount = 0;
    this.removeUnawaited();
  }

  /**
   * Like {@link requeue}, but the next batch is half as large.
   * @returns false if the batch is a single change
   */
  requeueHalf(): boolean {
    if (this.#inFlightCount < 2) return false;
    this.#maxChanges = Math.ceil(this.#inFlightCount / 2);
    this.requeue();
    return true;
  }
}

/** The next partition after this index that has a batch to send. A partition whose dispatches fail does not block the others. */
export function nextPartition(all: readonly PartitionQueue[], afterIndex: number): PartitionQueue | undefined {
  const ready = all.filter(({waitingSinceMs}) => waitingSinceMs !== undefined);
  return ready.find(({index}) => index > afterIndex) ?? ready[0];
}
