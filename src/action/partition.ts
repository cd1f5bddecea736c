/** Parse: the partition that only this run handles, from the concurrency group of the workflow. */

import type {Run} from '../base/run.ts';
import {DEFAULT_PARTITIONS, type Partition} from '../change/event/incoming.ts';
import {SHARDS} from '../memory/format/shards.ts';

/**
 * The partition whose changes only this run handles. Undefined if other runs can handle the same entities at the same time. A
 * run that the relay started is in the concurrency group of its partition. A manual run is not. Neither is a run that was
 * dispatched again with another partition name.
 */
export function exclusivePartition(
  {eventName}: Pick<Run, 'eventName'>,
  dispatched: Partition | undefined,
): {partition: number; partitions: number} | undefined {
  if (eventName !== 'repository_dispatch' || dispatched === undefined) return undefined;
  const {partition, partitions = DEFAULT_PARTITIONS} = dispatched;
  if (typeof partition !== 'number' || partitions <= 0 || SHARDS % partitions !== 0) return undefined;
  return {partition, partitions};
}
