/** Reads Port's audit log into a recording. */
import {createHash} from 'node:crypto';
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';
import {type CachedAudit, fillCache} from '../../backtest/audit-cache.ts';
import type {Problem} from '../../base/errors.ts';
import {createPortCall} from '../../clients/port-call.ts';
import type {Rules} from '../../rules/rules.ts';
import {readPortEnv} from '../shared/env/port-env.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';

export interface AuditRequest {
  readonly rules: readonly Rules[];
  readonly fromMs: number;
  readonly toMs: number;
  /** The cache file that the user named. */
  readonly cache?: string | undefined;
}

export interface AuditSource extends CachedAudit {
  readonly file: string;
}

/** @throws {UsageError} without credentials @throws {PortError} @throws {NetworkError} */
export async function readAudit({rules, fromMs, toMs, cache}: AuditRequest, world: CliWorld): Promise<AuditSource> {
  const problems: Problem[] = [];
  const credentials = readPortEnv(world.env, problems);
  if (problems.length > 0) {
    const other = {message: 'or pass a recording: port-reactor backtest changes.ndjson'};
    throw new UsageError('backtest', [...problems, other]);
  }
  const blueprints = [...new Set(rules.flatMap(one => [...one.byBlueprint.keys()]))].toSorted();
  const identity = JSON.stringify([credentials.apiUrl, credentials.clientId, blueprints]);
  const name = `audit-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}.ndjson`;
  const file = cache === undefined ? join(cacheFolder(world.env), name) : resolve(world.cwd, cache);
  const filled = await fillCache(createPortCall(credentials, world), file, {blueprints, fromMs, toMs});
  return {...filled, file};
}

/** @see https://specifications.freedesktop.org/basedir-spec/latest */
function cacheFolder(env: CliWorld['env']): string {
  const base = env['XDG_CACHE_HOME']?.trim() || join(env['HOME']?.trim() || homedir(), '.cache');
  return join(base, 'port-reactor');
}
