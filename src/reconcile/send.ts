/** Reconcile: changes → dispatches into their partitions, in batches of the maximum size. */
import {messageOf} from '../base/errors.ts';
import type {Change} from '../change/change.ts';
import {encodeChange} from '../change/payload/encode-change.ts';
import {encodeBatch, encodeClientPayload, type Gzip} from '../change/payload/encode-payload.ts';
import {DispatchError, type SendDispatch} from '../clients/github/dispatches.ts';
import {evaluate} from '../decide/evaluate.ts';
import {partitionOf} from '../dispatch/partition-of.ts';
import {readsToKeep} from '../dispatch/reads-to-keep.ts';
import {dispatchTitle} from '../dispatch/title.ts';
import type {Rules} from '../rules/rules.ts';

export interface SendFacts {
  readonly rules: Rules;
  readonly eventType: string;
  readonly partitions: number;
}

interface SendDeps {
  readonly send: SendDispatch;
  readonly gzip: Gzip;
}

/** A change that GitHub accepted, and its partition. */
export interface SentChange {
  readonly change: Change;
  readonly partition: number | string;
}

interface SendResult {
  readonly sent: readonly SentChange[];
  /** Why the other changes were not sent. */
  readonly failures: readonly string[];
}

/**
 * GitHub's errors become failures.
 * @param facts `name` returns a name for the partition, instead of its number
 */
export async function sendChanges(
  changes: readonly Change[],
  facts: SendFacts & {readonly name?: (partition: number, change: Change) => string},
  deps: SendDeps,
): Promise<SendResult> {
  const groups = new Map<number | string, Change[]>();
  for (const change of changes) {
    const partition = partitionOf(change, facts.partitions);
    const name = facts.name?.(partition, change) ?? partition;
    groups.set(name, [...(groups.get(name) ?? []), change]);
  }
  const sent: SentChange[] = [];
  const failures: string[] = [];
  for (const [partition, group] of groups) {
    try {
      for await (const accepted of sendGroup(group, {...facts, partition}, deps)) {
        sent.push(...accepted.map(change => ({change, partition})));
      }
    } catch (error) {
      if (!(error instanceof DispatchError)) throw error;
      failures.push(messageOf(error));
    }
  }
  return {sent, failures: [...new Set(failures)]};
}

/** Sends the changes in chronological order. Yields the changes of each accepted dispatch. */
async function* sendGroup(
  group: readonly Change[],
  {rules, eventType, partitions, partition}: SendFacts & {readonly partition: number | string},
  {send, gzip}: SendDeps,
): AsyncGenerator<Change[]> {
  let rest = group.map(change => ({
    change,
    transition: evaluate(rules, change).find(({matched}) => matched)?.transition,
    encoded: encodeChange(change, () => readsToKeep(change, rules)),
  }));
  while (rest.length > 0) {
    const encoded = await encodeBatch(
      rest.map(one => one.encoded),
      gzip,
    );
    const batch = rest.slice(0, encoded.count);
    const payload = encodeClientPayload(encoded, {title: dispatchTitle(batch), partition, partitions});
    await send(`{"event_type":${JSON.stringify(eventType)},"client_payload":${payload}}`);
    yield batch.map(({change}) => change);
    rest = rest.slice(encoded.count);
  }
}
