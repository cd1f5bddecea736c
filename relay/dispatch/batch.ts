/** Batch: the changes that wait in a partition → the next dispatch, with as many as fit into one payload. */
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
  /** The number of partitions. */
  readonly partitions: number;
}

export interface Batch {
  readonly changes: readonly HeldChange[];
  /** The body of the request, https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
  readonly json: string;
}

/** Takes the next batch out of the partition and encodes it. */
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
 * The properties that must stay if a change has to be cut. For unknown rules, the changed properties are the best guess.
 * @param rules undefined if they are not known
 */
export function readableOf(change: Change, rules: Rules | undefined): Reads {
  if (rules && !isHalfKnown(rules, change.blueprint)) return readsFor(rules, change.blueprint);
  const changed = changedProperties(change).flatMap(bothSides);
  return rules ? [...readsFor(rules, change.blueprint), ...changed] : changed;
}
