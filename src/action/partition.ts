/** Parse: which partition this run handles alone, by the concurrency group of the workflow. */

import type {Run} from '../base/run.ts';
import type {Partition} from '../change/event/incoming.ts';

/** Of relays that do not say how many they have. */
export const USUAL_PARTITIONS = 4;
/** Each shard of the memory belongs to one partition if their number divides that of the shards. */
const SHARDS = 8;

/**
 * The partition whose changes no other run handles at the same time. Undefined if there is no such partition.
 * Runs that the relay starts are in the concurrency group of their partition. A run by hand is not, nor is one that was
 * dispatched again under another name of the partition: other runs may handle the same entities at the same time.
 */
export function partitionAlone(
  {eventName}: Pick<Run, 'eventName'>,
  dispatched: Partition | undefined,
): {partition: number; partitions: number} | undefined {
  if (eventName !== 'repository_dispatch' || dispatched === undefined) return undefined;
  const {partition, partitions = USUAL_PARTITIONS} = dispatched;
  if (typeof partition !== 'number' || partitions <= 0 || SHARDS % partitions !== 0) return undefined;
  return {partition, partitions};
}
