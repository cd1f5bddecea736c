/**
 * Checks the promises of the relay in the ledger of the fake GitHub and in the responses to the sender. No acknowledged change is
 * missing, no change of an entity overtakes another, and no dispatch exceeds GitHub's limits.
 */

import {type ClientPayload, decodeClientPayload} from '../../src/change/payload/client-payload.ts';
import {partitionOf} from '../../src/dispatch/partition-of.ts';
import type {Attempt, Sending} from './port-sender.ts';
import type {LedgerEntry} from './servers/faulty-github.ts';

export interface Evidence {
  /** All changes by entity, in the order in which they were sent. */
  readonly sent: ReadonlyMap<string, readonly Sending[]>;
  readonly attempts: readonly Attempt[];
  readonly ledger: readonly LedgerEntry[];
  readonly partitions: number;
  readonly maxPerMinute: number;
}

interface Dispatched extends LedgerEntry {
  readonly payload: ClientPayload;
}

/** Two processes on a busy machine may see events in another order. */
const BLINK_MS = 250;

/** Every breach of a promise, as a sentence. */
export function findBreaches(evidence: Evidence): string[] {
  const breaches: string[] = [];
  const dispatched = evidence.ledger.flatMap(entry => {
    const payload = decode(entry.text, breaches);
    return payload === undefined ? [] : [{...entry, payload}];
  });
  const accepted = firstAcceptances(dispatched);
  return [
    ...breaches,
    ...dispatched.flatMap(one => misplaced(one, evidence)),
    ...responseBreaches(evidence, accepted),
    ...orderBreaches(evidence, accepted),
    ...byRelay(dispatched).flatMap(entries => [
      ...overlaps(entries),
      ...budgetBreaches(entries, evidence.maxPerMinute),
      ...limitBreaches(entries),
    ]),
  ];
}

function decode(text: string, breaches: string[]): ClientPayload | undefined {
  try {
    const {client_payload: payload} = JSON.parse(text) as {client_payload: object};
    const bytes = Buffer.byteLength(JSON.stringify(payload));
    if (bytes > 48 * 1024) breaches.push(`a payload has ${bytes} bytes`);
    if (Object.keys(payload).length > 10) breaches.push(`a payload has the keys ${Object.keys(payload)}`);
    return decodeClientPayload(payload);
  } catch (error) {
    breaches.push(`a payload can't be decoded: ${String(error)}`);
    return undefined;
  }
}

function misplaced({payload}: Dispatched, {partitions, sent}: Evidence): string[] {
  const ids = new Set(payload.changes.map(({id}) => id));
  return [
    ...payload.changes
      .filter(change => partitionOf(change, partitions) !== payload.partition)
      .map(({id}) => `${id} is in a dispatch of partition ${payload.partition}, which is not its own`),
    ...payload.changes.filter(({entity}) => !sent.has(entity)).map(({id}) => `${id} was never sent`),
    ...(ids.size < payload.changes.length ? ['a dispatch holds a change twice'] : []),
  ];
}

/** When a change was first accepted, and its position in the dispatch. */
interface Acceptance {
  readonly at: number;
  readonly place: number;
}

function firstAcceptances(dispatched: readonly Dispatched[]): Map<string, Acceptance> {
  const first = new Map<string, Acceptance>();
  for (const {acceptedAt, payload} of dispatched) {
    if (acceptedAt === undefined) continue;
    for (const [place, {id}] of payload.changes.entries()) {
      if ((first.get(id)?.at ?? Number.POSITIVE_INFINITY) > acceptedAt) first.set(id, {at: acceptedAt, place});
    }
  }
  return first;
}

function responseBreaches({attempts, sent}: Evidence, accepted: ReadonlyMap<string, Acceptance>): string[] {
  const acknowledged = attempts.filter(({status}) => status !== undefined && status < 300);
  const acknowledgedIds = new Set(acknowledged.map(({id}) => id));
  const all = [...sent.values()].flat();
  return [
    ...all.filter(({id}) => !acknowledgedIds.has(id)).map(({id}) => `${id} was never acknowledged`),
    ...acknowledged.flatMap(({id, status, target, endedAt}) => {
      const at = accepted.get(id)?.at;
      if (at === undefined) return [`${id} was answered ${status} by ${target}, and GitHub never accepted it`];
      return at <= endedAt ? [] : [`${id} was answered ${status} by ${target} before GitHub accepted it`];
    }),
    ...attempts.flatMap(({id, status, retryAfter}) => {
      const isValid =
        status === undefined || status === 202 || (status === 503 && /^[1-9]\d{0,3}$/.test(retryAfter ?? ''));
      return isValid ? [] : [`${id} was answered ${status} with retry-after ${retryAfter}`];
    }),
  ];
}

/**
 * The relay keeps the order in which changes arrive. That order is known if a change was acknowledged before the next was sent, or if
 * both came over one connection. Separate connections can overtake each other before the relay accepts them. A repeated change
 * can be accepted after a later one, and the action then records it as stale.
 */
