/**
 * Act: changes → batches → `repository_dispatch`, by group commit: at most one batch of a partition is on its way, and what
 * comes meanwhile is the next. Nothing is acknowledged before GitHub has accepted it, and nothing is kept for later: what
 * can't be handed over in time is told to come again.
 */
import type {Change} from '../src/change/change.ts';
import {encodeChange, encodeClientPayload} from '../src/change/client-payload.ts';
import {changedProperties, type Transition} from '../src/change/transition.ts';
import {neededProperties, type Rules} from '../src/rules/rules.ts';
import {Admission} from './admission.ts';
import {Budget} from './budget.ts';
import {type Attempt, CircuitBreaker, type Limit} from './circuit-breaker.ts';
import {classify, type Meaning} from './classify.ts';
import type {Clock} from './clock.ts';
import {comeAgain, type DispatchOutcome, OUTAGE_WAIT_MS, pressure, SILENCE} from './dispatch-outcome.ts';
import type {GitHub, Repository} from './github.ts';
import {Held} from './held.ts';
import type {Partition} from './partition.ts';
import {Partitions} from './partitions.ts';
import {titleOf} from './title.ts';

interface Reaction {
  readonly change: Change;
  /** Of the rule that matched; see {@link titleOf}. */
  readonly transition: Transition | undefined;
  /** The rules in force; undefined where they are not known. */
  readonly rules: Rules | undefined;
  /** How long the sender can still be held. */
  readonly timeoutMs: number;
}

export type Dispatch = (reaction: Reaction) => Promise<DispatchOutcome>;

export interface DispatchSettings {
  readonly repository: Repository;
  readonly eventType: string;
  readonly partitions: number;
  readonly dispatchesPerMinute: number;
  /** The longest time that a webhook is held. */
  readonly ackTimeoutMs: number;
}

/** One attempt at a dispatch. */
export interface DispatchFigures {
  readonly result: Meaning['kind'];
  /** How many changes it held, and how long its JSON was. */
  readonly changes: number;
  readonly bytes: number;
  /** Until GitHub answered, or did not. */
  readonly durationMs: number;
}

/** Hears of what becomes of dispatches: metrics, and whether the relay is of any use. */
export interface DispatchObserver {
  dispatch(figures: DispatchFigures): void;
  /** GitHub limits for so long. */
  limited(waitMs: number): void;
  /** What is held now. */
  waiting(changes: number, bytes: number): void;
  /** GitHub accepted a dispatch. */
  worked(): void;
  /** GitHub refused one for good. */
  refused(reason: string): void;
}

export interface DispatchDeps {
  readonly github: GitHub;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly observer: DispatchObserver;
}

export function createDispatch(settings: DispatchSettings, deps: DispatchDeps): Dispatch {
  const dispatcher = new Dispatcher(settings, deps);
  return reaction => dispatcher.dispatch(reaction);
}

/** How long GitHub may take to answer; and when it has just failed, and it is only to be seen whether it works again. */
const ATTEMPT_MS = 4_500;
const PROBE_MS = 2_500;

/** Of the time that webhooks are held: an attempt that takes all of it leaves no time for another, and holds up what comes. */
const ATTEMPT_SHARE = 0.6;
const MIN_ATTEMPT_MS = 1_000;

/** Every so many probes one has all the time of an attempt: GitHub may be back, and slow. */
const PATIENT_PROBE = 3;

type HeldChange = Held<DispatchOutcome>;
type Lane = Partition<DispatchOutcome>;

/** A batch on its way. */
interface Sending {
  readonly partition: Lane;
  readonly batch: readonly HeldChange[];
  readonly attempt: Attempt;
}

class Dispatcher {
  readonly #settings: DispatchSettings;
  readonly #deps: DispatchDeps;
  readonly #path: string;
  readonly #budget: Budget;
  readonly #breaker = new CircuitBreaker();
  readonly #partitions: Partitions<DispatchOutcome>;
  readonly #admission: Admission<DispatchOutcome>;
  /** Why GitHub did not take what it was sent last, where it did not. */
  #trouble: string | undefined;
  /** Why it limits. */
  #limit = '';
  /** Where the last attempt failed. */
  #failedLast: Lane | undefined;
  #cancelWake = () => {};

