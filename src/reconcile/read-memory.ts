/** Reconcile: all shards of the incident memory, or none: without one of them, nothing can be said of its changes. */
import type {Fetch, Now, Sleep} from '../base/deps.ts';
import {ReactorError} from '../base/errors.ts';
import {createMemoryBranches, type MemoryBranches} from '../clients/memory/branches.ts';
import type {MemoryBranchesSettings} from '../clients/memory/calls.ts';
import type {Shards} from '../memory/format/format.ts';
import {SHARDS} from '../memory/format/keys.ts';
import {SHARD_FORMAT} from '../memory/format/shard-format.ts';
import {createShardStore} from '../memory/store/shard-store.ts';

class UnknownMemory extends ReactorError {}

interface MemoryDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
}

export interface MemoryReader {
  readonly branches: MemoryBranches;
  /** @throws {UnknownMemory} if a shard cannot be read */
  readonly recall: () => Promise<Shards>;
}

export function createMemoryReader(settings: MemoryBranchesSettings, {fetch, sleep, now}: MemoryDeps): MemoryReader {
  const branches = createMemoryBranches(settings, {fetch, sleep});
  const store = createShardStore({branches, format: SHARD_FORMAT, now, sleep, run: {name: 'reader', url: ''}});
  return {
    branches,
    async recall() {
      const recalled = await store.recall(Array.from({length: SHARDS}, (_, shard) => shard));
      const reasons = [...recalled.values()].flatMap(shard => ('unavailable' in shard ? [shard.unavailable] : []));
      if (reasons.length > 0) {
        throw new UnknownMemory(`It is not known what was handled: ${[...new Set(reasons)].join(' ')}`);
      }
      return new Map(
        [...recalled].flatMap(([number, shard]) => ('memory' in shard ? [[number, shard.memory] as const] : [])),
      );
    },
  };
}
