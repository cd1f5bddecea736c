/**
 * The incident memory within one run of the action:
 * 1. {@link openMemory} reads the shards that the decisions concern, and decides with them: {@link MemoryRun.plan}.
 * 2. {@link MemoryRun.confirm} writes the intent, if one is needed. If another run wrote first, it decides again.
 * 3. The action acts.
 * 4. {@link MemoryRun.finish} writes the outcomes.
 */

import type {Fetch, Now, Sleep} from '../base/deps.ts';
import {isSameJson} from '../base/json.ts';
import type {Change} from '../change/change.ts';
import {createMemoryBranches, type MemoryBranches} from '../clients/memory/branches.ts';
import type {MemoryBranchesSettings} from '../clients/memory/calls.ts';
import type {PortObject} from '../clients/port.ts';
import type {Decision} from '../decide/evaluate.ts';
import {type Plan, plan} from '../decide/plan.ts';
import type {AskedIncident} from '../incident-view/asked-in-port.ts';
import {changedEntities} from '../incident-view/incident-entity.ts';
import {hasIncident, type Rules} from '../rules/rules.ts';
import type {Reread} from './fold/timers.ts';
import type {Incident, Memory, Shards} from './format/format.ts';
import {SHARDS, shardOf} from './format/keys.ts';
import {SHARD_FORMAT} from './format/shard-format.ts';
import {commitHeadline} from './headline.ts';
import type {Command} from './obey.ts';
import {obeyAll} from './obey-all.ts';
import {joinPlans, refuseScripts, withoutMemory} from './partly.ts';
import {planRemembered} from './plan-remembered.ts';
import type {Reaction} from './reactions.ts';
import {type Recalled, recall, shardsFor, wholePartitions} from './recall.ts';
import {rememberedOf} from './remembered.ts';
import {type Settled, settle} from './settle.ts';
import {createShardStore, type KnownShard, type ShardStore} from './store/shard-store.ts';
import {isTimeToSquash, squash} from './store/squash.ts';

export interface MemoryRunInput {
  readonly rules: Rules;
  readonly decisions: readonly Decision[];
  /** All of these are read, whatever the decisions concern: for the clock. */
  readonly shards?: readonly number[];
  /** If messages in Slack are edited: how many partitions there are. The others of a partition's shards are read, too. */
  readonly partitions?: number | undefined;
  /** What people ask for in Port. */
  readonly commands?: readonly Command[];
  /** Entities whose shards are read as well. Undefined stands for one that is not known: then all shards are read. */
  readonly subjects?: readonly (AskedIncident | undefined)[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The names of the configured Slack destinations. */
  readonly known: readonly string[];
  /** `name` is `<run id>/<attempt>`. `writes` numbers the writes: another step of the same run must not use the same numbers. */
  readonly run: {readonly name: string; readonly url: string; readonly writes: number};
  /**
   * The partition whose changes no other run handles at the same time: messages about them need no intent. Undefined if other
   * runs may write all shards.
   */
  readonly alone?: {readonly partition: number; readonly partitions: number} | undefined;
  /** Or why there is no access to the memory. */
  readonly access: MemoryBranchesSettings | {readonly missing: string};
}

export interface MemoryRunDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
  /** Whether the entity of an incident is still bad. Undefined if that is not known. */
  readonly reread: (rule: Rules['rules'][number], change: Change) => Promise<Reread | undefined>;
}

/** What the memory knew of a reaction's incident before it, and what it knows now. */
export interface Recorded {
  readonly reaction: Reaction;
  readonly before?: Incident | undefined;
  readonly after?: Incident | undefined;
}

export interface Finished {
  readonly recorded: readonly Recorded[];
  /** Outcomes that could not be written. */
  readonly unfinished: readonly Settled[];
}

const ALL_SHARDS: readonly number[] = Array.from({length: SHARDS}, (_, shard) => shard);

