/**
 * Dispatch: changes → batches → `repository_dispatch`, by group commit. At most one batch of a partition is in flight. Changes
 * that arrive in the meantime form the next batch. The relay responds to a webhook after GitHub has accepted its change. A
 * change stays in the queue only as long as its webhook is held. If it was not dispatched by then, the sender must send it
 * again.
 */
import {encodeChange} from '../../src/change/payload/encode-change.ts';
import type {Gzip} from '../../src/change/payload/encode-payload.ts';
import {classify, type Meaning} from '../../src/clients/github/classify.ts';
import type {GitHub} from '../../src/clients/github/client.ts';
import type {Limit} from '../../src/clients/github/limit.ts';
import type {RepositoryName} from '../../src/clients/github/response.ts';
import {partitionOf} from '../../src/dispatch/partition-of.ts';
import {readsToKeep} from '../../src/dispatch/reads-to-keep.ts';
import {incidentSubject} from '../../src/incident-view/port-commands.ts';
import type {Rules} from '../../src/rules/rules.ts';
import type {Clock} from '../process/clock.ts';
import {Budget} from './budget.ts';
import {type Attempt, CircuitBreaker} from './circuit-breaker.ts';
import {type DispatchOutcome, NO_RESPONSE, overBudget, retryLater, USUAL_WAIT_MS} from './dispatch-outcome.ts';
import {encodeDispatch} from './encode-dispatch.ts';
import type {DispatchObserver} from './observer.ts';
import {nextPartition, PartitionQueue} from './partition-queue.ts';
import {PendingChange, type RelevantChange} from './pending-change.ts';

interface DispatchRequest extends RelevantChange {
  /** The current rules. Undefined if unknown. */
  readonly rules: Rules | undefined;
  /** The remaining time that the webhook can be held. */
  readonly timeoutMs: number;
}

export type Dispatch = (request: DispatchRequest) => Promise<DispatchOutcome>;

export interface DispatchSettings {
  readonly eventType: string;
  /** The number of partitions. */
  readonly partitions: number;
  readonly repository: RepositoryName;
  readonly dispatchesPerMinute: number;
  /** The maximum time that a webhook is held. */
  readonly ackTimeoutMs: number;
}

export interface DispatchDeps {
  readonly github: GitHub;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly gzip: Gzip;
  readonly observer: DispatchObserver;
}

export function createDispatch(settings: DispatchSettings, deps: DispatchDeps): Dispatch {
  const dispatcher = new Dispatcher(settings, deps);
  return request => dispatcher.dispatch(request);
}

/** The share of the hold that one attempt can take. The rest is for another attempt. */
const ATTEMPT_SHARE = 0.6;

/** The part of the hold that must remain for GitHub's response when a limit ends. */
const ANSWER_MS = 500;

/** The memory for all pending changes. The budget could not dispatch more within the hold. */
const MAX_PENDING_BYTES = 32 * 1024 * 1024;
const FULL = 'The relay already holds as many changes as its memory allows.';

class Dispatcher {
  readonly #settings: DispatchSettings;
  readonly #deps: DispatchDeps;
  readonly #path: string;
  readonly #budget: Budget;
  readonly #breaker: CircuitBreaker;
  readonly #partitions: readonly PartitionQueue[];
  /** The index of the partition that was last dispatched. */
  #lastIndex = -1;
  #cancelWake = () => {};

