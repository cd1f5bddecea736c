/** Memory: an incident opens, and closes: who hears of it, and whether its script starts. Pure. */

import type {Incident} from '../format/format.ts';
import {attempt, dueAt} from './attempt.ts';
import {audienceOf, type Effect, type FoldStep, type StepFacts, without} from './step.ts';
import {takeTurn} from './turns.ts';

/** @param due when the timer was due that opens it; absent if a change does */
export function open(incident: Incident, facts: StepFacts, due?: number): FoldStep {
  const {rule, at, inhibitedBy, destinations} = facts;
  const known = audienceOf(incident);
  const turned: Incident = {...takeTurn(without(incident, 'muted', 'inhibitedBy'), rule, at, true), state: 'open'};
  if (turned.flapping !== undefined) return openFlapping(incident, turned, facts, due);
  if (inhibitedBy !== undefined) {
    return {
      incident: {...turned, route: [...destinations], inhibitedBy},
      effects: [skip('inhibited'), skip('inhibited', 'remediation')],
    };
  }
  const announced = announce(turned, facts, known, due);
  const tried = attempt(announced.incident, facts, due);
  return {incident: tried.incident, effects: [...announced.effects, ...tried.effects]};
}

/** The first message of an incident, or of its reopening, unless it is muted. @param known who heard of it before */
export function announce(incident: Incident, facts: StepFacts, known: readonly string[], due?: number) {
  const {muted, destinations, rule} = facts;
  if (rule.notify === undefined) return {incident, effects: []};
  const to = [...new Set([...known, ...destinations])];
  if (muted.length > 0) return {incident: {...incident, route: to, muted: [...muted]}, effects: [skip('muted')]};
  const effect: Effect = {kind: 'notify', topic: known.length === 0 ? 'firing' : 'reopened', to, ...dueAt(due)};
  return {incident: {...without(incident, 'muted', 'inhibitedBy'), route: to}, effects: [effect]};
}

function openFlapping(before: Incident, incident: Incident, facts: StepFacts, due: number | undefined): FoldStep {
  const to = [...new Set([...audienceOf(before), ...facts.destinations])];
  const notice = flappingNotice(before, to, facts, due);
  const isSent = notice.some(({kind}) => kind === 'notify');
  return {
    incident: isSent ? {...incident, route: to} : incident,
    effects: [...notice, skip('flapping', 'remediation')],
  };
}

/** One message when it begins; silence while it goes on. */
function flappingNotice(before: Incident, to: readonly string[], {rule, muted}: StepFacts, due?: number): Effect[] {
  if (before.flapping !== undefined || rule.notify === undefined) return [skip('flapping')];
  return muted.length > 0 ? [skip('muted')] : [{kind: 'notify', topic: 'flapping', to, ...dueAt(due)}];
}

interface Closing {
  /** When it was over, in seconds. */
  readonly closed: number;
  readonly topic: 'recovered' | 'deleted';
  /** When the timer was due that closes it; absent if a change does. */
  readonly due?: number;
}

export function close(incident: Incident, facts: StepFacts, {closed, topic, due}: Closing): FoldStep {
  const {rule} = facts;
  const opened = incident.turns.at(-1) ?? incident.since;
  const turned = takeTurn(incident, rule, closed, false);
  // Those who heard of its earlier life did not hear that it was reopened, if that was held back.
  const isHeldBack = incident.muted !== undefined || incident.inhibitedBy !== undefined;
  const to = isHeldBack ? [] : audienceOf(incident);
  const next: Incident = {
    ...without(turned, 'clearedAt', 'verifyAt', 'retryAt', 'ack', 'muted', 'inhibitedBy', 'route'),
    ...(to.length <= Object.keys(incident.told).length ? {} : {route: to}),
    state: 'closed',
    closed,
  };
  if (turned.flapping !== undefined) return {incident: next, effects: flappingNotice(incident, to, facts, due)};
  if (rule.notify === undefined || rule.notify.recovery === false) return {incident: next, effects: []};
  const effect: Effect = {kind: 'notify', topic, to, seconds: Math.max(0, closed - opened), ...dueAt(due)};
  return {incident: next, effects: [effect]};
}

function skip(
  why: 'muted' | 'inhibited' | 'flapping',
  instead: 'notification' | 'remediation' = 'notification',
): Effect {
  return {kind: 'note', why, instead};
}