/** As often is decided again if others write first. */
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
  readonly #store: ShardStore<Memory> | undefined;
  readonly #branches: MemoryBranches | undefined;
  /** As they were read, without anything of this run in them. */
  readonly #base = new Map<number, KnownShard<Memory>>();
  /** Why a shard is not known. */
  readonly #unknown = new Map<number, string>();
  /** Shards that hold the intent of this run, and what was decided for them. */
  readonly #intents = new Map<number, {readonly shard: KnownShard<Memory>; readonly reactions: readonly Reaction[]}>();
  /** Shards whose intent could not be written. */
  readonly #unwritten = new Map<number, string>();
  readonly #remarks: string[] = [];
  readonly #failures: string[] = [];
  #reread: ReadonlyMap<string, Reread> = new Map();
  #recalled: Recalled = {reactions: [], next: new Map(), changed: [], isPartial: false};
  #plan: Plan = NOTHING;
  /** What became of the commands. */
  #obeyed: readonly string[] = [];
  /** What {@link finish} wrote, or wanted to. */
  #after: Shards = new Map();

  constructor(input: MemoryRunInput, deps: MemoryRunDeps) {
    this.#input = input;
    this.#deps = deps;
    const {access, run} = input;
    if ('missing' in access) return;
    const {fetch, sleep, now} = deps;
    const branches = createMemoryBranches(access, {fetch, sleep});
    this.#branches = branches;
    this.#store = createShardStore({branches, format: SHARD_FORMAT, now, sleep, run});
  }

  /** What is to be done, as far as is known now. */
  get plan(): Plan {
    return this.#plan;
  }

  get reactions(): readonly Reaction[] {
    return this.#recalled.reactions;
  }

  /** All incidents that the run has read, as they were and as it leaves them. */
  get known(): {
    readonly rules: Rules;
    readonly before: Shards;
    readonly after: Shards;
    readonly reactions: readonly Reaction[];
  } {
    const before = new Map([...this.#base].map(([shard, {memory}]) => [shard, memory]));
    return {rules: this.#input.rules, before, after: this.#next(), reactions: this.reactions};
  }

  /** What went wrong: the step is red. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** What a person should hear about the memory. */
  get remarks(): readonly string[] {
    return this.#remarks;
  }

  /** Whether the intent must be written before anything is done. Else only scripts wait for it. */
  get isIntentFirst(): boolean {
    return this.#recalled.changed.some(shard => !this.#isOwn(shard));
  }

  async read(): Promise<void> {
    await this.#recall(this.#needed());
    this.#decide();
    if (this.#recalled.isPartial) {
      const known = new Set([...this.#base.keys(), ...this.#unknown.keys()]);
      await this.#recall(ALL_SHARDS.filter(shard => !known.has(shard)));
      this.#decide();
    }
    this.#failures.push(...new Set(this.#unknown.values()));
    this.#reread = await this.#rereadDue();
    if (this.#reread.size > 0) this.#decide();
    this.#remarks.push(...this.#obeyed);
    for (const {shard, head, remarks} of this.#base.values()) {
      if (head !== undefined || this.#recalled.changed.includes(shard)) this.#remarks.push(...remarks);
    }
  }

  async #recall(shards: readonly number[]): Promise<void> {
    const {access} = this.#input;
    const missing = 'missing' in access ? access.missing : 'not read';
    const found = await this.#store?.recall(shards);
    for (const shard of shards) {
      const recalled = found?.get(shard) ?? {shard, unavailable: missing};
      if ('unavailable' in recalled) this.#unknown.set(shard, recalled.unavailable);
      else this.#base.set(shard, recalled);
    }
  }

  /** Whether no other run writes the shard: it belongs to the run's partition, as all shards of its own changes do. */
  #isOwn(shard: number): boolean {
    const {alone, decisions} = this.#input;
    if (alone === undefined) return false;
    const {partition, partitions} = alone;
    const isTogether = (other: number) => shard % partitions === other % partitions;
    return isTogether(partition) || decisions.some(({change}) => isTogether(shardOf(change)));
  }

  #needed(): readonly number[] {
    const {rules, decisions, partitions, subjects = []} = this.#input;
    const concerned = this.#input.shards ?? shardsFor(rules, decisions);
    const shards = partitions === undefined ? concerned : wholePartitions(concerned, partitions);
    if (subjects.includes(undefined)) return ALL_SHARDS;
    const own = subjects.flatMap(subject => (subject === undefined ? [] : [shardOf(subject)]));
    return [...new Set([...shards, ...own])].toSorted((a, b) => a - b);
  }

  /**
   * Writes what is about to be done, in the shards that need it. If others wrote first, all is decided again on what they
   * wrote. Never rejects.
   * @returns the plan that holds: its scripts may start
   */
  async confirm(): Promise<Plan> {
    for (let tries = 1; ; tries++) {
      const conflicts = await this.#writeIntents();
      if (conflicts.length === 0) return this.#plan;
      if (tries === MAX_DECISIONS) {
        for (const shard of conflicts)
          this.#fail(shard, 'others wrote the incident memory first, again and again. Run this again: that is safe.');
        return this.#plan;
      }
      await this.#deps.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), MAX_PAUSE_MS));
      this.#decide();
    }
  }

  /** Writes what became of it. Never rejects. */
  async finish(settled: readonly Settled[]): Promise<Finished> {
    const after = settle(this.#next(), settled);
    this.#after = after;
    const shards = [...after.keys()].filter(shard => !this.#unwritten.has(shard));
    const failed = await Promise.all(shards.map(shard => this.#writeOutcome(shard, after)));
    const lost = new Set(failed.flat());
    return {
      recorded: this.reactions.map(reaction => this.#record(reaction, after)),
      unfinished: settled.filter(({shard}) => lost.has(shard)),
    };
  }

  /** Once a week, makes the history of the shards shorter. Never rejects. */
  async tidy(): Promise<void> {
    const {nowMs, run} = this.#input;
    if (this.#branches === undefined || !isTimeToSquash(nowMs)) return;
    const used = [...this.#base.values()].filter(({head}) => head !== undefined).map(({shard}) => shard);
    this.#remarks.push(...(await squash(used, {branches: this.#branches, run})));
  }

  /** Of the incidents that changed, how Port is to show them. Rules without a bad side have none. */
  entities(): PortObject[] {
    const {rules, nowMs, run} = this.#input;
    const before = new Map([...this.#after.keys()].flatMap(shard => entryOf(shard, this.#base.get(shard)?.memory)));
    const isShown = ({rule: name}: Incident) => {
      const rule = rules.byName.get(name);
      return rule === undefined || hasIncident(rule);
    };
    return changedEntities(before, this.#after, {now: Math.floor(nowMs / 1000), runUrl: run.url, isShown});
  }

  /** Before anything was done: what the memory would hold. */
  preview(): Finished {
    const next = this.#next();
    return {recorded: this.reactions.map(reaction => this.#record(reaction, next)), unfinished: []};
  }

  #record(reaction: Reaction, after: Shards): Recorded {
    const {shard, incident, before, kind} = reaction;
    const id = (incident ?? before)?.id;
    const found = after.get(shard)?.incidents.find(one => one.id === id);
    // A note may come without its incident.
    return {reaction, before, after: found ?? (kind === 'note' ? incident : undefined)};
  }

  #decide(): void {
    const {rules, decisions, nowMs, known, run} = this.#input;
    const shards = new Map([...this.#base].map(([shard, {memory}]) => [shard, memory]));
    const decided = decisions.filter(({change}) => shards.has(shardOf(change)));
    const {next: obeyed, changed, sentences} = obeyAll(rules, shards, this.#input.commands ?? []);
    this.#obeyed = sentences;
    const recalled = recall({
      rules,
      decisions: decided,
      shards: obeyed,
      nowMs,
      run: run.name,
      known,
      reread: this.#reread,
    });
    const kept = [...this.#intents.values()].flatMap(({reactions}) => reactions);
    const others = recalled.reactions.filter(({shard}) => !this.#intents.has(shard));
    this.#recalled = {
      ...recalled,
      changed: [...new Set([...changed, ...recalled.changed])],
      reactions: [...kept, ...others],
    };
    const plain = plan(rules, decisions, {nowMs, known});
    const remembered = planRemembered({rules, reactions: this.reactions, plain, known});
    const rest = withoutMemory(plain, ({change}) => this.#unknown.get(shardOf(change)));
    this.#plan = this.#refuse(joinPlans(remembered, rest));
  }

  #refuse(all: Plan): Plan {
    return refuseScripts(all, match => {
      const shard = rememberedOf(match)?.run?.shard;
      const reason = shard === undefined ? undefined : this.#unwritten.get(shard);
      return reason && `was not run: ${reason}`;
    });
  }

  /** The memory of the shards that changed: with the intent, or as it was decided. */
  #next(): Shards {
    const own = [...this.#intents].map(([number, {shard}]) => [number, shard.memory] as const);
    const {changed, next} = this.#recalled;
    return new Map([...[...next].filter(([shard]) => changed.includes(shard)), ...own]);
  }

  /** @returns the shards that another run wrote first. They now have the content that it wrote. */
  async #writeIntents(): Promise<number[]> {
    const {next} = this.#recalled;
    const todo = this.#intended().flatMap(shard => {
      const [base, memory] = [this.#base.get(shard), next.get(shard)];
      return base === undefined || memory === undefined ? [] : [{shard, base, memory}];
    });
    const results = await Promise.all(
      todo.map(async ({shard, base, memory}) => {
        const reactions = this.reactions.filter(one => one.shard === shard);
        const result = await this.#store?.writeIntent(base, memory, commitHeadline(reactions));
        if (result?.kind === 'written') this.#intents.set(shard, {shard: result.shard, reactions});
        else if (result?.kind === 'conflict') this.#base.set(shard, result.shard);
        else this.#fail(shard, result?.reason ?? 'the incident memory is not available');
        return result?.kind === 'conflict' ? [shard] : [];
      }),
    );
    return results.flat();
  }

  #intended(): number[] {
    const {changed, reactions} = this.#recalled;
    const scripts = new Set(reactions.filter(({kind}) => kind === 'run').map(({shard}) => shard));
    return changed.filter(
      shard => (scripts.has(shard) || !this.#isOwn(shard)) && !this.#intents.has(shard) && !this.#unwritten.has(shard),
    );
  }

  #fail(shard: number, reason: string): void {
    this.#unwritten.set(shard, reason);
    this.#failures.push(reason);
    this.#plan = this.#refuse(this.#plan);
  }

  /** @returns the shard if it could not be written */
  async #writeOutcome(shard: number, after: Shards): Promise<number[]> {
    const base = this.#intents.get(shard)?.shard ?? this.#base.get(shard);
    const memory = after.get(shard);
    if (base === undefined || memory === undefined || isSameJson(base.memory, memory)) return [];
    const headline = commitHeadline(this.reactions.filter(one => one.shard === shard));
    const result = await this.#store?.writeOutcome(base, memory, headline);
    if (result?.kind === 'written') return [];
    const reason = result?.reason ?? 'the incident memory is not available';
    this.#failures.push(`What was done could not be remembered: ${reason} ${this.#whatReRunDoes(shard)}`);
    return [shard];
  }

  #whatReRunDoes(shard: number): string {
    const hasScript = this.reactions.some(one => one.kind === 'run' && one.shard === shard);
    if (!hasScript) return 'Run this again: that repairs it.';
    return 'Run this again: that repairs it, but for the script: it does not start again, and its outcome is reported as unknown.';
  }

  /** What opens only because its time has come may have healed without an event. */
  async #rereadDue(): Promise<ReadonlyMap<string, Reread>> {
    const due = new Map(
      this.reactions.flatMap(({byClock, before, rule, change}) =>
        byClock && before?.state === 'pending' ? [[before.id, {rule, change}] as const] : [],
      ),
    );
    const answers = await Promise.all(
      Array.from(due, async ([id, {rule, change}]) => [id, await this.#deps.reread(rule, change)] as const),
    );
    return new Map(answers.flatMap(([id, answer]) => (answer === undefined ? [] : [[id, answer] as const])));
  }
}

function entryOf(shard: number, memory: Memory | undefined): [number, Memory][] {
  return memory === undefined ? [] : [[shard, memory]];
}

const NOTHING: Plan = {notifications: [], remediations: [], handOvers: [], muted: [], refused: []};
