/** Memory: whether a script can start: cooldown, attempts, mutes and inhibition. Pure. */
import type {Incident} from '../format/format.ts';
import {audienceOf, type Effect, type FoldStep, type StepFacts, seconds} from './step.ts';

interface Attempted extends FoldStep {
  readonly incident: Incident;
}

/**
 * Starts the rule's script or hands over to its job, or notes the reason against it. The end of the attempts is reported once.
 */
export function attempt(incident: Incident, facts: StepFacts): Attempted {
  const {rule, now, stopsScripts, inhibitedBy} = facts;
  const {remediate} = rule;
  const started = {...incident};
  delete started.verifyAt;
  delete started.retryAt;
  if (remediate === undefined) return {incident: started, effects: []};
  if (stopsScripts) return {incident: started, effects: [skip('muted')]};
  if (inhibitedBy !== undefined) return {incident: started, effects: [skip('inhibited')]};
  if (remediate.attempts !== undefined && incident.attempts >= remediate.attempts) return giveUp(started, facts);
  const ready = readyAt(incident, facts);
  if (now < ready)
    return {incident: {...started, ...nextAttemptTimer(incident, facts, ready)}, effects: [skip('cooldown', ready)]};
  const {verifyMs} = remediate;
  return {
    incident: {
      ...started,
      attempts: incident.attempts + 1,
      lastRun: now,
      ...(verifyMs === undefined ? {} : {verifyAt: now + seconds(verifyMs)}),
    },
    effects: [{kind: 'run', attempt: incident.attempts + 1, ...dueIn(facts)}],
  };
}

/** When the cooldown of the last script ends. */
function readyAt({lastRun}: Incident, {rule}: StepFacts): number {
  return lastRun === undefined ? 0 : lastRun + seconds(rule.remediate?.cooldownMs ?? 0);
}

/**
 * The timer that leads to the next attempt: the verification of the last script if it has not happened yet, otherwise the end
 * of the cooldown.
 */
function nextAttemptTimer({lastRun = 0}: Incident, {rule, now}: StepFacts, ready: number): Partial<Incident> {
  const verifyMs = rule.remediate?.verifyMs;
  if (verifyMs === undefined) return {};
  const verifyAt = lastRun + seconds(verifyMs);
  return verifyAt > now ? {verifyAt} : {retryAt: ready};
}

function giveUp(incident: Incident, facts: StepFacts): Attempted {
  const {rule, muted} = facts;
  if (incident.gaveUp === true) return {incident, effects: [skip('attempts')]};
  const to = rule.notify === undefined ? [] : audienceOf(incident);
  const effect: Effect = muted.length > 0 ? skip('muted') : {kind: 'notify', topic: 'gave-up', to, ...dueIn(facts)};
  return {incident: {...incident, gaveUp: true}, effects: [effect]};
}

function skip(why: 'muted' | 'inhibited' | 'cooldown' | 'attempts', until?: number): Effect {
  return {kind: 'note', why, instead: 'remediation', ...(until === undefined ? {} : {until})};
}

/** The part of an effect that identifies the timer that caused it. */
export function dueIn({due}: StepFacts): {due?: number} {
  return due === undefined ? {} : {due};
}
