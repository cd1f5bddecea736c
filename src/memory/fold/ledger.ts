/** Memory: whether a change was handled before, by whom, and what is left to be done about it. Pure. */
import type {Rule} from '../../rules/rules.ts';
import type {Memory, Unfinished} from '../format/format.ts';
import {type Drawer, isDone, unfinishedIn} from './shelf.ts';
import {seconds} from './step.ts';

/** A message that another run meant to send and has not after this long is sent by whoever finds it. */
const TODO_SECONDS = 15 * 60;
/** Added to the script's own timeout: a run needs some time around it. */
const GRACE_SECONDS = 60;

export type LedgerEntryState =
  | {readonly kind: 'new'}
  | {readonly kind: 'duplicate' | 'superseded'}
  | {readonly kind: 'unfinished'; readonly entry: Unfinished};

/** What an earlier run is known to have begun comes before the horizon: it must be finished however old it is. */
export function ledgerStateOf(drawer: Drawer, key: string, atMs: number): LedgerEntryState {
  if (isDone(drawer, key)) return {kind: 'duplicate'};
  const entry = unfinishedIn(drawer, key);
  if (entry !== undefined) return {kind: 'unfinished', entry};
  return atMs <= drawer.memory.horizon * 1000 ? {kind: 'superseded'} : {kind: 'new'};
}

/** Destinations that have not got the message, and that no other run is about to send it to. */
export function unsentOf({notify = {}, t, run}: Unfinished, now: number, ownRun: string): string[] {
  const isAbandoned = isSameRun(run, ownRun) || now - t >= TODO_SECONDS;
  return Object.entries(notify)
    .filter(([, state]) => state === 'failed' || (state === 'todo' && isAbandoned))
    .map(([destination]) => destination);
}

/**
 * What is known about a script that was started and of which no outcome was written. A re-run exists only once the run
 * before it has ended, so its script is not at work any more.
 */
export function scriptIn({remediate, t, run}: Unfinished, rule: Rule, now: number, ownRun: string) {
  if (remediate !== 'started') return remediate ?? 'none';
  const timeout = seconds(rule.remediate?.timeoutMs ?? 0) + GRACE_SECONDS;
  return isSameRun(run, ownRun) || now - t > timeout ? 'unknown' : 'at-work';
}

/** Run `123/1` and its re-run `123/2`. */
export function isSameRun(run: string, other: string): boolean {
  return run.split('/')[0] === other.split('/')[0];
}

/** The ledger's value for a change: seconds, rounded up, so that the horizon covers it when the key is dropped. */
export function ledgerTime(atMs: number): number {
  return Math.ceil(atMs / 1000);
}

/** Whether nothing is left to be done. */
export function isFinished({notify = {}, remediate}: Unfinished): boolean {
  return Object.values(notify).every(state => state === 'done') && (remediate === undefined || remediate === 'done');
}

/** Moves what is finished to the ledger. */
export function fileFinished(memory: Memory): Memory {
  const finished = Object.entries(memory.unfinished).filter(([, entry]) => isFinished(entry));
  if (finished.length === 0) return memory;
  const keys = new Set(finished.map(([key]) => key));
  return {
    ...memory,
    unfinished: Object.fromEntries(Object.entries(memory.unfinished).filter(([key]) => !keys.has(key))),
    done: {...memory.done, ...Object.fromEntries(finished.map(([key, {at, t}]) => [key, at ?? t]))},
  };
}
