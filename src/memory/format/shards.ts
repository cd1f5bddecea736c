/** Memory: the shards. A hash of the entity selects the shard of an incident. */

/** Fixed: the relay's partitions are the same hash modulo 1, 2, 4 or 8, so each shard belongs to one partition. */
export const SHARDS = 8;
export const ALL_SHARDS: readonly number[] = Array.from({length: SHARDS}, (_, shard) => shard);
