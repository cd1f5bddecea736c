/** Memory: the shards, into which the memory is divided by a hash of the entity. */

/** Fixed: the relay's partitions are the same hash modulo 1, 2, 4 or 8, so each shard belongs to one partition. */
export const SHARDS = 8;
export const ALL_SHARDS: readonly number[] = Array.from({length: SHARDS}, (_, shard) => shard);
