import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {PayloadError} from '../../src/base/errors.ts';
import {fetch} from '../../src/base/http/fetch.ts';
import {type AuditEntry, type AuditQuery, readAuditLog} from '../../src/clients/audit-log.ts';
import {createPortCall} from '../../src/clients/port-call.ts';
import {PortError} from '../../src/clients/port-error.ts';
import {AuditLog, auditEntry, auditReply} from '../helpers/servers/port-audit-log.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';
import {aChange} from '../helpers/values/a-change.ts';

const START = Date.parse('2026-11-28T10:00:00.000Z');
const DAY = {blueprint: 'deploymentConfig', fromMs: START, toMs: START + 86_400_000};

let port: PortServer;

beforeEach(async () => {
  port = await startPortServer();
});
afterEach(() => port.close());

async function read(query: Partial<AuditQuery> = {}): Promise<AuditEntry[]> {
  const call = createPortCall(port.credentials, {fetch, sleep: async () => {}});
  return collect(readAuditLog(call, {...DAY, ...query}));
}

async function collect(entries: AsyncIterable<AuditEntry>): Promise<AuditEntry[]> {
  const collected: AuditEntry[] = [];
  for await (const entry of entries) collected.push(entry);
  return collected;
}

function entryAt(ms: number, parts: Record<string, unknown> = {}): Record<string, unknown> {
  return auditEntry(aChange({at: new Date(ms).toISOString()}), parts);
}

function identifiers(entries: readonly (AuditEntry | Record<string, unknown>)[]): unknown[] {
  return entries.map(entry => (entry as AuditEntry).identifier);
}

test('returns changes from the oldest to the newest, with both sides and the source', async () => {
  port.audit.record(entryAt(START + 2), entryAt(START + 1), entryAt(START + 1));
  const [late, first, second] = port.audit.entries;
  const entries = await read();
  expect(identifiers(entries)).toEqual([first, second, late].map(entry => entry?.['identifier']));
  expect(entries[0]).toMatchObject({kind: 'change', change: {source: 'audit', entity: aChange().entity}});
  expect(entries[0]?.kind === 'change' && entries[0].change.after).toEqual(aChange().after);
});

test('includes both ends of the window, and nothing outside it', async () => {
  port.audit.record(...[-1, 0, 86_400_000, 86_400_001].map(ms => entryAt(START + ms)));
  port.audit.ends = 'exclusive';
  expect(identifiers(await read())).toEqual(identifiers(port.audit.entries.slice(1, 3)));
});

test('requests only entities of the blueprint, with their differences', async () => {
  port.audit.record(auditEntry(aChange({blueprint: 'database', at: '2026-11-28T12:00:00Z'})));
  expect(await read()).toEqual([]);
  const query = port.requests.at(-1)?.query;
  expect(query?.get('blueprint')).toBe('deploymentConfig');
  expect(query?.getAll('includes')).toContain('diff');
  expect(query?.get('limit')).toBe('10000');
});

test('ignores entries of other blueprints from a server that does not filter', async () => {
  port.replyAll = ({path}) => (path === '/v1/audit-log' ? {status: 200, body: {audits: [other]}} : undefined);
  const other = auditEntry(aChange({blueprint: 'database', at: '2026-11-28T12:00:00Z'}));
  expect(await read()).toEqual([]);
});

test('sends no request before the first entry is read', () => {
  const call = createPortCall(port.credentials, {fetch, sleep: async () => {}});
  expect(readAuditLog(call, DAY)).toBeDefined();
  expect(port.requests).toEqual([]);
});

describe('a server with an unknown limit', () => {
  test.each([10, 64])('of %d entries per answer loses no entry', async maxLimit => {
    port.audit.record(...Array.from({length: 150}, (_, n) => entryAt(START + n * 250_000)));
    port.audit.maxLimit = maxLimit;
    const entries = await read();
    expect(identifiers(entries)).toEqual(identifiers(port.audit.entries));
  });

  test('costs one request for few entries, and one more for many', async () => {
    port.audit.record(...Array.from({length: 9}, (_, n) => entryAt(START + 1 + n * 50_000)));
    await read();
    const few = port.requests.filter(({path}) => path === '/v1/audit-log').length;
    port.audit.record(entryAt(START + 10 * 50_000));
    await read();
    expect([few, port.requests.filter(({path}) => path === '/v1/audit-log').length - few]).toEqual([1, 2]);
  });
});

