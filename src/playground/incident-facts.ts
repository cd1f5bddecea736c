/** Describes the state of an incident at a given time. Pure. */
import {showSpan} from '../base/text/show.ts';
import type {Incident} from '../memory/format/format.ts';
import type {Rules} from '../rules/rules.ts';

/** @param startMs the reference for relative times: "+10 min" */
export function incidentFacts(
  incident: Incident,
  rules: Rules,
  {startMs, nowMs}: {startMs: number; nowMs: number},
): string[] {
  const {state, attempts, lastRun, ack, gaveUp, flapping, inhibitedBy, closed, due, muted} = incident;
  const remediate = rules.byName.get(incident.rule)?.remediate;
  const at = (seconds: number) => sinceStart(seconds * 1000 - startMs);
  const cooldownMs = lastRun === undefined ? undefined : lastRun * 1000 + (remediate?.cooldownMs ?? 0);
  const isCooling = state !== 'closed' && cooldownMs !== undefined && cooldownMs > nowMs;
  return [
    ...(attempts === 0 ? [] : [attemptsOf(attempts, remediate?.attempts)]),
    ...(isCooling ? [`cooldown until ${sinceStart(cooldownMs - startMs)}`] : []),
    ...(gaveUp ? ['gave up'] : []),
    ...(flapping === undefined ? [] : ['flapping']),
    ...(ack === undefined ? [] : [`acknowledged (${at(ack.at)})`]),
    ...(inhibitedBy === undefined ? [] : [`inhibited by ${inhibitedBy.id}`]),
    ...(muted === undefined || muted.length === 0 ? [] : [`muted by ${muted.join(', ')}`]),
    ...(closed === undefined ? [] : [`closed at ${at(closed)}`]),
    ...(due === undefined || state === 'closed' ? [] : [`next timer at ${at(due)}`]),
  ];
}

function attemptsOf(attempts: number, max: number | undefined): string {
  return max === undefined
    ? `script started ${attempts === 1 ? 'once' : `${attempts} times`}`
    : `attempt ${attempts} of ${max}`;
}

/** "start", "+12 min" */
export function sinceStart(milliseconds: number): string {
  if (milliseconds < 1000) return 'start';
  return `+${showSpan(Math.round(milliseconds / 1000))}`;
}
