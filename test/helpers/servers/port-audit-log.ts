/**
 * The audit log of the fake Port API, `GET /v1/audit-log`: the newest `limit` entries of an interval, newest first,
 * without a cursor (port-docs, static/apispec.yaml). Tests can set what is not documented: whether the interval includes its
 * ends, the precision of times, and the key of the list.
 */
import {z} from 'zod';
import type {Change} from '../../../src/change/change.ts';
import type {Reply} from './http-server.ts';

type Json = Record<string, unknown>;

export class AuditLog {
  readonly entries: Json[] = [];
  key: 'audits' | 'auditLogs' = 'audits';
  ends: 'inclusive' | 'exclusive' = 'inclusive';
  /** Times are rounded down to a multiple of this before they are compared. */
  resolutionMs = 1;
  maxLimit = 10_000;

  record(...entries: Json[]): void {
    this.entries.push(...entries);
  }
}

let lastId = 0;

/** The audit log entry for this change. */
export function auditEntry(change: Change, parts: Json = {}): Json {
  const {action, blueprint, entity, title, team, at, by, origin, before, after} = change;
  const side = (snapshot: Change['before']) =>
    snapshot && {identifier: entity, title, blueprint, team: team.length === 0 ? null : team, ...snapshot};
  return {
    identifier: `event_${String(++lastId).padStart(16, '0')}`,
    action,
    resourceType: 'entity',
    status: 'SUCCESS',
    trigger: {at, by: {orgId: 'org_AAAABBBBCCCCDDDD', ...by}, origin: origin || 'API'},
    context: {blueprint, blueprintId: 'bp_1', entity, entityId: 'e_1'},
    ...(action === 'TIMER_EXPIRED' ? {} : {diff: {before: side(before), after: side(after)}}),
    additionalData: {},
    ...parts,
  };
}

const RESOURCES = ['blueprint', 'entity', 'run', 'webhook', 'scorecard', 'action', 'integration'] as const;
const PARTS = [
  ...(['action', 'context', 'diff', 'identifier', 'resourceType', 'status', 'trigger'] as const),
  ...(['additionalData', 'message'] as const),
];

const Query = z.strictObject({
  blueprint: z.array(z.string()).length(1).optional(),
  entity: z.array(z.string()).length(1).optional(),
  resources: z.array(z.enum(RESOURCES)).optional(),
  includes: z.array(z.enum(PARTS)).optional(),
  from: z.array(z.iso.datetime()).length(1).optional(),
  to: z.array(z.iso.datetime()).length(1).optional(),
  limit: z.array(z.coerce.number().int().positive()).length(1).optional(),
});

export function auditReply(log: AuditLog, query: URLSearchParams): Reply {
  const names = [...new Set(query.keys())];
  const parsed = Query.safeParse(Object.fromEntries(names.map(name => [name, query.getAll(name)])));
  if (!parsed.success) {
    return {status: 422, body: {ok: false, error: 'invalid_request', message: parsed.error.message}};
  }
  const {blueprint, entity, resources, includes, from, to, limit: [limit = 10_000] = []} = parsed.data;
  const found = log.entries.filter(entry => {
    const context = entry['context'] as Json | undefined;
    return (
      (blueprint === undefined || context?.['blueprint'] === blueprint[0]) &&
      (entity === undefined || context?.['entity'] === entity[0]) &&
      (resources === undefined || resources.includes(entry['resourceType'] as 'entity')) &&
      isWithin(log, timeOf(entry), {from: from?.[0], to: to?.[0]})
    );
  });
  const newestFirst = found.toReversed().toSorted((a, b) => timeOf(b) - timeOf(a));
  const audits = newestFirst.slice(0, Math.min(limit, log.maxLimit)).map(entry => only(entry, includes));
  return {status: 200, body: {ok: true, [log.key]: audits}};
}

function timeOf(entry: Json): number {
  return Date.parse(String((entry['trigger'] as Json | undefined)?.['at']));
}

interface Period {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function isWithin(log: AuditLog, atMs: number, {from, to}: Period): boolean {
  if (Number.isNaN(atMs)) return true;
  const cut = (ms: number) => Math.floor(ms / log.resolutionMs);
  const [at, first, last] = [atMs, Date.parse(from ?? '1970-01-01'), Date.parse(to ?? '9999-01-01')].map(cut);
  const [time, start, end] = [at ?? 0, first ?? 0, last ?? 0];
  return log.ends === 'inclusive' ? time >= start && time <= end : time > start && time < end;
}

function only(entry: Json, parts: readonly string[] | undefined): Json {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => parts === undefined || parts.includes(key)));
}
