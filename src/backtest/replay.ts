/**
 * Backtest: changes in chronological order → the reactions of the rules, computed by the code of the action. Pure.
 * Each change that is relevant to a rule is decided in its own run, at the time of the change. Between changes, the clock runs
 * at multiples of its interval. A run reads the incidents of its entity. All of its reactions succeed.
 */
import type {Change} from '../change/change.ts';
import {type Decision, evaluate, type Verdict} from '../decide/evaluate.ts';
import {fold} from '../memory/fold/fold.ts';
import type {Incident, Memory, Shards} from '../memory/format/format.ts';
import type {Reaction} from '../memory/reactions.ts';
import {isRemembered} from '../memory/remembered.ts';
import {settleAll} from '../memory/settle.ts';
import type {Rules} from '../rules/rules.ts';
import {Entities, type Entity} from './memory-by-entity.ts';

/** The result of one run. */
export interface ReplayedRun {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Absent if the clock started the run. */
  readonly change?: Change;
  /** The verdicts of the rules that watch the blueprint. */
  readonly watching: readonly Verdict[];
  readonly reactions: readonly Reaction[];
  /** The incidents that the run read, before and after it. */
  readonly before: readonly Incident[];
  readonly after: readonly Incident[];
}

/** Receives each run, in chronological order. */
export type Observe = (run: ReplayedRun) => void;

export interface ReplayOptions {
  readonly observe: Observe;
  /** The interval between runs of the clock, in milliseconds. Undefined if the clock never runs. */
  readonly clockMs?: number | undefined;
  /** The names of the configured Slack destinations. Undefined if they are not known. */
  readonly known?: readonly string[] | undefined;
}

const HOUR_MS = 3_600_000;

export class Replay {
  readonly #rules: Rules;
  readonly #options: ReplayOptions;
  readonly #entities: Entities;
  #nowMs = Number.NEGATIVE_INFINITY;
  #sweptMs = Number.NEGATIVE_INFINITY;
  #runs = 0;

  constructor(rules: Rules, options: ReplayOptions) {
    this.#rules = rules;
    this.#options = options;
    this.#entities = new Entities(rules);
  }

  /**
   * @param change not earlier than the previous one
   * @returns whether it is relevant to a rule, so that the relay would forward it
   */
  take(change: Change): boolean {
    const atMs = Date.parse(change.at);
    this.#passTo(atMs);
    const watching = evaluate(this.#rules, change);
    if (!watching.some(verdict => isRemembered(verdict) || verdict.undecided)) return false;
    this.#run(this.#entities.of(change), atMs, {change, watching});
    return true;
  }

  /** Runs the clock until the end. */
  finish(endMs: number): void {
    this.#passTo(endMs + 1);
  }

  /** Runs the clock at each multiple of its interval before the time. A change precedes a run of the clock at the same time. */
  #passTo(ms: number): void {
    const {clockMs} = this.#options;
    if (clockMs !== undefined && Number.isFinite(this.#nowMs)) {
      for (let tick = this.#firstTick(this.#nowMs, clockMs); tick < ms; tick = this.#firstTick(tick + 1, clockMs)) {
        for (const entity of this.#entities.due(tick)) this.#run(entity, tick);
      }
    }
    this.#nowMs = Math.max(this.#nowMs, ms);
    if (this.#nowMs - this.#sweptMs >= HOUR_MS) {
      this.#entities.sweep(this.#nowMs);
      this.#sweptMs = this.#nowMs;
    }
  }

  /** The first run of the clock at or after the next due time. Infinite if nothing is due. */
  #firstTick(fromMs: number, clockMs: number): number {
    return Math.ceil(Math.max(fromMs, this.#entities.nextDueMs) / clockMs) * clockMs;
  }

  #run(entity: Entity, atMs: number, decision?: Decision): void {
    this.#runs += 1;
    const {shards} = entity;
    const known = this.#options.known === undefined ? {} : {known: this.#options.known};
    const {reactions, next} = fold({
      rules: this.#rules,
      decisions: decision === undefined ? [] : [decision],
      shards,
      nowMs: atMs,
      run: `${this.#runs}/1`,
      ...known,
    });
    const settled = settleAll(next, reactions, atMs);
    this.#entities.put(entity, settled, atMs);
    this.#options.observe({
      atMs,
      ...(decision === undefined ? {} : {change: decision.change}),
      watching: decision?.watching ?? [],
      reactions,
      before: incidentsIn(shards),
      after: incidentsIn(settled),
    });
  }
}

function incidentsIn(shards: Shards): readonly Incident[] {
  const memories: readonly Memory[] = [...shards.values()];
  const [only, ...more] = memories;
  return only !== undefined && more.length === 0 ? only.incidents : memories.flatMap(({incidents}) => incidents);
}
