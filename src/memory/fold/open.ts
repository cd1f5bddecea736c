/** Memory: opens and closes an incident: which destinations receive a message, and whether its script starts. Pure. */

import type {Incident} from '../format/format.ts';
import {attempt, dueIn} from './attempt.ts';
import {audienceOf, type Effect, type FoldStep, type StepFacts, without} from './step.ts';
import {addTurn, secondsOpen} from './turns.ts';

export function open(incident: Incident, facts: StepFacts): FoldStep {
  const {rule, at, inhibitedBy, destinations} = facts;
  const known = audienceOf(incident);
  const turned: Incident = {
    ...addTurn(without(incident, 'muted', 'inhibitedBy'), rule, {at, isOpening: true}),
    state: 'open',
  };
  if (turned.flapping !== undefined) return openFlapping(incident, turned, facts);
  if (inhibitedBy !== undefined) {
    return {
      incident: {...turned, route: [...destinations], inhibitedBy},
      effects: [skip('inhibited'), skip('inhibited', 'remediation')],
    };
  }
  const announced = announce(turned, facts, known);
  const tried = attempt(announced.incident, facts);
  return {incident: tried.incident, effects: [...announced.effects, ...tried.effects]};
}

/**
 * The first message of an incident or of its reopening, unless the incident is muted.
 * @param known the destinations of earlier messages
 */
export function announce(incident: Incident, facts: StepFacts, known: readonly string[]) {
  const {muted, destinations, rule} = facts;
  if (rule.notify === undefined) return {incident, effects: []};
  const to = [...new Set([...known, ...destinations])];
  if (muted.length > 0) return {incident: {...incident, route: to, muted: [...muted]}, effects: [skip('muted')]};
  const effect: Effect = {kind: 'notify', topic: known.length === 0 ? 'firing' : 'reopened', to, ...dueIn(facts)};
  return {incident: {...without(incident, 'muted', 'inhibitedBy'), route: to}, effects: [effect]};
}

function openFlapping(before: Incident, incident: Incident, facts: StepFacts): FoldStep {
  const to = [...new Set([...audienceOf(before), ...facts.destinations])];
  const notice = flappingNotice(before, to, facts);
  const isSent = notice.some(({kind}) => kind === 'notify');
  return {
    incident: isSent ? {...incident, route: to} : incident,
    effects: [...notice, skip('flapping', 'remediation')],
  };
}

/** One message when flapping starts. Further messages are suppressed while it continues. */
function flappingNotice(before: Incident, to: readonly string[], facts: StepFacts): Effect[] {
  const {rule, muted} = facts;
  if (before.flapping !== undefined || rule.notify === undefined) return [skip('flapping')];
  return muted.length > 0 ? [skip('muted')] : [{kind: 'notify', topic: 'flapping', to, ...dueIn(facts)}];
}

interface Closing {
  /** When the incident ended, in seconds since the epoch. */
  readonly closed: number;
  readonly topic: 'recovered' | 'deleted';
}

export function close(incident: Incident, facts: StepFacts, {closed, topic}: Closing): FoldStep {
  const {rule} = facts;
  const turned = addTurn(incident, rule, {at: closed, isOpening: false});
  // If the message about the reopening was suppressed, the earlier destinations receive no message about the end.
  const isSuppressed = incident.muted !== undefined || incident.inhibitedBy !== undefined;
  const to = isSuppressed ? [] : audienceOf(incident);
  const next: Incident = {
    ...without(turned, 'clearedAt', 'verifyAt', 'retryAt', 'ack', 'muted', 'inhibitedBy', 'route'),
    ...(to.length <= Object.keys(incident.told).length ? {} : {route: to}),
    state: 'closed',
    closed,
  };
  if (turned.flapping !== undefined) return {incident: next, effects: flappingNotice(incident, to, facts)};
  if (rule.notify === undefined || rule.notify.recovery === false) return {incident: next, effects: []};
  const effect: Effect = {kind: 'notify', topic, to, seconds: secondsOpen(next), ...dueIn(facts)};
  return {incident: next, effects: [effect]};
}

function skip(
  why: 'muted' | 'inhibited' | 'flapping',
  instead: 'notification' | 'remediation' = 'notification',
): Effect {
  return {kind: 'note', why, instead};
}
