/**
 * Backtest: changes, in the order of time → what the rules would have done, by the code of the action itself. Pure.
 *
 * Each change that concerns a rule is decided in a run of its own, at the time of the change. Between changes the clock runs
 * at whole multiples of an interval. A run looks at the incidents of its entity. Everything that it asks for is done.
 */
import type {Change} from '../change/change.ts';
import {type Decision, evaluate, type Verdict} from '../decide/evaluate.ts';
import type {Incident, Memory, Shards} from '../memory/format/format.ts';
import type {Reaction} from '../memory/reactions.ts';
import {recall} from '../memory/recall.ts';
import {isRemembered} from '../memory/remembered.ts';
import {settleAll} from '../memory/settle.ts';
import type {Rules} from '../rules/rules.ts';
import {Entities, type Entity} from './entities.ts';

/** What one run led to. */
export interface ReplayedRun {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Absent if the clock started the run. */
  readonly change?: Change;
  /** Of the rules that watch the change's blueprint. */
  readonly watching: readonly Verdict[];
  readonly reactions: readonly Reaction[];
  /** The incidents that the run looked at, before and after it. */
  readonly before: readonly Incident[];
  readonly after: readonly Incident[];
}

/** Something that counts or compares what happens. It keeps little: moments come one by one. */
export type Observe = (moment: ReplayedRun) => void;

export interface ReplayOptions {
  readonly observe: Observe;
  /** How often the clock runs, in milliseconds. Absent: never. */
  readonly clockMs?: number | undefined;
  /** The names of the Slack destinations that are configured. Absent if they are not known. */
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

  /** Later than all changes before, or at the same time. Says whether it concerned a rule, so that the relay forwards it. */
  take(change: Change): boolean {
    const atMs = Date.parse(change.at);
    this.#passTo(atMs);
    const watching = evaluate(this.#rules, change);
    if (!watching.some(verdict => isRemembered(verdict) || verdict.undecided)) return false;
    this.#run(this.#entities.of(change), atMs, {change, watching});
    return true;
  }

  /** The clock goes on to the end. */
  finish(endMs: number): void {
    this.#passTo(endMs + 1);
  }

  /** Runs the clock at each multiple of its interval before the time. A change comes before a run of the same moment. */
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

  /** The first run of the clock at or after the time at which something is due. Infinite if nothing is. */
  #firstTick(fromMs: number, clockMs: number): number {
    return Math.ceil(Math.max(fromMs, this.#entities.nextDueMs) / clockMs) * clockMs;
  }

  #run(entity: Entity, atMs: number, decision?: Decision): void {
    this.#runs += 1;
    const {shards} = entity;
    const known = this.#options.known === undefined ? {} : {known: this.#options.known};
    const {reactions, next} = recall({
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
