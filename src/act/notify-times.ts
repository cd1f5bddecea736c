/** Act: how long it took from the change in Port to Slack's answer, hop by hop. Pure. */
import {showDuration} from '../base/text.ts';
import {rememberedOf} from '../memory/remembered.ts';
import type {NotifyTimes, Outcome} from './outcome.ts';

export interface RunTimes {
  /** ISO 8601. */
  readonly receivedAt?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
}

/** The outcomes, with the times of each message about a change that was sent. Timers of the memory have no change. */
export function withTimes(outcomes: readonly Outcome[], run: RunTimes): Outcome[] {
  return outcomes.map(outcome => {
    const times = timesOf(outcome, run);
    return times === undefined ? outcome : {...outcome, times};
  });
}

function timesOf({kind, status, answeredMs, match}: Outcome, run: RunTimes): NotifyTimes | undefined {
  const atMs = Date.parse(match.change.at);
  const isByClock = rememberedOf(match)?.notify?.byClock === true;
  if (kind !== 'notification' || status !== 'done' || answeredMs === undefined) return undefined;
  if (isByClock || Number.isNaN(atMs)) return undefined;
  const receivedMs = Date.parse(run.receivedAt ?? '');
  return {
    // The time is that of the first change of the dispatch: a later one was not received before it happened.
    ...(Number.isNaN(receivedMs) ? {} : {relay: toIso(Math.max(receivedMs, atMs))}),
    started: toIso(run.startedMs),
    answered: toIso(answeredMs),
    totalMs: answeredMs - atMs,
  };
}

/** `4.2 s after the change: relay 0.3 s, GitHub 3.1 s, action and Slack 0.8 s`. Clocks differ: a hop can be negative. */
export function describeTimes({relay, started, answered, totalMs}: NotifyTimes): string {
  const atMs = Date.parse(answered) - totalMs;
  const [relayMs, startedMs] = [relay === undefined ? atMs : Date.parse(relay), Date.parse(started)];
  const hops = [
    ...(relay === undefined ? [] : [`relay ${show(relayMs - atMs)}`]),
    `${relay === undefined ? 'until the action started' : 'GitHub'} ${show(startedMs - relayMs)}`,
    `action and Slack ${show(Date.parse(answered) - startedMs)}`,
  ];
  return `${show(totalMs)} after the change: ${hops.join(', ')}`;
}

function show(ms: number): string {
  return ms < 0 ? `-${showDuration(-ms)}` : showDuration(ms);
}

function toIso(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