describe('a full response', () => {
  test('is requested again in halves, until no response is full', async () => {
    port.audit.record(...Array.from({length: 2_500}, (_, n) => entryAt(START + n * 30_000)));
    const entries = await read({limit: 1_000});
    expect(identifiers(entries)).toEqual(identifiers(port.audit.entries));
    expect(port.calls).toHaveLength(7); // the day, its halves and its quarters
  });

  test('for any server returns every entry of the window once, in order', async () => {
    const log = fc.record({
      ends: fc.constantFrom('inclusive' as const, 'exclusive' as const),
      key: fc.constantFrom('audits' as const, 'auditLogs' as const),
      offsets: fc.array(fc.integer({min: -50_000, max: 150_000}), {maxLength: 40}),
      limit: fc.integer({min: 8, max: 12}),
    });
    await fc.assert(
      fc.asyncProperty(log, async ({ends, key, offsets, limit}) => {
        const audit = Object.assign(new AuditLog(), {ends, key});
        // At most so many entries per millisecond that three adjacent milliseconds fit into one answer.
        const times = [...new Set(offsets.map(offset => START + offset * 4))];
        audit.record(...times.map(time => entryAt(time)));
        const call = async ({route}: {route: string}) =>
          auditReply(audit, new URL(route, 'http://localhost').searchParams).body;
        const window = {fromMs: START, toMs: START + 400_000};
        const entries = await collect(readAuditLog(call, {...DAY, ...window, limit}));
        const inside = times.filter(time => time >= window.fromMs && time <= window.toMs);
        const expected = inside.toSorted((a, b) => a - b).map(time => new Date(time).toISOString());
        expect(entries.map(entry => entry.kind === 'change' && entry.change.at)).toEqual(expected);
      }),
    );
  });

  test('from a server that compares whole seconds hides no entry', async () => {
    Object.assign(port.audit, {resolutionMs: 1000, ends: 'exclusive'});
    port.audit.record(...Array.from({length: 40}, (_, n) => entryAt(START + n * 700)));
    expect(identifiers(await read({limit: 10}))).toEqual(identifiers(port.audit.entries));
  });

  test('that cannot be halved is an error, because entries can be missing', async () => {
    port.audit.record(...Array.from({length: 10}, () => entryAt(START + 7_777)));
    await expect(read({limit: 10})).rejects.toThrow(PayloadError);
    await expect(read({limit: 10})).rejects.toThrow(
      /has 10 or more entries of blueprint "deploymentConfig" at 2026-11/,
    );
  });
});

describe('an entry that is not a readable change', () => {
  test('is returned once as unreadable, with the reason', async () => {
    const {trigger: _, ...undated} = entryAt(START);
    port.audit.record(
      entryAt(START + 1_000, {context: {blueprint: 'deploymentConfig'}}),
      entryAt(START + 80_000_000, {diff: null}),
      undated,
      entryAt(START + 86_000_000),
    );
    const entries = await read({limit: 4}); // so that the halves of the interval overlap
    expect(entries.map(({kind}) => kind).toSorted()).toEqual(['change', 'unreadable', 'unreadable', 'unreadable']);
    const reasons = entries.flatMap(entry => (entry.kind === 'unreadable' ? [entry.reason] : []));
    expect(reasons.toSorted()).toEqual([
      expect.stringMatching(/^context\.entity: /),
      expect.stringMatching(/^diff\.after: .* but is null/),
      expect.stringMatching(/^trigger\.at: must be an ISO 8601 time, but is missing/),
    ]);
  });

  test.each([
    ['a failed attempt', {status: 'FAILURE'}, /a failed attempt/],
    ['a run', {resourceType: 'run'}, /an event about a run/],
  ])('%s is not a change', async (_, parts, reason) => {
    port.replyAll = ({path}) => (path === '/v1/audit-log' ? {status: 200, body: {audits: [entry]}} : undefined);
    const entry = entryAt(START + 1, parts);
    expect(await read()).toEqual([
      expect.objectContaining({kind: 'not-a-change', reason: expect.stringMatching(reason)}),
    ]);
  });

  test('that is not an object is unreadable', async () => {
    port.replyAll = ({path}) => (path === '/v1/audit-log' ? {status: 200, body: {audits: [null]}} : undefined);
    expect(await read()).toEqual([expect.objectContaining({kind: 'unreadable'})]);
  });
});

test('marks a number that JavaScript cannot represent, so that no rule decides by it', async () => {
  const entry = JSON.stringify(entryAt(START + 1)).replaceAll('"Degraded"', '12345678901234567890');
  port.replyAll = ({path}) => (path === '/v1/audit-log' ? {status: 200, body: `{"audits":[${entry}]}`} : undefined);
  expect(await read()).toMatchObject([{kind: 'change', change: {truncated: ['after.properties.healthStatus']}}]);
});

describe('failures', () => {
  test('a temporary failure is retried, and an expired token is renewed', async () => {
    port.audit.record(entryAt(START + 1));
    await read();
    port.expireToken();
    for (const reply of [{status: 429}, {status: 503}, 'cut'] as const) port.replyNext('GET /v1/audit-log', reply);
    expect(await read()).toHaveLength(1);
  });

  test('504 means that the window was too large, and its halves are requested', async () => {
    port.audit.record(entryAt(START + 1), entryAt(START + 86_000_000));
    for (let n = 0; n < 3; n++) port.replyNext('GET /v1/audit-log', {status: 504});
    expect(await read()).toHaveLength(2);
  });

  test('explains a refusal and the fix', async () => {
    port.replyNext('GET /v1/audit-log', {status: 403, body: {ok: false, error: 'forbidden'}});
    await expect(read()).rejects.toThrow(PortError);
    port.replyNext('GET /v1/audit-log', {status: 403, body: {ok: false, error: 'forbidden'}});
    await expect(read()).rejects.toThrow(/Use those of an administrator/);
  });

  test('a response without a list is an error, not an empty log', async () => {
    port.replyNext('GET /v1/audit-log', {status: 200, body: {ok: true}});
    await expect(read()).rejects.toThrow(/^audits: must be a list of entries/);
  });
});
