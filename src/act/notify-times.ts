/** Act: the time from the change in Port to Slack's response, hop by hop. Pure. */
import {showDuration} from '../base/text/show.ts';
import type {RunCreated} from '../clients/github/run-created.ts';
import type {Match} from '../decide/plan.ts';
import {rememberedOf} from '../memory/remembered.ts';
import {hopsOf, MOMENTS, momentWord} from './hops.ts';
import type {NotifyTimes, Outcome} from './outcome.ts';

export interface RunTimes {
  /** ISO 8601. */
  readonly receivedAt?: string | undefined;
  readonly runCreated: RunCreated;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
}

/** Whether a message about the match has times. A message that a timer of the memory caused has none. */
export function isTimed(match: Match): boolean {
  return changedAtMs(match) !== undefined;
}

/** The outcomes, with the times of each sent message about a change. */
export function withTimes(outcomes: readonly Outcome[], run: RunTimes): Outcome[] {
  return outcomes.map(outcome => {
    const times = timesOf(outcome, run);
    return times === undefined ? outcome : {...outcome, times};
  });
}

/** Undefined if a timer of the memory caused the message. */
function changedAtMs(match: Match): number | undefined {
  const atMs = Date.parse(match.change.at);
  const isByClock = rememberedOf(match)?.notify?.byClock === true;
  return isByClock || Number.isNaN(atMs) ? undefined : atMs;
}

function timesOf({kind, status, answeredMs, match}: Outcome, run: RunTimes): NotifyTimes | undefined {
  const atMs = changedAtMs(match);
  if (kind !== 'notification' || status !== 'done' || answeredMs === undefined) return undefined;
  if (atMs === undefined) return undefined;
  const receivedMs = Date.parse(run.receivedAt ?? '');
  return {
    // The relay's time is that of the dispatch's first change. A later change cannot have been received before it happened.
    ...(Number.isNaN(receivedMs) ? {} : {relay: toIso(Math.max(receivedMs, atMs))}),
    ...createdOf(run.runCreated),
    started: toIso(run.startedMs),
    answered: toIso(answeredMs),
    totalMs: answeredMs - atMs,
  };
}

function createdOf(run: RunCreated): Pick<NotifyTimes, 'runCreated' | 'runCreatedUnknown' | 'rerun'> {
  if ('unknown' in run) return {runCreated: null, runCreatedUnknown: run.unknown};
  return {runCreated: run.created, ...(run.rerun === undefined ? {} : {rerun: run.rerun})};
}

/**
 * `22 s after the change: relay 0.4 s, run created 1.0 s, job started 19 s, Slack 1.5 s`. A dash means that a time is unknown.
 */
export function describeTimes(times: NotifyTimes): string {
  const took = new Map(hopsOf(times).map(({to, ms}) => [to, showDuration(ms)]));
  if (times.runCreated === null) took.set('runCreated', '–');
  const hops = MOMENTS.flatMap(moment => (took.has(moment) ? [`${momentWord(moment)} ${took.get(moment)}`] : []));
  return `${showDuration(times.totalMs)} after the change: ${hops.join(', ')}`;
}

function toIso(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
