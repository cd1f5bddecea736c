/**
 * Port's audit log: every change of a blueprint's entities within a window of time, oldest first.
 * The log has no cursor: a response contains the newest `limit` entries of the requested interval. So a full response is
 * discarded, and each half of the interval is requested. Port documents neither the resolution of `from` and `to` nor whether
 * they are inclusive. So intervals overlap, and duplicates are recognized by their identifier.
 * @see https://docs.port.io/api-reference/get-audit-logs
 */
import * as z from 'zod/mini';
import {messageOf, PayloadError, ReactorError} from '../base/errors.ts';
import {isObject} from '../base/json.ts';
import {clip} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import {parseKeepingNumbers, restoreNumbers} from '../change/event/inexact-numbers.ts';
import {parseChange} from '../change/event/parse-change.ts';
import type {CallPort} from './port-call.ts';
import {PortError} from './port-error.ts';

export interface AuditQuery {
  readonly blueprint: string;
  /** Milliseconds since the epoch, both inclusive. Compared with the `at` of each change. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The number of entries in a full response. The default is Port's. */
  readonly limit?: number;
}

export type AuditEntry =
  /** `change.source` is `audit`. The change has the same ID on each read. */
  | {readonly kind: 'change'; readonly identifier: string; readonly change: Change}
  /** A failed attempt, or an event about something else. No rule could match it. */
  | {readonly kind: 'not-a-change'; readonly identifier: string; readonly reason: string}
  /** It is unknown what changed. Code that counts changes must count and report such entries. */
  | {readonly kind: 'unreadable'; readonly identifier: string; readonly reason: string};

/**
 * Port's maximum was 100,000 before. Such requests timed out.
 * @see https://docs.port.io/api-reference/get-audit-logs
 */
const PORT_LIMIT = 10_000;
/** Port needs more time for 10,000 entries with their differences than for other responses. */
const TIMEOUT_MS = 30_000;
/** The overlap of intervals, in case Port compares whole seconds. */
const MAX_OVERLAP_MS = 1_000;

/** The fields to return. Without `includes`, the response also contains the large outputs of runs. */
const PARTS = ['diff', 'identifier', 'action', 'resourceType', 'status', 'trigger', 'context', 'additionalData'];

/**
 * Lazy: the first request is sent when the first entry is read, and at most one response is in memory. Entries are ordered by
 * their `at`. An entry that cannot be read is returned as `unreadable`, never dropped.
 * @throws {PortError}
 * @throws {NetworkError}
 * @throws {PayloadError} if the response is not an audit log, or if one millisecond has more entries than a response can
 *   contain
 */
export async function* readAuditLog(call: CallPort, query: AuditQuery): AsyncGenerator<AuditEntry> {
  const sequence = new Sequence(query);
  const intervals: Interval[] = [query];
  for (let interval = intervals.pop(); interval !== undefined; interval = intervals.pop()) {
    const entries = await fetchEntries(call, query, interval);
    if (entries === 'too-many') {
      const [first, second] = halve(interval, query);
      intervals.push(second, first);
    } else {
      yield* sequence.take(entries, intervals.length === 0 ? Number.POSITIVE_INFINITY : interval.toMs);
    }
  }
}

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

function halve({fromMs, toMs}: Interval, {blueprint, limit = PORT_LIMIT}: AuditQuery): [Interval, Interval] {
  if (toMs - fromMs <= 1) {
    const at = new Date(fromMs).toISOString();
    throw new PayloadError(
      '',
      `Port's audit log has ${limit} or more entries of blueprint "${blueprint}" at ${at}. They do not fit into one response, and the interval cannot be shorter`,
    );
  }
  const middleMs = Math.floor((fromMs + toMs) / 2);
  return [
    {fromMs, toMs: middleMs},
    {fromMs: middleMs, toMs},
  ];
}

/**
 * The entries of an interval. `too-many` if the response is incomplete: it is full, Port timed out, or Port returned fewer
 * entries than exist. A server can have a lower limit than the requested one. So after a large response, the entries before the
 * oldest one are also requested.
 */
async function fetchEntries(
  call: CallPort,
  query: AuditQuery,
  interval: Interval,
): Promise<readonly Dated[] | 'too-many'> {
  const entries = await fetchOnce(call, query, interval);
  if (entries === 'too-many' || entries.length < SUSPICIOUS) return entries;
  const times = entries.map(({atMs}) => atMs).filter(atMs => atMs !== UNKNOWN_TIME);
  const oldestMs = times.reduce((a, b) => Math.min(a, b), interval.toMs);
  if (oldestMs <= interval.fromMs) return entries;
  const older = await fetchOnce(call, query, {fromMs: interval.fromMs, toMs: oldestMs});
  const known = new Set(entries.map(({entry}) => entry.identifier));
  const isMore = older === 'too-many' || older.some(({entry}) => !known.has(entry.identifier));
  return isMore ? 'too-many' : entries;
}

