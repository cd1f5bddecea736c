/**
 * The incident memory within one run of the action:
 * 1. {@link openMemory} reads the shards that the decisions affect, and decides with them: {@link MemoryRun.plan}.
 * 2. {@link MemoryRun.confirm} writes the intent, if it is required. If another run wrote first, it decides again.
 * 3. The action acts.
 * 4. {@link MemoryRun.finish} writes the outcomes.
 */
import {createMemoryBranches, type MemoryBranches} from '../../clients/memory/branches.ts';
import type {PortObject} from '../../clients/port.ts';
import type {Plan} from '../../decide/plan.ts';
import {changedEntities} from '../../incident-view/incident-entity.ts';
import {hasIncident, type Rules} from '../../rules/rules.ts';
import type {Folded} from '../fold/fold.ts';
import type {RereadState} from '../fold/timers.ts';
import type {Incident, Memory, Shards} from '../format/format.ts';
import {SHARD_FORMAT} from '../format/shard-format.ts';
import {ALL_SHARDS} from '../format/shards.ts';
import type {Reaction} from '../reactions.ts';
import {rememberedOf} from '../remembered.ts';
import {type Settled, settle} from '../settle.ts';
import {createShardStore} from '../store/shard-store.ts';
import {isTimeToSquash, squash} from '../store/squash.ts';
import {refuseScripts} from '../without-memory.ts';
import {decideWithMemory} from './decide-with-memory.ts';
import type {Finished, MemoryRunDeps, MemoryRunInput} from './input.ts';
import {isOwn, neededShards} from './needed-shards.ts';
import {recordOf} from './recorded.ts';
import {rereadDue} from './reread-due.ts';
import {RunShards} from './run-shards.ts';

/** The maximum number of decisions of a run if other runs write first. */
const MAX_DECISIONS = 6;
const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 3000;

export async function openMemory(input: MemoryRunInput, deps: MemoryRunDeps): Promise<MemoryRun> {
  const run = new MemoryRun(input, deps);
  await run.read();
  return run;
}

export class MemoryRun {
  readonly #input: MemoryRunInput;
  readonly #deps: MemoryRunDeps;
  readonly #branches: MemoryBranches | undefined;
  readonly #shards: RunShards;
  readonly #remarks: string[] = [];
  /** Why outcomes could not be written. */
  readonly #lost: string[] = [];
  #reread: ReadonlyMap<string, RereadState> = new Map();
  #folded: Folded = {reactions: [], next: new Map(), changed: [], isPartial: false};
  #plan: Plan = NOTHING;
  /** The results of the commands, as sentences. */
  #applied: readonly string[] = [];
  /** The shards that {@link finish} wrote, or tried to write. */
  #after: Shards = new Map();

  constructor(input: MemoryRunInput, deps: MemoryRunDeps) {
    this.#input = input;
    this.#deps = deps;
    const {access, run} = input;
    if ('missing' in access) {
      this.#shards = new RunShards(undefined, access.missing);
      return;
    }
    const {fetch, sleep, now} = deps;
    const branches = createMemoryBranches(access, {fetch, sleep});
    this.#branches = branches;
    this.#shards = new RunShards(createShardStore({branches, format: SHARD_FORMAT, now, sleep, run}));
  }

  /** The plan, based on what is currently known. */
  get plan(): Plan {
    return this.#plan;
  }

  get reactions(): readonly Reaction[] {
    return this.#folded.reactions;
  }

