/** Batch: the waiting changes of a partition → the next dispatch, with as many as fit into one payload. */
import {encodeBatch, encodeClientPayload, type Gzip} from '../../src/change/payload/encode-payload.ts';
import {dispatchTitle} from '../../src/dispatch/title.ts';
import type {AcceptedChange, HeldChange} from './held.ts';
import type {PartitionQueue} from './partition.ts';

export interface BatchSettings {
  readonly eventType: string;
  /** The number of partitions. */
  readonly partitions: number;
}

export interface Batch {
  readonly changes: readonly HeldChange[];
  /** The body of the request, https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
  readonly json: string;
}

/** Takes the next batch of the partition and encodes it. */
export async function startBatch(
  partition: PartitionQueue,
  {eventType, partitions}: BatchSettings,
  gzip: Gzip,
): Promise<Batch> {
  const waiting = partition.startBatch().map(held => held.encoded);
  const encoded = await encodeBatch(waiting, gzip);
  const changes = partition.shrinkBatch(encoded.count);
  const reactions = changes.map(({reaction}) => reaction);
  const payload = encodeClientPayload(encoded, {
    title: dispatchTitle(reactions),
    partition: partition.index,
    partitions,
    receivedAt: (reactions[0] as AcceptedChange).receivedAt, // the earliest: changes are in order of arrival
  });
  return {changes, json: `{"event_type":${JSON.stringify(eventType)},"client_payload":${payload}}`};
}