/** A shorter response is never treated as full. */
const SUSPICIOUS = 10;

async function fetchOnce(
  call: CallPort,
  query: AuditQuery,
  interval: Interval,
): Promise<readonly Dated[] | 'too-many'> {
  const {blueprint, limit = PORT_LIMIT} = query;
  const overlapMs = Math.min(Math.max(Math.floor((interval.toMs - interval.fromMs) / 2), 1), MAX_OVERLAP_MS);
  const parameters = new URLSearchParams([
    ['blueprint', blueprint],
    ['resources', 'entity'],
    ...PARTS.map(part => ['includes', part] as [string, string]),
    ['from', new Date(interval.fromMs - overlapMs).toISOString()],
    ['to', new Date(interval.toMs + overlapMs).toISOString()],
    ['limit', String(limit)],
  ]);
  try {
    const parse = (text: string) => parseKeepingNumbers(text).value;
    const response = await call({method: 'GET', route: `/v1/audit-log?${parameters}`, timeoutMs: TIMEOUT_MS, parse});
    const entries = readEntries(response);
    return entries.length >= limit ? 'too-many' : entries.map(readEntry);
  } catch (error) {
    // Port's time limit. Half of the interval can be fast enough.
    if (error instanceof PortError && error.status === 504 && interval.toMs - interval.fromMs > 1) return 'too-many';
    throw error;
  }
}

/** Port's specification does not contain the response. Port's exporter reads `audits`, and its SDK expects `auditLogs`. */
const ResponseBody = z.union([z.object({audits: z.array(z.unknown())}), z.object({auditLogs: z.array(z.unknown())})]);

function readEntries(response: unknown): unknown[] {
  const result = ResponseBody.safeParse(response);
  if (result.success) return 'audits' in result.data ? result.data.audits : result.data.auditLogs;
  throw new PayloadError('audits', 'must be a list of entries in the response to GET /v1/audit-log');
}

/** An entry and its time. Entries without a known time come first. */
type Dated = {readonly entry: AuditEntry; readonly atMs: number};

/** Overlapping responses, in the order of time → unique entries in the order of time. */
class Sequence {
  readonly #query: AuditQuery;
  readonly #seen = new Set<string>();
  /** Entries that belong to a later interval. */
  #waiting: Dated[] = [];

  constructor(query: AuditQuery) {
    this.#query = query;
  }

  /** @param untilMs no later response has an entry before this time */
  take(answered: readonly Dated[], untilMs: number): AuditEntry[] {
    // Port returns the newest first. Entries of one millisecond keep their written order.
    const fresh = answered.toReversed().filter(this.#isNew, this);
    const all = [...this.#waiting, ...fresh].toSorted((a, b) => a.atMs - b.atMs);
    this.#waiting = all.filter(({atMs}) => atMs >= untilMs);
    return all.filter(({atMs}) => atMs < untilMs).map(({entry}) => entry);
  }

  #isNew({entry, atMs}: Dated): boolean {
    const {blueprint, fromMs, toMs} = this.#query;
    if (atMs !== UNKNOWN_TIME && (atMs < fromMs || atMs > toMs)) return false;
    if (entry.kind === 'change' && entry.change.blueprint !== blueprint) return false;
    return !this.#seen.has(entry.identifier) && this.#seen.add(entry.identifier) !== undefined;
  }
}

/** Sorts before every other time, so that entries without a time are returned first. */
const UNKNOWN_TIME = Number.NEGATIVE_INFINITY;

function readEntry(written: unknown): Dated {
  const {identifier, trigger} = isObject(written) ? written : {};
  const at = isObject(trigger) ? trigger['at'] : undefined;
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  const atMs = Number.isNaN(time) ? UNKNOWN_TIME : time;
  const name = typeof identifier === 'string' && identifier !== '' ? identifier : undefined;
  try {
    const parsed = parseChange(written, '');
    if (parsed.kind === 'not-a-change') {
      return {entry: {...parsed, identifier: name ?? JSON.stringify(written)}, atMs};
    }
    // The parser would use the time of receipt, which a log does not have.
    if (atMs === UNKNOWN_TIME) throw new PayloadError('trigger.at', 'must be an ISO 8601 time, but is missing');
    const change: Change = {...restoreNumbers(parsed.change), source: 'audit'};
    return {entry: {kind: 'change', identifier: name ?? change.id, change}, atMs};
  } catch (error) {
    if (!(error instanceof ReactorError)) throw error;
    const shown = name ?? clip(JSON.stringify(written), 200);
    return {entry: {kind: 'unreadable', identifier: shown, reason: messageOf(error)}, atMs};
  }
}
