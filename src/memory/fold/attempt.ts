/** Memory: whether a script may start: cooldown, attempts, and what else stands against it. Pure. */
import type {Incident} from '../format/format.ts';
import {audienceOf, type Effect, type FoldStep, type StepFacts, seconds} from './step.ts';

interface Attempted extends FoldStep {
  readonly incident: Incident;
}

/**
 * Starts the rule's script or hands over to its job, or says why not. One attempt too many is reported once.
 * @param due when the timer was due that asks for it; absent if a change does
 */
export function attempt(incident: Incident, facts: StepFacts, due?: number): Attempted {
  const {rule, now, stopsScripts, inhibitedBy} = facts;
  const {remediate} = rule;
  const started = {...incident};
  delete started.verifyAt;
  delete started.retryAt;
  if (remediate === undefined) return {incident: started, effects: []};
  if (stopsScripts) return {incident: started, effects: [skip('muted')]};
  if (inhibitedBy !== undefined) return {incident: started, effects: [skip('inhibited')]};
  if (remediate.attempts !== undefined && incident.attempts >= remediate.attempts) return giveUp(started, facts, due);
  const ready = readyAt(incident, facts);
  if (now < ready)
    return {incident: {...started, ...timerWithin(incident, facts, ready)}, effects: [skip('cooldown', ready)]};
  const {verifyMs} = remediate;
  return {
    incident: {
      ...started,
      attempts: incident.attempts + 1,
      lastRun: now,
      ...(verifyMs === undefined ? {} : {verifyAt: now + seconds(verifyMs)}),
    },
    effects: [{kind: 'run', attempt: incident.attempts + 1, ...dueAt(due)}],
  };
}

/** When the cooldown of the last script is over. */
function readyAt({lastRun}: Incident, {rule}: StepFacts): number {
  return lastRun === undefined ? 0 : lastRun + seconds(rule.remediate?.cooldownMs ?? 0);
}

/** With `verify` the last script is looked at first, if it is not too late for that; then the next attempt follows. */
function timerWithin({lastRun = 0}: Incident, {rule, now}: StepFacts, ready: number): Partial<Incident> {
  const verifyMs = rule.remediate?.verifyMs;
  if (verifyMs === undefined) return {};
  const verifyAt = lastRun + seconds(verifyMs);
  return verifyAt > now ? {verifyAt} : {retryAt: ready};
}

function giveUp(incident: Incident, {rule, muted}: StepFacts, due: number | undefined): Attempted {
  if (incident.gaveUp === true) return {incident, effects: [skip('attempts')]};
  const to = rule.notify === undefined ? [] : audienceOf(incident);
  const effect: Effect = muted.length > 0 ? skip('muted') : {kind: 'notify', topic: 'gave-up', to, ...dueAt(due)};
  return {incident: {...incident, gaveUp: true}, effects: [effect]};
}

function skip(why: 'muted' | 'inhibited' | 'cooldown' | 'attempts', until?: number): Effect {
  return {kind: 'note', why, instead: 'remediation', ...(until === undefined ? {} : {until})};
}

export function dueAt(due: number | undefined): {due?: number} {
  return due === undefined ? {} : {due};
}
