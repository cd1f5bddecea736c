/** Memory: the effect of a change on an incident: a match, an end, or the deletion of the entity. Pure. */
import {isSameJson} from '../../base/json.ts';
import type {Incident} from '../format/format.ts';
import {isSilenced} from '../silence.ts';
import {close, open} from './open.ts';
import {audienceOf, type Effect, type FoldStep, type StepFacts, seconds, without} from './step.ts';
import {reopeningWindow} from './turns.ts';

/** The facts of a change that the incident stores. */
export type StoredFacts = Pick<Incident, 'at' | 'value' | 'title' | 'team' | 'environment' | 'relations'>;

/** The facts of a step that a change causes. */
export interface ChangeFacts extends StepFacts {
  readonly stored: StoredFacts;
  /** Creates an incident that starts with this change. */
  readonly begin: () => Incident;
}

/** The rule matched. */
export function match(incident: Incident | undefined, facts: ChangeFacts): FoldStep {
  if (incident === undefined || incident.state === 'closed') return beginOrReopen(incident, facts);
  const next = storeFacts(incident, facts);
  if (incident.state === 'pending') return {incident: next, effects: [{kind: 'note', why: 'waiting'}]};
  if (incident.state === 'clearing') return {incident: {...without(next, 'clearedAt'), state: 'open'}, effects: []};
  return {incident: next, effects: [updateOf(incident, facts)]};
}

function storeFacts(incident: Incident, {stored, run}: ChangeFacts): Incident {
  return {...incident, ...stored, run};
}

function beginOrReopen(incident: Incident | undefined, facts: ChangeFacts): FoldStep {
  const {rule, at} = facts;
  const isReopened = incident !== undefined && isWithin(incident, facts);
  const base: Incident = isReopened
    ? {...storeFacts(without(incident, 'closed'), facts), again: at, reminded: 0, remindedAt: at}
    : facts.begin();
  if (rule.forMs === undefined) return open(base, facts);
  return {
    incident: {...base, state: 'pending'},
    effects: [{kind: 'note', why: 'waiting', until: at + seconds(rule.forMs)}],
  };
}

function isWithin(incident: Incident, {rule, at}: StepFacts): boolean {
  const {closed, flapping} = incident;
  if (flapping !== undefined) return true;
  if (isSilenced(incident, at)) return true;
  const window = reopeningWindow(rule);
  return window > 0 && closed !== undefined && at - closed <= window;
}

/**
 * Reports a change to another value of `to`. A number that stays past its threshold is not reported, because it changes
 * constantly.
 */
function updateOf(incident: Incident, {rule, muted, inhibitedBy, stored: {value}}: ChangeFacts): Effect {
  const isNews =
    rule.to !== undefined && rule.notify !== undefined && !isSameJson(incident.value ?? null, value ?? null);
  const note = (why: 'open-already' | 'flapping' | 'inhibited' | 'muted'): Effect => ({
    kind: 'note',
    why,
    instead: 'notification',
  });
  if (!isNews) return note('open-already');
  if (incident.flapping !== undefined) return note('flapping');
  if (incident.inhibitedBy !== undefined || inhibitedBy !== undefined) return note('inhibited');
  if (muted.length > 0) return note('muted');
  return {kind: 'notify', topic: 'update', to: audienceOf(incident)};
}

/** The change ends the incident. */
export function end(incident: Incident | undefined, facts: ChangeFacts): FoldStep {
  if (incident === undefined || incident.state === 'closed') {
    return {incident, effects: [{kind: 'note', why: 'never-began'}]};
  }
  const {rule, at} = facts;
  const next = storeFacts(incident, facts);
  if (incident.state === 'pending') return endUnreported(next, at);
  if (incident.state === 'clearing') return {incident: next, effects: []};
  if (rule.clear?.forMs === undefined) return close(next, facts, {closed: at, topic: 'recovered'});
  return {incident: {...next, state: 'clearing', clearedAt: at}, effects: []};
}

/** The entity was deleted, which ends the incident. */
export function remove(incident: Incident, facts: ChangeFacts): FoldStep {
  const next = storeFacts(incident, facts);
  if (incident.state === 'pending') return endUnreported(next, facts.at);
  return close(next, facts, {closed: facts.at, topic: 'deleted'});
}

/** Ends an incident that was not reported. If an earlier occurrence was reported, it closes again. Otherwise it is removed. */
export function endUnreported(incident: Incident, at: number): FoldStep {
  const {since, again = since} = incident;
  const effects: Effect[] = [{kind: 'note', why: 'healed', seconds: Math.max(0, at - again)}];
  const isKnown = incident.attempts > 0 || Object.keys(incident.told).length > 0;
  return {incident: isKnown ? {...incident, state: 'closed', closed: at} : undefined, effects};
}
