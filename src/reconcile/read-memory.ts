/**
 * Reconcile: reads all shards of the incident memory. Fails if a shard is missing, because the state of its changes is unknown.
 */
import type {Fetch, Now, Sleep} from '../base/deps.ts';
import {ReactorError} from '../base/errors.ts';
import {createMemoryBranches, type MemoryBranches} from '../clients/memory/branches.ts';
import type {MemoryBranchesSettings} from '../clients/memory/calls.ts';
import {emptyMemory, type Shards} from '../memory/format/format.ts';
import {serialize} from '../memory/format/serialize.ts';
import {SHARD_FORMAT} from '../memory/format/shard-format.ts';
import {ALL_SHARDS} from '../memory/format/shards.ts';
import {createShardStore} from '../memory/store/shard-store.ts';

class MemoryUnavailable extends ReactorError {}

interface MemoryDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
}

export interface MemoryReader {
  readonly branches: MemoryBranches;
  /** The shards that no run has used yet, as of the last {@link MemoryReader.recall}. Their horizon is one hour ago. */
  readonly unused: ReadonlySet<number>;
  /** @throws {MemoryUnavailable} if a shard cannot be read */
  readonly recall: () => Promise<Shards>;
  /**
   * Creates the unused shards, which fixes their horizon. Without this, the horizon moves, and a change that is more than an
   * hour old could be lost silently. Never rejects: after a failure, the next run creates them.
   */
  readonly begin: (run: {readonly name: string; readonly url: string}, nowMs: number) => Promise<void>;
}

export function createMemoryReader(settings: MemoryBranchesSettings, {fetch, sleep, now}: MemoryDeps): MemoryReader {
  const branches = createMemoryBranches(settings, {fetch, sleep});
  const unused = new Set<number>();
  const store = createShardStore({branches, format: SHARD_FORMAT, now, sleep, run: {name: 'reader', url: ''}});
  return {
    branches,
    unused,
    async recall() {
      const recalled = await store.recall(ALL_SHARDS);
      const reasons = [...recalled.values()].flatMap(shard => ('unavailable' in shard ? [shard.unavailable] : []));
      if (reasons.length > 0) {
        throw new MemoryUnavailable(`The handled changes are not known: ${[...new Set(reasons)].join(' ')}`);
      }
      for (const [number, shard] of recalled) {
        if ('head' in shard && shard.head === undefined) unused.add(number);
        else unused.delete(number);
      }
      return new Map(
        [...recalled].flatMap(([number, shard]) => ('memory' in shard ? [[number, shard.memory] as const] : [])),
      );
    },
    async begin(run, nowMs) {
      for (const shard of unused) {
        const message = {
          headline: 'Create the incident memory [skip ci]',
          body: `${run.url}\nnonce: ${run.name}/begin`,
        };
        const text = serialize(emptyMemory(shard, nowMs));
        try {
          await branches.create({shard, text, message});
        } catch (error) {
          if (!(error instanceof ReactorError)) throw error;
          return; // the result then also fails, and reports the reason
        }
      }
    },
  };
}
