/** Act: outcomes → the facts that the incident memory stores. Pure. */
import {rememberedOf} from '../memory/remembered.ts';
import type {Settled} from '../memory/settle.ts';
import type {Outcome} from './outcome.ts';

/** @param nowMs milliseconds since the epoch */
export function settledOf(outcomes: readonly Outcome[], nowMs: number): Settled[] {
  return outcomes.flatMap(outcome => (outcome.isExtra ? [] : settle(outcome, Math.floor(nowMs / 1000))));
}

function settle({match, kind, status, destination, isSuppressed, isUnstarted, posted}: Outcome, at: number): Settled[] {
  const {notify, run} = rememberedOf(match) ?? {};
  if (isSuppressed || status === 'planned') return [];
  if (kind === 'notification') {
    if (notify === undefined || destination === undefined) return [];
    const {shard, key, incident} = notify;
    const done = status === 'done' ? 'done' : 'failed';
    return [{kind: 'message', shard, key, incident: incident?.id, destination, status: done, at, ...posted}];
  }
  if (run === undefined) return [];
  const {shard, key, rule, change, attempt, before} = run;
  const lastRun = before?.lastRun === undefined ? {} : {lastRun: before.lastRun};
  const unstarted = {rule: rule.name, blueprint: change.blueprint, entity: change.entity, attempt, ...lastRun};
  // A script that is no longer needed also counts as done.
  const done = status === 'failed' ? 'failed' : 'done';
  return [{kind: 'script', shard, key, status: done, ...(isUnstarted ? {unstarted} : {})}];
}