  constructor(settings: DispatchSettings, deps: DispatchDeps) {
    const {owner, name} = settings.repository;
    this.#settings = settings;
    this.#deps = deps;
    this.#path = `/repos/${owner}/${name}/dispatches`;
    this.#budget = new Budget(settings.dispatchesPerMinute);
    this.#partitions = new Partitions(settings.partitions);
    this.#admission = new Admission(this.#partitions, this.#budget, this.#breaker, settings.ackTimeoutMs);
  }

  dispatch(reaction: Reaction): Promise<DispatchOutcome> {
    const {change, timeoutMs} = reaction;
    const partition = this.#partitions.of(change);
    const encoded = encodeChange(change, () => watchedBy(reaction));
    const twin = partition.find(change.id, encoded.json);
    if (twin !== undefined) return twin.wait(timeoutMs);
    const refusal = this.#refuseNow(partition, encoded.bytes, timeoutMs);
    if (refusal !== undefined) return Promise.resolve(refusal);
    const held: HeldChange = new Held(reaction, encoded, this.#deps.clock, late => this.#expired(late));
    partition.add(held);
    const outcome = held.wait(timeoutMs);
    this.#pump();
    return outcome;
  }

  /** What can't be accepted in time is told so at once, rather than after it was held for nothing. */
  #refuseNow(partition: Lane, bytes: number, timeoutMs: number): DispatchOutcome | undefined {
    if (this.#limitMs > 0) return this.#comeAgain(this.#limitMs);
    const inMs = this.#admission.acceptedInMs(partition, bytes, this.#now);
    return inMs <= timeoutMs ? undefined : this.#comeAgain(this.#admission.roomInMs(partition, bytes, this.#now));
  }

  /** Sends what may go now, the one that was held longest first; else comes back when something may. */
  #pump(): void {
    this.#cancelWake();
    for (;;) {
      const delayMs = this.#breaker.delayMs(this.#now);
      const next = this.#partitions.longestHeld(this.#failedLast);
      if (next === undefined || delayMs === undefined) break; // the next change, or the probe's answer, pumps again
      const waitMs = Math.ceil(Math.max(delayMs, this.#budget.delayMs(this.#now))); // fractions get lost in the sum
      if (waitMs > 0) {
        this.#cancelWake = this.#deps.clock.after(waitMs, () => this.#pump());
        break;
      }
      this.#depart(next);
    }
    this.#deps.observer.waiting(this.#partitions.held, this.#partitions.heldBytes);
  }

  #depart(partition: Lane): void {
    // What GitHub would accept after its sender was told to come again would be there twice.
    for (const late of partition.removeDue(this.#now + this.#admission.expectedAnswerMs))
      late.settle(this.#expired(late));
    if (!partition.isReady) return;
    void this.#send(partition, partition.depart());
  }

  async #send(partition: Lane, batch: readonly HeldChange[]): Promise<void> {
    const {github, observer} = this.#deps;
    const payload = encodeClientPayload(batch, partition.index, titleOf(batch));
    const json = `{"event_type":${JSON.stringify(this.#settings.eventType)},"client_payload":${payload}}`;
    const attempt = this.#breaker.attempt(this.#now);
    const sent = this.#budget.take(this.#now);
    const answer = await github({method: 'POST', path: this.#path, json, timeoutMs: this.#timeoutMs(attempt)});
    this.#budget.arrived(sent, this.#now);
    const durationMs = this.#now - attempt.startedAtMs;
    const meaning = classify(answer, this.#settings.repository, this.#now);
    observer.dispatch({result: meaning.kind, changes: batch.length, bytes: Buffer.byteLength(json), durationMs});
    if (meaning.kind === 'accepted') this.#admission.answered(durationMs);
    this.#conclude(meaning, {partition, batch, attempt});
    this.#pump();
  }

  #timeoutMs({probe}: Attempt): number {
    const isPatient = probe % PATIENT_PROBE === 0;
    const longestMs = isPatient ? ATTEMPT_MS : Math.min(Math.max(PROBE_MS, 2 * this.#admission.answerMs), ATTEMPT_MS);
    return Math.round(Math.max(Math.min(longestMs, this.#settings.ackTimeoutMs * ATTEMPT_SHARE), MIN_ATTEMPT_MS));
  }

  #conclude(meaning: Meaning, sending: Sending): void {
    const {partition, batch, attempt} = sending;
    this.#failedLast = meaning.kind === 'failed' ? partition : undefined;
    switch (meaning.kind) {
      case 'accepted':
        this.#accepted(meaning, sending);
        break;
      case 'limited':
        for (const held of batch) held.mayBeThere ||= meaning.mayBeThere;
        partition.returned();
        this.#limited(meaning.limit, meaning.message, attempt);
        break;
      case 'failed':
        this.#breaker.failed(this.#now, this.#deps.random(), attempt);
        this.#trouble = meaning.message;
        for (const held of batch) held.mayBeThere ||= meaning.mayBeThere;
        partition.returned();
        if (this.#limitMs > 0) this.#tellAll();
        break;
      case 'refused':
        this.#breaker.answered(attempt);
        this.#refused(meaning, sending);
    }
  }

  #accepted({limit}: Meaning & {kind: 'accepted'}, {partition, batch, attempt}: Sending): void {
    this.#breaker.answered(attempt);
    this.#trouble = undefined;
    this.#deps.observer.worked();
    partition.arrived();
    for (const held of batch) held.settle({kind: 'accepted', partition: partition.index, batch: batch.length});
    if (limit !== undefined) this.#limited(limit, "GitHub's limit of requests is used up.", attempt);
  }

  #limited(limit: Limit, message: string, attempt: Attempt): void {
    const waitMs = this.#breaker.limited(this.#now, limit, attempt);
    this.#limit = message;
    this.#deps.observer.limited(waitMs);
    this.#tellAll();
  }

  /** Nobody is held for a limit: it is far longer than senders wait. */
  #tellAll(): void {
    for (const held of this.#partitions.drain()) held.settle(this.#comeAgain(this.#limitMs, held.mayBeThere));
  }

  /** Of several changes, one may be what GitHub does not take: then it is not to drag the others down. */
  #refused({status, message}: Meaning & {kind: 'refused'}, {partition, batch}: Sending): void {
    if (status === 422 && batch.length > 1) {
      partition.returned(Math.ceil(batch.length / 2));
      return;
    }
    this.#deps.observer.refused(message);
    partition.givenUp();
    for (const held of batch) held.settle({kind: 'permanent', message});
  }

  /** The time of somebody who is held for a change is over. */
  #expired(held: HeldChange): DispatchOutcome {
    const partition = this.#partitions.of(held.change);
    const isOnItsWay = !partition.remove(held);
    if (this.#limitMs > 0) return this.#comeAgain(this.#limitMs, isOnItsWay || held.mayBeThere);
    if (isOnItsWay) return comeAgain(OUTAGE_WAIT_MS, this.#trouble ?? SILENCE, true);
    const waitMs =
      this.#trouble === undefined ? this.#admission.roomInMs(partition, held.bytes, this.#now) : OUTAGE_WAIT_MS;
    return this.#comeAgain(waitMs, held.mayBeThere);
  }

  #comeAgain(waitMs: number, mayBeThere = false): DispatchOutcome {
    const trouble = this.#limitMs > 0 ? this.#limit : this.#trouble;
    return comeAgain(waitMs, trouble ?? pressure(this.#settings.dispatchesPerMinute), mayBeThere);
  }

  get #limitMs(): number {
    return this.#breaker.limitMs(this.#now);
  }

  get #now(): number {
    return this.#deps.clock.now();
  }
}

/** Without rules, what changed is the best guess at what they look at. */
function watchedBy({change, rules}: Reaction): ReadonlySet<string> {
  return rules ? neededProperties(rules, change.blueprint) : new Set(changedProperties(change));
}
