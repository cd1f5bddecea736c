/**
 * Port's audit log: every change of a blueprint's entities within a window of time, oldest first.
 *
 * The log has no cursor: an answer holds the newest `limit` entries of the interval that was asked for. So an answer that
 * is full is thrown away, and each half of the interval is asked for. Neither whether `from` and `to` are inclusive nor
 * their resolution is documented: intervals overlap, and what comes twice is recognised by its identifier.
 * @see https://docs.port.io/api-reference/get-audit-logs
 */
import * as z from 'zod/mini';
import {messageOf, PayloadError, ReactorError} from '../base/errors.ts';
import {isObject} from '../base/json.ts';
import {clip} from '../base/text.ts';
import type {Change} from '../change/change.ts';
import {parseKeepingNumbers, restoreNumbers} from '../change/event/inexact-numbers.ts';
import {parseChange} from '../change/event/parse-change.ts';
import type {CallPort} from './port-call.ts';
import {PortError} from './port-error.ts';

export interface AuditQuery {
  readonly blueprint: string;
  /** Milliseconds since the epoch, both inclusive: a change's own `at` decides. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The entries of a full answer. The default is Port's. */
  readonly limit?: number;
}

export type AuditEntry =
  /** `change.source` is `audit`, and its id is the same whenever it is read. */
  | {readonly kind: 'change'; readonly identifier: string; readonly change: Change}
  /** An attempt that failed, or an event about something else: nothing that a rule could match. */
  | {readonly kind: 'not-a-change'; readonly identifier: string; readonly reason: string}
  /** What changed is not known. Whoever counts changes must count and report it. */
  | {readonly kind: 'unreadable'; readonly identifier: string; readonly reason: string};

/** Once 100,000, which timed out: https://docs.port.io/api-reference/get-audit-logs. */
const PORTS_LIMIT = 10_000;
/** Ten thousand entries with their differences take Port longer than its other answers. */
const TIMEOUT_MS = 30_000;
/** How far intervals reach beyond their ends, in case Port compares whole seconds. */
const MAX_OVERLAP_MS = 1_000;

/** What is read of an entry. `includes` restricts the answer to what it names: without it, also large answers of runs come. */
const PARTS = ['diff', 'identifier', 'action', 'resourceType', 'status', 'trigger', 'context', 'additionalData'];

/**
 * Reads as it goes: nothing is asked for before the first entry is, and at most one answer is held. Entries come ordered
 * by their `at`. One that can't be read comes as `unreadable`, never not at all.
 * @throws {PortError} @throws {NetworkError}
 * @throws {PayloadError} if the answer is not an audit log, or a single millisecond has more entries than an answer holds
 */
export async function* readAuditLog(call: CallPort, query: AuditQuery): AsyncGenerator<AuditEntry> {
  const sequence = new Sequence(query);
  const intervals: Interval[] = [query];
  for (let interval = intervals.pop(); interval !== undefined; interval = intervals.pop()) {
    const entries = await ask(call, query, interval);
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

function halve({fromMs, toMs}: Interval, {blueprint, limit = PORTS_LIMIT}: AuditQuery): [Interval, Interval] {
  if (toMs - fromMs <= 1) {
    const at = new Date(fromMs).toISOString();
    throw new PayloadError(
      '',
      `Port's audit log has ${limit} entries or more of blueprint "${blueprint}" at ${at}: they do not fit into one answer, and a shorter interval cannot be asked for`,
    );
  }
  const middleMs = Math.floor((fromMs + toMs) / 2);
  return [
    {fromMs, toMs: middleMs},
    {fromMs: middleMs, toMs},
  ];
}

/**
 * The entries of an interval. `too-many` if the answer does not hold all of them: it has as many as were asked for, Port
 * gave up, or Port holds back more. A server may have a limit of its own, below the one that was asked for: after an answer
 * that is large, what is older than its oldest entry is asked for.
 */
async function ask(call: CallPort, query: AuditQuery, interval: Interval): Promise<readonly Dated[] | 'too-many'> {
  const entries = await askOnce(call, query, interval);
  if (entries === 'too-many' || entries.length < SUSPICIOUS) return entries;
  const times = entries.map(({atMs}) => atMs).filter(atMs => atMs !== UNKNOWN_TIME);
  const oldestMs = times.reduce((a, b) => Math.min(a, b), interval.toMs);
  if (oldestMs <= interval.fromMs) return entries;
  const older = await askOnce(call, query, {fromMs: interval.fromMs, toMs: oldestMs});
  const known = new Set(entries.map(({entry}) => entry.identifier));
  const isMore = older === 'too-many' || older.some(({entry}) => !known.has(entry.identifier));
  return isMore ? 'too-many' : entries;
}

/** An answer that is shorter is not taken for a full one. */
const SUSPICIOUS = 10;

async function askOnce(call: CallPort, query: AuditQuery, interval: Interval): Promise<readonly Dated[] | 'too-many'> {
  const {blueprint, limit = PORTS_LIMIT} = query;
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
    const answer = await call({method: 'GET', route: `/v1/audit-log?${parameters}`, timeoutMs: TIMEOUT_MS, parse});
    const entries = readEntries(answer);
    return entries.length >= limit ? 'too-many' : entries.map(readEntry);
  } catch (error) {
    // Port's own limit of time: half of the entries may be within it.
    if (error instanceof PortError && error.status === 504 && interval.toMs - interval.fromMs > 1) return 'too-many';
    throw error;
  }
}

/** The answer is not in Port's specification. `audits` is what Port's exporter reads, `auditLogs` what its SDK expects. */
const Answer = z.union([z.object({audits: z.array(z.unknown())}), z.object({auditLogs: z.array(z.unknown())})]);

function readEntries(answer: unknown): unknown[] {
  const result = Answer.safeParse(answer);
  if (result.success) return 'audits' in result.data ? result.data.audits : result.data.auditLogs;
  throw new PayloadError('audits', 'must be a list of entries in the answer to GET /v1/audit-log');
}

/** An entry, and when it happened. Unknown: at no time. */
type Dated = {readonly entry: AuditEntry; readonly atMs: number};

/** Answers about intervals that overlap, in the order of time → entries, each once, in the order of time. */
class Sequence {
  readonly #query: AuditQuery;
  readonly #seen = new Set<string>();
  /** Of an interval that is still to come. */
  #waiting: Dated[] = [];

  constructor(query: AuditQuery) {
    this.#query = query;
  }

  /** @param untilMs the time up to which no answer will bring anything more */
  take(answered: readonly Dated[], untilMs: number): AuditEntry[] {
    // Port's newest come first. Entries of one millisecond keep the order in which they were written.
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

/** Before everything else, so that what can't be placed comes at once. */
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
    // The parser takes the time of the receipt in its place, which a log does not have.
    if (atMs === UNKNOWN_TIME) throw new PayloadError('trigger.at', 'must be an ISO 8601 time, but is missing');
    const change: Change = {...restoreNumbers(parsed.change), source: 'audit'};
    return {entry: {kind: 'change', identifier: name ?? change.id, change}, atMs};
  } catch (error) {
    if (!(error instanceof ReactorError)) throw error;
    const shown = name ?? clip(JSON.stringify(written), 200);
    return {entry: {kind: 'unreadable', identifier: shown, reason: messageOf(error)}, atMs};
  }
}
