/** Memory: the shards of a run. Reads them, writes the intent of the run, and then the outcome. */
import {isSameJson} from '../../base/json.ts';
import {commitHeadline} from '../commit-headline.ts';
import type {Memory, Shards} from '../format/format.ts';
import type {Reaction} from '../reactions.ts';
import type {KnownShard, ShardStore} from '../store/shard-store.ts';

/** A shard with the written intent of this run, and the decided reactions. */
interface Intent {
  readonly shard: KnownShard<Memory>;
  readonly reactions: readonly Reaction[];
}

const NOT_AVAILABLE = 'the incident memory is not available';

export class RunShards {
  readonly #store: ShardStore<Memory> | undefined;
  readonly #missing: string;
  readonly #read = new Map<number, KnownShard<Memory>>();
  readonly #unknown = new Map<number, string>();
  readonly #intents = new Map<number, Intent>();
  readonly #unwritten = new Map<number, string>();

  /** @param missing why there is no store */
  constructor(store: ShardStore<Memory> | undefined, missing = 'not read') {
    this.#store = store;
    this.#missing = missing;
  }

  /** The shards as they were read, without changes of this run. */
  get read(): ReadonlyMap<number, KnownShard<Memory>> {
    return this.#read;
  }

  get memories(): Shards {
    return new Map([...this.#read].map(([shard, {memory}]) => [shard, memory]));
  }

  /** Why a shard could not be read. */
  get unknown(): ReadonlyMap<number, string> {
    return this.#unknown;
  }

  /** Why the intent of a shard could not be written. */
  get unwritten(): ReadonlyMap<number, string> {
    return this.#unwritten;
  }

  get intents(): ReadonlyMap<number, Intent> {
    return this.#intents;
  }

  async recall(shards: readonly number[]): Promise<void> {
    const found = await this.#store?.recall(shards);
    for (const shard of shards) {
      const recalled = found?.get(shard) ?? {shard, unavailable: this.#missing};
      if ('unavailable' in recalled) this.#unknown.set(shard, recalled.unavailable);
      else this.#read.set(shard, recalled);
    }
  }

  /** @returns `conflict` if another run wrote first. {@link read} then has the new content. */
  async writeIntent(shard: number, next: Memory, reactions: readonly Reaction[]): Promise<'done' | 'conflict'> {
    const base = this.#read.get(shard);
    if (base === undefined) return 'done';
    const result = await this.#store?.writeIntent(base, next, commitHeadline(reactions));
    if (result?.kind === 'written') this.#intents.set(shard, {shard: result.shard, reactions});
    else if (result?.kind === 'conflict') this.#read.set(shard, result.shard);
    else this.giveUp(shard, result?.reason ?? NOT_AVAILABLE);
    return result?.kind === 'conflict' ? 'conflict' : 'done';
  }

  /** Stops trying to write the intent of the shard. */
  giveUp(shard: number, reason: string): void {
    this.#unwritten.set(shard, reason);
  }

  /** @returns why the outcome could not be written. Undefined if it was written, or if nothing changed */
  async writeOutcome(shard: number, next: Memory, reactions: readonly Reaction[]): Promise<string | undefined> {
    const base = this.#intents.get(shard)?.shard ?? this.#read.get(shard);
    if (base === undefined || isSameJson(base.memory, next)) return undefined;
    const result = await this.#store?.writeOutcome(base, next, commitHeadline(reactions));
    return result?.kind === 'written' ? undefined : (result?.reason ?? NOT_AVAILABLE);
  }
}