  /** All incidents that the run has read, before and after the run. */
  get known(): {
    readonly rules: Rules;
    readonly before: Shards;
    readonly after: Shards;
    readonly reactions: readonly Reaction[];
  } {
    const before = this.#shards.memories;
    return {rules: this.#input.rules, before, after: this.#next(), reactions: this.reactions};
  }

  /** Failures of the memory. The step fails if there are any. */
  get failures(): readonly string[] {
    const {unknown, unwritten} = this.#shards;
    return [...new Set(unknown.values()), ...unwritten.values(), ...this.#lost];
  }

  /** Remarks about the memory for people. */
  get remarks(): readonly string[] {
    return this.#remarks;
  }

  /** Whether the intent must be written before any reaction. Otherwise only scripts wait for it. */
  get isIntentFirst(): boolean {
    return this.#folded.changed.some(shard => !isOwn(shard, this.#input));
  }

  async read(): Promise<void> {
    await this.#shards.recall(neededShards(this.#input));
    this.#decide();
    if (this.#folded.isPartial) {
      const {read, unknown} = this.#shards;
      await this.#shards.recall(ALL_SHARDS.filter(shard => !read.has(shard) && !unknown.has(shard)));
      this.#decide();
    }
    this.#reread = await rereadDue(this.reactions, this.#deps.reread);
    if (this.#reread.size > 0) this.#decide();
    this.#remarks.push(...this.#applied);
    for (const {shard, head, remarks} of this.#shards.read.values()) {
      if (head !== undefined || this.#folded.changed.includes(shard)) this.#remarks.push(...remarks);
    }
  }

  /**
   * Writes the intent to the shards that need it. If another run wrote first, decides again with the new content. Never
   * rejects.
   * @returns the final plan, whose scripts can start
   */
  async confirm(): Promise<Plan> {
    for (let tries = 1; ; tries++) {
      const conflicts = await this.#writeIntents();
      if (conflicts.length === 0 || tries === MAX_DECISIONS) {
        for (const shard of conflicts) this.#shards.giveUp(shard, OTHERS_FIRST);
        this.#plan = this.#refuse(this.#plan);
        return this.#plan;
      }
      await this.#deps.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), MAX_PAUSE_MS));
      this.#decide();
    }
  }

  /** Writes the outcomes. Never rejects. */
  async finish(settled: readonly Settled[]): Promise<Finished> {
    this.#after = settle(this.#next(), settled);
    const shards = [...this.#after].filter(([shard]) => !this.#shards.unwritten.has(shard));
    const failed = await Promise.all(shards.map(([shard, memory]) => this.#writeOutcome(shard, memory)));
    const lost = new Set(failed.flat());
    return {
      recorded: this.reactions.map(reaction => recordOf(reaction, this.#after)),
      unfinished: settled.filter(({shard}) => lost.has(shard)),
    };
  }

  /** Once a week, shortens the history of the shards. Never rejects. */
  async tidy(): Promise<void> {
    const {nowMs, run} = this.#input;
    if (this.#branches === undefined || !isTimeToSquash(nowMs)) return;
    const used = [...this.#shards.read.values()].filter(({head}) => head !== undefined).map(({shard}) => shard);
    this.#remarks.push(...(await squash(used, {branches: this.#branches, run})));
  }

  /** The changed incidents as entities for Port. Rules without `to`, `above` or `below` have none. */
  entities(): PortObject[] {
    const {rules, nowMs, run} = this.#input;
    const before = new Map([...this.#shards.memories].filter(([shard]) => this.#after.has(shard)));
    const isShown = ({rule: name}: Incident) => {
      const rule = rules.byName.get(name);
      return rule === undefined || hasIncident(rule);
    };
    return changedEntities(before, this.#after, {now: Math.floor(nowMs / 1000), runUrl: run.url, isShown});
  }

  /** The memory that the run would write, for a dry run. */
  preview(): Finished {
    const next = this.#next();
    return {recorded: this.reactions.map(reaction => recordOf(reaction, next)), unfinished: []};
  }

  #decide(): void {
    const {folded, plan, applied} = decideWithMemory(this.#input, this.#shards, this.#reread);
    this.#folded = folded;
    this.#applied = applied;
    this.#plan = this.#refuse(plan);
  }

  /** The plan without the scripts of shards whose intent could not be written. */
  #refuse(all: Plan): Plan {
    return refuseScripts(all, match => {
      const shard = rememberedOf(match)?.run?.shard;
      const reason = shard === undefined ? undefined : this.#shards.unwritten.get(shard);
      return reason && `was not run: ${reason}`;
    });
  }

  /** The memory of the changed shards: with the intent if it was written, otherwise as decided. */
  #next(): Shards {
    const own = [...this.#shards.intents].map(([number, {shard}]) => [number, shard.memory] as const);
    const {changed, next} = this.#folded;
    return new Map([...[...next].filter(([shard]) => changed.includes(shard)), ...own]);
  }

  /** @returns the shards that another run wrote first. They now have the new content */
  async #writeIntents(): Promise<number[]> {
    const {next} = this.#folded;
    const results = await Promise.all(
      this.#intended().map(async shard => {
        const memory = next.get(shard);
        const result = memory && (await this.#shards.writeIntent(shard, memory, this.#reactionsIn(shard)));
        return result === 'conflict' ? [shard] : [];
      }),
    );
    return results.flat();
  }

  #intended(): number[] {
    const {changed, reactions} = this.#folded;
    const {intents, unwritten} = this.#shards;
    const scripts = new Set(reactions.filter(({kind}) => kind === 'run').map(({shard}) => shard));
    const isNeeded = (shard: number) => scripts.has(shard) || !isOwn(shard, this.#input);
    return changed.filter(shard => isNeeded(shard) && !intents.has(shard) && !unwritten.has(shard));
  }

  #reactionsIn(shard: number): Reaction[] {
    return this.reactions.filter(one => one.shard === shard);
  }

  /** @returns the shard if it could not be written */
  async #writeOutcome(shard: number, memory: Memory): Promise<number[]> {
    const reactions = this.#reactionsIn(shard);
    const reason = await this.#shards.writeOutcome(shard, memory, reactions);
    if (reason === undefined) return [];
    const hasScript = reactions.some(({kind}) => kind === 'run');
    const remedy = hasScript ? REPAIRS_ALL_BUT_SCRIPT : REPAIRS_ALL;
    this.#lost.push(`The outcomes could not be written to the incident memory: ${reason} ${remedy}`);
    return [shard];
  }
}

const OTHERS_FIRST = 'other runs wrote to the incident memory first in each attempt. Re-run this job. This is safe.';
const REPAIRS_ALL = 'Re-run this job to repair it.';
const REPAIRS_ALL_BUT_SCRIPT =
  'Re-run this job to repair it. The script does not start again, and its outcome is reported as unknown.';

const NOTHING: Plan = {notifications: [], remediations: [], handOvers: [], muted: [], refused: []};
