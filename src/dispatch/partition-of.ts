/** The partition of an entity. Changes of one partition are handled one after the other (docs/decisions/0002). Pure. */
import {createHash} from 'node:crypto';

/** From 0 to `partitions - 1`. Every copy of the relay computes the same number for the same entity. */
export function partitionOf({blueprint, entity}: {blueprint: string; entity: string}, partitions: number): number {
  const digest = createHash('sha256').update(`${blueprint}\0${entity}`).digest();
  return digest.readUInt32BE(0) % partitions;
}