function orderBreaches({sent, attempts}: Evidence, accepted: ReadonlyMap<string, Acceptance>): string[] {
  const byId = groupBy(attempts, ({id}) => id);
  const isLater = (one: Acceptance, other: Acceptance) =>
    one.at > other.at || (one.at === other.at && one.place > other.place);
  return [...sent.values()].flatMap(changes =>
    changes.slice(1).flatMap(({id}, index) => {
      const before = (changes[index] as Sending).id;
      const [former, latter] = [accepted.get(before), accepted.get(id)];
      if (former === undefined || latter === undefined) return [];
      if (!arrivedInOrder(byId.get(before) ?? [], byId.get(id) ?? []) || isLater(latter, former)) return [];
      return [`${id} overtook ${before}, the change before it`];
    }),
  );
}

/** @param former the attempts to send a change, in order */
function arrivedInOrder(former: readonly Attempt[], latter: readonly Attempt[]): boolean {
  const [acknowledged, next] = [former.find(({status}) => status === 202), latter[0]];
  if (acknowledged === undefined || next === undefined) return false;
  const isOnce = former.length === 1 && latter.length === 1 && next.status === 202;
  return acknowledged.endedAt <= next.startedAt || (isOnce && acknowledged.connection === next.connection);
}

function byRelay(dispatched: readonly Dispatched[]): Dispatched[][] {
  return [...groupBy(dispatched, ({token}) => token).values()];
}

function overlaps(entries: readonly Dispatched[]): string[] {
  return [...groupBy(entries, ({payload}) => payload.partition).values()].flatMap(ofOne =>
    ofOne.slice(1).flatMap(({arrivedAt, token, payload: {partition}}, index) => {
      const former = ofOne[index] as Dispatched;
      const overlap = Math.round((former.endedAt ?? Number.POSITIVE_INFINITY) - arrivedAt);
      return overlap <= BLINK_MS || !wasRead(former, entries)
        ? []
        : [`${token} had two dispatches of partition ${partition} in flight for ${overlap} ms`];
    }),
  );
}

/** Counts as GitHub does: by arrival, regardless of the result. */
function budgetBreaches(entries: readonly Dispatched[], maxPerMinute: number): string[] {
  return entries.slice(maxPerMinute).flatMap(({arrivedAt, token}, index) => {
    const span = arrivedAt - (entries[index] as Dispatched).arrivedAt;
    return span >= 60_000 - BLINK_MS
      ? []
      : [`${token} made ${maxPerMinute + 1} dispatches within ${Math.round(span)} ms`];
  });
}

/**
 * Dispatches during a wait that GitHub had requested. The relay can have sent some before it read the response, and on a busy machine
 * they arrive late. These are at most one for each other partition, because a partition has one dispatch in flight.
 */
function limitBreaches(entries: readonly Dispatched[]): string[] {
  return entries.flatMap(limited => {
    const {outcome, endedAt = Number.POSITIVE_INFINITY, token, payload} = limited;
    const until = limitEnd(outcome.answer, endedAt);
    if (!wasRead(limited, entries)) return [];
    const early = entries.filter(
      entry => entry.arrivedAt > endedAt && entry.arrivedAt < until - 10 && !isAbandoned(entry),
    );
    const inFlight = new Set([payload.partition]);
    return early.flatMap(({arrivedAt, payload: {partition}}) => {
      const wasInFlight = !inFlight.has(partition);
      inFlight.add(partition);
      const [at, wait] = [arrivedAt - endedAt, until - endedAt].map(Math.round);
      return wasInFlight ? [] : [`${token} sent partition ${partition} ${at} ms into a wait of ${wait} ms`];
    });
  });
}

/** True if the relay read the response. It then keeps the connection. If it gave up before, the connection has ended. */
function wasRead(entry: LedgerEntry, entries: readonly LedgerEntry[]): boolean {
  const {connection, endedAt = Number.POSITIVE_INFINITY} = entry;
  const isUsedAgain = () =>
    entries.some(later => later !== entry && later.connection === connection && later.arrivedAt >= endedAt);
  return connection.endedAt === undefined || isUsedAgain();
}

/** True if the relay did not wait for the response. It may have sent the dispatch long before it arrived. */
function isAbandoned({endedAt = Number.POSITIVE_INFINITY, connection}: LedgerEntry): boolean {
  return connection.endedAt !== undefined && connection.endedAt <= endedAt;
}

/** The end of the wait that a response requests. */
function limitEnd(answer: LedgerEntry['outcome']['answer'], answeredAt: number): number {
  if (typeof answer === 'string' || (answer.status !== 403 && answer.status !== 429)) return answeredAt;
  const {'retry-after': seconds, 'x-ratelimit-reset': epochSeconds} = answer.headers ?? {};
  if (seconds !== undefined) return answeredAt + Number(seconds) * 1000;
  return epochSeconds === undefined ? answeredAt : Number(epochSeconds) * 1000 - performance.timeOrigin;
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
