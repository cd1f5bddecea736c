/** Whether a change that comes now can be held until GitHub has accepted it, and when it had better come again. */
import type {Budget} from './budget.ts';
import type {CircuitBreaker} from './circuit-breaker.ts';
import {acceptedInMs, type Standing} from './forecast.ts';
import type {Partition} from './partition.ts';
import type {Partitions} from './partitions.ts';

/** The part of those told to come again that room is kept for: not all do, and a batch that is not full can't be made up for. */
const COMING_BACK = 0.75;

/** What a first guess at GitHub's own answer time is, and how fast it follows what is seen. */
const USUAL_ANSWER_MS = 300;
const ANSWER_WEIGHT = 0.2;

export class Admission<Outcome> {
  readonly #partitions: Partitions<Outcome>;
  readonly #budget: Budget;
  readonly #breaker: CircuitBreaker;
  readonly #ackTimeoutMs: number;
  #answerMs = USUAL_ANSWER_MS;

  constructor(partitions: Partitions<Outcome>, budget: Budget, breaker: CircuitBreaker, ackTimeoutMs: number) {
    this.#partitions = partitions;
    this.#budget = budget;
    this.#breaker = breaker;
    this.#ackTimeoutMs = ackTimeoutMs;
  }

  /** GitHub took so long to accept a dispatch. */
  answered(durationMs: number): void {
    this.#answerMs += ANSWER_WEIGHT * (durationMs - this.#answerMs);
  }

  /** How long GitHub usually takes lately. */
  get answerMs(): number {
    return this.#answerMs;
  }

  /** However slow GitHub has become, half of the time is enough to try. */
  get expectedAnswerMs(): number {
    return Math.min(this.#answerMs, this.#ackTimeoutMs / 2);
  }

  /** Milliseconds until GitHub would have accepted so many more bytes of the partition. */
  acceptedInMs(partition: Partition<Outcome>, bytes: number, nowMs: number): number {
    return acceptedInMs(this.#standingOf(partition, nowMs), partition.waitingBytes + bytes + 1);
  }

  /** When there is room again, behind all that wait and all that were told to come again; it counts as told. */
  roomInMs(partition: Partition<Outcome>, bytes: number, nowMs: number): number {
    const intervalMs = this.#budget.intervalMs(nowMs);
    const standing = this.#standingOf(partition, nowMs);
    // Within the time that webhooks are held, all of these get their turn anyway.
    const turns = Math.floor(this.#ackTimeoutMs / intervalMs);
    const more = Math.max(this.#partitions.promisedBeside(partition, nowMs) - turns, 0);
    const line = {ahead: standing.ahead + more, busy: standing.busy + more};
    const promised = partition.promisedBytes(nowMs, line.busy * intervalMs);
    const inMs = acceptedInMs({...standing, ...line}, partition.waitingBytes + promised + bytes + 1);
    const roomInMs = inMs - this.#ackTimeoutMs;
    partition.promise((bytes + 1) * COMING_BACK, nowMs + roomInMs);
    return roomInMs;
  }

  #standingOf(partition: Partition<Outcome>, nowMs: number): Standing {
    const breakerMs = this.#breaker.delayMs(nowMs) ?? 0;
    return {
      ...this.#partitions.lineBefore(partition),
      delayMs: before => Math.max(this.#budget.delayMs(nowMs, before), breakerMs),
      answerMs: this.expectedAnswerMs,
      isInFlight: partition.isInFlight,
    };
  }
}
