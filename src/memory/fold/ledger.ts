/** Memory: whether a change was already handled, by which run, and which work remains. Pure. */
import type {Rule} from '../../rules/rules.ts';
import type {Memory, Unfinished} from '../format/format.ts';
import {seconds} from './step.ts';
import {isDone, unfinishedIn, type WorkingShard} from './working-shards.ts';

/** If a run has not sent its message after this time, the next run that finds the entry sends it. */
const TODO_SECONDS = 15 * 60;
/** The time that a run needs before and after its script, in addition to the script's own timeout. */
const GRACE_SECONDS = 60;

export type LedgerEntryState =
  | {readonly kind: 'new'}
  | {readonly kind: 'duplicate' | 'superseded'}
  | {readonly kind: 'unfinished'; readonly entry: Unfinished};

/** An unfinished entry takes precedence over the horizon, because its work must be finished regardless of its age. */
export function ledgerStateOf(workingShard: WorkingShard, key: string, atMs: number): LedgerEntryState {
  if (isDone(workingShard, key)) return {kind: 'duplicate'};
  const entry = unfinishedIn(workingShard, key);
  if (entry !== undefined) return {kind: 'unfinished', entry};
  return atMs <= workingShard.memory.horizon * 1000 ? {kind: 'superseded'} : {kind: 'new'};
}

/** The run that reads the ledger. */
interface Reader {
  /** Seconds since the epoch. */
  readonly now: number;
  /** `<run id>/<attempt>` */
  readonly run: string;
}

/** Destinations that did not receive the message, and to which no other run is about to send it. */
export function unsentOf({notify = {}, t, run}: Unfinished, reader: Reader): string[] {
  const isAbandoned = isSameRun(run, reader.run) || reader.now - t >= TODO_SECONDS;
  return Object.entries(notify)
    .filter(([, state]) => state === 'failed' || (state === 'todo' && isAbandoned))
    .map(([destination]) => destination);
}

/**
 * The state of a script whose start was written, but whose outcome was not. A re-run starts only after the previous attempt has
 * ended, so the script of that attempt is no longer running.
 */
export function scriptIn({remediate, t, run}: Unfinished, rule: Rule, reader: Reader) {
  if (remediate !== 'started') return remediate ?? 'none';
  const timeout = seconds(rule.remediate?.timeoutMs ?? 0) + GRACE_SECONDS;
  return isSameRun(run, reader.run) || reader.now - t > timeout ? 'unknown' : 'at-work';
}

/** Run `123/1` and its re-run `123/2`. */
export function isSameRun(run: string, other: string): boolean {
  return run.split('/')[0] === other.split('/')[0];
}

/** The time of a change in the ledger: seconds, rounded up, so that the horizon covers it when the key is removed. */
export function ledgerTime(atMs: number): number {
  return Math.ceil(atMs / 1000);
}

/** Whether no work remains. */
export function isFinished({notify = {}, remediate}: Unfinished): boolean {
  return Object.values(notify).every(state => state === 'done') && (remediate === undefined || remediate === 'done');
}

/** Moves finished entries to the ledger. */
export function moveFinishedToLedger(memory: Memory): Memory {
  const finished = Object.entries(memory.unfinished).filter(([, entry]) => isFinished(entry));
  if (finished.length === 0) return memory;
  const keys = new Set(finished.map(([key]) => key));
  return {
    ...memory,
    unfinished: Object.fromEntries(Object.entries(memory.unfinished).filter(([key]) => !keys.has(key))),
    done: {...memory.done, ...Object.fromEntries(finished.map(([key, {at, t}]) => [key, at ?? t]))},
  };
}
