/** Act: re-evaluates a match before its remediation starts, because minutes can pass between a change and its run. */

import type {Now} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import {showDuration} from '../../base/text/show.ts';
import type {Change} from '../../change/change.ts';
import type {PortClient} from '../../clients/port.ts';
import type {Match} from '../../decide/plan.ts';
import {type CurrentEntity, type MatchStatus, matchStatusOf} from './still-applies.ts';

export interface RecheckDeps {
  /** Undefined without credentials. */
  readonly port: PortClient | undefined;
  /** All changes of the run. */
  readonly changes?: readonly Change[];
  readonly now: Now;
}

/** `unchecked`: what was not checked and why, as a sentence. */
export interface Rechecked {
  readonly status: MatchStatus;
  readonly unchecked?: string;
}

export type Recheck = (match: Match) => Promise<Rechecked>;

/** The total time for requests to Port, for all remediations of a run. */
const BUDGET_MS = 20_000;
/** After a request that took longer, Port is not checks again. */
const HANG_MS = 5_000;
/** How long a result is reused. */
const FRESH_MS = 5_000;
/** How long a message waits for the results. */
const TIME_LIMIT_MS = 3_000;

/**
 * Created once for each run. Reads the entity from Port. If that fails, uses a later change of the run, and otherwise the event
 * itself.
 */
export function createRecheck({port, changes = [], now}: RecheckDeps): Recheck {
  const readEntity = createReadEntity(port, now);
  return keepFresh(now, async match => {
    const {change} = match;
    if (change.action === 'DELETE') return {status: {applies: true}};
    const read = await readEntity(change);
    if ('entity' in read) return {status: sourced(matchStatusOf(match, read), 'Port')};
    const later = lastChangeOf(change, changes);
    const status = later === undefined ? ({applies: true} as const) : matchStatusOf(match, stateAfter(later));
    return {status: sourced(status, 'a later change of this run'), unchecked: read.unchecked};
  });
}

/** Reuses a recent result for the same match. */
function keepFresh(now: Now, recheck: Recheck): Recheck {
  const checks = new Map<Match, {readonly answer: Promise<Rechecked>; at?: number}>();
  return match => {
    const known = checks.get(match);
    if (known !== undefined && (known.at === undefined || now() - known.at < FRESH_MS)) return known.answer;
    const fresh: {answer: Promise<Rechecked>; at?: number} = {answer: recheck(match)};
    checks.set(match, fresh);
    return fresh.answer.finally(() => {
      fresh.at = now();
    });
  };
}

/** The results that are available within a short time, in the order of the matches. A message must not wait for a slow Port. */
export async function checkBriefly(
  matches: readonly Match[],
  recheck: Recheck,
): Promise<ReadonlyMap<Match, Rechecked>> {
  const found = new Map<Match, Rechecked>();
  let isLate = false;
  const checkAll = async () => {
    for (const match of matches) if (!isLate) found.set(match, await recheck(match));
  };
  await within(TIME_LIMIT_MS, checkAll()).catch(() => {});
  isLate = true;
  return new Map(found);
}

function sourced(status: MatchStatus, source: string): MatchStatus {
  return 'outdated' in status ? {outdated: `${status.outdated}, according to ${source}`} : status;
}

type Read = CurrentEntity | {readonly unchecked: string};

function createReadEntity(port: PortClient | undefined, now: Now): (change: Change) => Promise<Read> {
  let leftMs = BUDGET_MS;
  let stop = port === undefined ? 'no Port credentials are set' : undefined;
  return async ({blueprint, entity}) => {
    if (port === undefined || stop !== undefined) return {unchecked: notRead(stop)};
    const startedAt = now();
    try {
      return (await within(leftMs, port.readEntity(blueprint, entity))) ?? {entity: null};
    } catch (error) {
      if (now() - startedAt >= HANG_MS) stop = 'Port did not answer an earlier request in time';
      return {unchecked: notRead(messageOf(error))};
    } finally {
      leftMs -= now() - startedAt;
      if (leftMs <= 0) stop ??= `the time for checks in Port is used up (${showDuration(BUDGET_MS)})`;
    }
  };
}

function notRead(why = ''): string {
  return `the entity was not read again from Port: ${why}`;
}

/**
 * Ignores the result of work that exceeds the time limit.
 * @throws {Error} if the work takes longer
 */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${showDuration(milliseconds)}`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The latest change of the entity after this one. If times are equal, the position in the list decides. */
function lastChangeOf(change: Change, changes: readonly Change[]): Change | undefined {
  const place = changes.indexOf(change);
  const isLater = (other: Change, index: number) => {
    const [own, its] = [Date.parse(change.at), Date.parse(other.at)];
    return its === own || Number.isNaN(its - own) ? index > place : its > own;
  };
  const later = changes.filter((other, index) => {
    const isSame = other !== change && other.blueprint === change.blueprint && other.entity === change.entity;
    return isSame && other.action !== 'TIMER_EXPIRED' && isLater(other, index);
  });
  return later.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || 0).at(-1);
}

function stateAfter({action, after, title, team, truncated = []}: Change): CurrentEntity {
  if (action === 'DELETE' || after === null) return {entity: null};
  return {entity: {title, team, ...after}, truncated};
}
