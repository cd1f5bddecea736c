/** Encode: the first changes of a queue → the body of one dispatch, with as many changes as fit. Pure. */
import type {EncodedChange} from '../../src/change/payload/encode-change.ts';
import {encodeBatch, encodeClientPayload, type Gzip} from '../../src/change/payload/encode-payload.ts';
import {dispatchTitle} from '../../src/dispatch/title.ts';
import type {RelevantChange} from './pending-change.ts';

interface DispatchTarget {
  readonly eventType: string;
  /** The index of the partition, and the number of partitions. */
  readonly partition: number;
  readonly partitions: number;
}

interface EncodedDispatch {
  /**
   * The body of the request.
   * @see https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
   */
  readonly json: string;
  /** The number of changes in it: 1 or more. */
  readonly count: number;
}

/** @param changes at least one, in order of arrival */
export async function encodeDispatch(
  changes: readonly (RelevantChange & {readonly encoded: EncodedChange})[],
  {eventType, partition, partitions}: DispatchTarget,
  gzip: Gzip,
): Promise<EncodedDispatch> {
  const batch = await encodeBatch(
    changes.map(({encoded}) => encoded),
    gzip,
  );
  const first = changes[0] as RelevantChange;
  const title = dispatchTitle(changes.slice(0, batch.count));
  const payload = encodeClientPayload(batch, {title, partition, partitions, receivedAt: first.receivedAt});
  return {json: `{"event_type":${JSON.stringify(eventType)},"client_payload":${payload}}`, count: batch.count};
}
