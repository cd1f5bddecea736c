/**
 * Backtest: caches Port's audit log in a file, as a recording with one change per line. The next backtest fetches only newer
 * entries. `<file>.json` next to it describes the content.
 */
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {dirname} from 'node:path';
import * as z from 'zod/mini';
import {ConfigError, messageOf} from '../base/errors.ts';
import {parseOrUndefined} from '../base/json.ts';
import {readAuditLog} from '../clients/audit-log.ts';
import type {CallPort} from '../clients/port-call.ts';

export interface AuditWindow {
  /** The blueprints that the rules watch. */
  readonly blueprints: readonly string[];
  /** Milliseconds since the epoch, both inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CachedAudit {
  /** The number of entries that can't be read. */
  readonly unreadable: number;
  /** The number of entries that are not changes of an entity. */
  readonly others: number;
  /** The number of entries that this call fetched from Port. */
  readonly fetched: number;
}

const Facts = z.object({
  version: z.literal(1),
  blueprints: z.array(z.string()),
  fromMs: z.number(),
  toMs: z.number(),
  /** The number of valid bytes. An interrupted run can have written more. */
  bytes: z.number(),
  unreadable: z.number(),
  others: z.number(),
});
type Facts = z.infer<typeof Facts>;

/**
 * Fetches entries until the file covers the window. It contains catalog data, so only its owner can read it.
 * @throws {PortError}
 * @throws {NetworkError}
 * @throws {ConfigError} if the file can't be written
 */
export async function fillCache(call: CallPort, file: string, window: AuditWindow): Promise<CachedAudit> {
  const known = readFacts(file);
  const coversStart =
    known !== undefined &&
    window.blueprints.every(name => known.blueprints.includes(name)) &&
    known.fromMs <= window.fromMs &&
    window.fromMs <= known.toMs;
  if (coversStart && window.toMs <= known.toMs) return {...known, fetched: 0};
  const facts = coversStart ? known : emptyFacts(window);
  const fromMs = coversStart ? known.toMs + 1 : window.fromMs;
  prepare(file, facts.bytes);
  const added = await append(call, file, {...window, blueprints: facts.blueprints, fromMs});
  const next: Facts = {
    ...facts,
    toMs: window.toMs,
    bytes: statSync(file).size,
    unreadable: facts.unreadable + added.unreadable,
    others: facts.others + added.others,
  };
  writeFileSync(`${file}.json.part`, JSON.stringify(next), {mode: 0o600});
  renameSync(`${file}.json.part`, `${file}.json`);
  return {...next, fetched: added.fetched};
}

function emptyFacts({blueprints, fromMs, toMs}: AuditWindow): Facts {
  return {version: 1, blueprints: [...blueprints], fromMs, toMs, bytes: 0, unreadable: 0, others: 0};
}

/** Undefined if the cache does not exist or can't be used. */
function readFacts(file: string): Facts | undefined {
  try {
    const facts = Facts.safeParse(parseOrUndefined(readFileSync(`${file}.json`, 'utf8')));
    return facts.success && statSync(file).size >= facts.data.bytes ? facts.data : undefined;
  } catch {
    return undefined;
  }
}

function prepare(file: string, bytes: number): void {
  try {
    mkdirSync(dirname(file), {recursive: true});
    appendFileSync(file, '', {mode: 0o600});
    truncateSync(file, bytes);
  } catch (error) {
    throw new ConfigError(`The audit log can't be saved in ${file}: ${messageOf(error)}.`, [
      {message: 'Set another file with --cache.'},
    ]);
  }
}

async function append(call: CallPort, file: string, {blueprints, fromMs, toMs}: AuditWindow): Promise<CachedAudit> {
  const counts = {unreadable: 0, others: 0, fetched: 0};
  const output = openSync(file, 'a');
  try {
    for (const blueprint of blueprints) {
      for await (const entry of readAuditLog(call, {blueprint, fromMs, toMs})) {
        counts.fetched += 1;
        if (entry.kind === 'change') writeSync(output, `${JSON.stringify(entry.change)}\n`);
        else if (entry.kind === 'unreadable') counts.unreadable += 1;
        else counts.others += 1;
      }
    }
  } finally {
    closeSync(output);
  }
  return counts;
}
