/** Batch: the changes that wait in a partition → the next dispatch, as many of them as one payload holds. */
import type {Change} from '../../src/change/change.ts';
import {encodeBatch, encodeClientPayload, type Gzip} from '../../src/change/payload/encode-payload.ts';
import {bothSides, type Reads} from '../../src/change/reads.ts';
import {changedProperties} from '../../src/change/transition.ts';
import {readsFor} from '../../src/rules/reads.ts';
import {isHalfKnown, type Rules} from '../../src/rules/rules.ts';
import type {HeldChange} from './held.ts';
import type {Partition} from './partition.ts';
import {dispatchTitle} from './title.ts';

export interface BatchSettings {
  readonly eventType: string;
  /** How many partitions there are. */
  readonly partitions: number;
}

export interface Batch {
  readonly changes: readonly HeldChange[];
  /** The body of the request, https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
  readonly json: string;
}

/** Puts the next batch of the partition on its way. */
export async function departBatch(
  partition: Partition,
  {eventType, partitions}: BatchSettings,
  gzip: Gzip,
): Promise<Batch> {
  const waiting = partition.depart().map(held => held.encoded);
  const encoded = await encodeBatch(waiting, gzip);
  const changes = partition.keepFirst(encoded.count);
  const payload = encodeClientPayload(encoded, {title: dispatchTitle(changes), partition: partition.index, partitions});
  return {changes, json: `{"event_type":${JSON.stringify(eventType)},"client_payload":${payload}}`};
}

/**
 * What of a change must stay if it has to be cut. What changed is the best guess at what rules read that are not known.
 * @param rules undefined if none are known
 */
export function readableOf(change: Change, rules: Rules | undefined): Reads {
  if (rules && !isHalfKnown(rules, change.blueprint)) return readsFor(rules, change.blueprint);
  const changed = changedProperties(change).flatMap(bothSides);
  return rules ? [...readsFor(rules, change.blueprint), ...changed] : changed;
}
