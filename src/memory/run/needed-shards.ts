/** Memory: the shards that a run needs, and those that no other run writes at the same time. Pure. */

import {shardsFor, wholePartitions} from '../fold/fold.ts';
import {shardOf} from '../format/keys.ts';
import {ALL_SHARDS} from '../format/shards.ts';
import type {MemoryRunInput} from './input.ts';

export function neededShards(input: MemoryRunInput): readonly number[] {
  const {rules, decisions, partitions, subjects = []} = input;
  if (input.allShards || subjects.includes(undefined)) return ALL_SHARDS;
  const concerned = shardsFor(rules, decisions);
  const shards = partitions === undefined ? concerned : wholePartitions(concerned, partitions);
  const ofSubjects = subjects.flatMap(subject => (subject === undefined ? [] : [shardOf(subject)]));
  return [...new Set([...shards, ...ofSubjects])].toSorted((a, b) => a - b);
}

/** Whether no other run writes the shard: it belongs to the run's partition, or to that of the run's changes. */
export function isOwn(shard: number, {exclusive, decisions}: MemoryRunInput): boolean {
  if (exclusive === undefined) return false;
  const {partition, partitions} = exclusive;
  const isTogether = (other: number) => shard % partitions === other % partitions;
  return isTogether(partition) || decisions.some(({change}) => isTogether(shardOf(change)));
}