  constructor(settings: DispatchSettings, deps: DispatchDeps) {
    const {owner, name} = settings.repository;
    this.#settings = settings;
    this.#deps = deps;
    this.#path = `/repos/${owner}/${name}/dispatches`;
    this.#budget = new Budget(settings.dispatchesPerMinute, deps.clock.now);
    this.#breaker = new CircuitBreaker(
      {now: deps.clock.now, random: deps.random},
      settings.ackTimeoutMs * ATTEMPT_SHARE,
    );
    this.#partitions = Array.from({length: settings.partitions}, (_, index) => new PartitionQueue(index));
  }

  dispatch(request: DispatchRequest): Promise<DispatchOutcome> {
    const {change, rules, timeoutMs} = request;
    // A command on an entity that shows an incident uses the partition of the incident's entity, so that its shard has one
    // writer.
    const index = partitionOf((rules && incidentSubject(rules, change)) ?? change, this.#partitions.length);
    const partition = this.#partitions[index] as PartitionQueue;
    const encoded = encodeChange(change, () => readsToKeep(change, rules));
    const pending = partition.find(encoded.json) ?? new PendingChange(request, encoded, this.#now);
    if (!pending.isAwaited && this.#isFull) return Promise.resolve(retryLater(USUAL_WAIT_MS, FULL, false));
    partition.add(pending);
    const outcome = pending.wait(timeoutMs, this.#deps.clock, () => this.#expire(pending, partition));
    this.#pump();
    return outcome;
  }

  /** Sends the batches that can be sent now, and sets a timer for the next one. */
  #pump(): void {
    this.#cancelWake();
    this.#expireBeforeLimitEnds();
    for (;;) {
      const next = nextPartition(this.#partitions, this.#lastIndex);
      if (next === undefined) break; // the next change or response calls this again
      const waitMs = Math.ceil(this.#delayMs(next.waitingSinceMs ?? 0)); // timers take whole milliseconds
      if (waitMs > 0) {
        this.#cancelWake = this.#deps.clock.after(waitMs, () => this.#pump());
        break;
      }
      this.#send(next).catch((error: unknown) => this.#handleBug(next, error));
    }
    this.#deps.observer.onPendingCount(this.#pendingCount);
  }

  /**
   * Milliseconds until a batch can be sent.
   * @param sinceMs when its first change arrived
   */
  #delayMs(sinceMs: number): number {
    const isAlone = this.#pendingCount === 1;
    const collectMs = isAlone ? 0 : sinceMs + this.#budget.collectMs - this.#now;
    return Math.max(collectMs, this.#breaker.delayMs, this.#budget.delayMs);
  }

  async #send(partition: PartitionQueue): Promise<void> {
    const {github, observer} = this.#deps;
    this.#lastIndex = partition.index;
    const attempt = this.#breaker.startAttempt();
    const sent = this.#budget.take();
    const started = partition.startBatch();
    const target = {...this.#settings, partition: partition.index};
    const {json, count} = await encodeDispatch(started, target, this.#deps.gzip);
    partition.shrinkBatch(count);
    const shouldSend = () => this.#breaker.allows(attempt);
    const response = await github({method: 'POST', path: this.#path, json, timeoutMs: attempt.timeoutMs, shouldSend});
    if (response.unsent === 'skipped') partition.requeue();
    else {
      this.#budget.recordArrival(sent);
      const durationMs = this.#now - attempt.startedAtMs;
      const meaning = classify(response, this.#settings.repository, this.#now);
      observer.onAttempt({result: meaning.kind, changes: count, bytes: Buffer.byteLength(json), durationMs});
      this.#conclude(meaning, partition, attempt);
    }
    this.#pump();
  }

  #conclude(meaning: Meaning, partition: PartitionQueue, attempt: Attempt): void {
    const {observer} = this.#deps;
    switch (meaning.kind) {
      case 'accepted':
        this.#breaker.recordResponse(attempt);
        observer.onAccepted();
        this.#accept(partition);
        if (meaning.limit !== undefined) this.#recordLimit(attempt, meaning.limit, "GitHub's rate limit is used up.");
        break;
      case 'limited':
        partition.requeue(meaning.maybeAccepted);
        this.#recordLimit(attempt, meaning.limit, meaning.message);
        break;
      case 'failed':
        partition.requeue(meaning.maybeAccepted);
        this.#breaker.recordFailure(attempt, meaning.message);
        break;
      case 'refused':
        this.#breaker.recordResponse(attempt);
        // One of several changes can be the cause. The others must not fail with it.
        if (CONTENT_REFUSALS.includes(meaning.status) && partition.requeueHalf()) break;
        observer.onRefused(meaning.message);
        for (const change of partition.removeBatch()) change.settle({kind: 'permanent', message: meaning.message});
    }
  }

  #accept(partition: PartitionQueue): void {
    const batch = partition.acceptBatch();
    for (const change of batch) change.settle({kind: 'accepted', partition: partition.index, batch: batch.length});
  }

  #recordLimit(attempt: Attempt, limit: Limit, message: string): void {
    this.#breaker.recordLimit(attempt, limit, message);
    this.#deps.observer.onLimited(this.#breaker.limitMs);
  }

  /** Responds to the webhooks whose hold ends before GitHub's limit does. The others wait for the end of the limit. */
  #expireBeforeLimitEnds(): void {
    const {limitMs} = this.#breaker;
    if (limitMs === 0) return;
    const endMs = this.#now + limitMs + ANSWER_MS;
    for (const partition of this.#partitions) {
      for (const change of partition.waiting)
        if (change.deadlineMs < endMs) change.settle(this.#retry(change.maybeAccepted));
      partition.removeUnawaited();
    }
  }

  /** The outcome for a webhook at the end of its hold. */
  #expire(pending: PendingChange, partition: PartitionQueue): DispatchOutcome {
    partition.removeUnawaited();
    const isInFlight = partition.inFlight.includes(pending);
    const usual = isInFlight ? NO_RESPONSE : overBudget(this.#settings.dispatchesPerMinute);
    return this.#retry(isInFlight || pending.maybeAccepted, usual);
  }

  #retry(maybeAccepted: boolean, usual = NO_RESPONSE): DispatchOutcome {
    const {limitMs, problem = usual} = this.#breaker;
    return retryLater(limitMs || USUAL_WAIT_MS, problem, maybeAccepted);
  }

  /** Handles a bug of the relay, which one of several changes can cause. It must not end the process or delay the others. */
  #handleBug(partition: PartitionQueue, error: unknown): void {
    this.#deps.observer.onBug(error);
    if (!partition.requeueHalf())
      for (const change of partition.removeBatch()) change.settle({kind: 'permanent', message: BUG});
    this.#pump();
  }

  get #pendingCount(): number {
    return this.#partitions.reduce((sum, {pendingCount}) => sum + pendingCount, 0);
  }

  get #isFull(): boolean {
    return this.#partitions.reduce((sum, {pendingBytes}) => sum + pendingBytes, 0) > MAX_PENDING_BYTES;
  }

  get #now(): number {
    return this.#deps.clock.now();
  }
}

/** Content Too Large and Unprocessable Content (RFC 9110): GitHub refuses the content, not the sender. */
const CONTENT_REFUSALS = [413, 422];

const BUG = 'Internal error. The relay could not dispatch this change. Please report it with the details from its log.';
