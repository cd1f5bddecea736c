/** Memory: what a change does to an incident: a match, an end, or the deletion of the entity. Pure. */
import {isSameJson} from '../../base/json.ts';
import type {Incident} from '../format/format.ts';
import {isSilenced} from '../silence.ts';
import {close, open} from './open.ts';
import {audienceOf, type Effect, type FoldStep, type StepFacts, seconds, without} from './step.ts';
import {reopeningWindow} from './turns.ts';

/** What the incident learns from the change. */
export type Learned = Pick<Incident, 'at' | 'value' | 'title' | 'team' | 'environment' | 'relations'>;

/** The rule matched. @param begin creates an incident that begins with this change, used if no incident is open */
export function match(
  incident: Incident | undefined,
  learned: Learned,
  facts: StepFacts,
  begin: () => Incident,
): FoldStep {
  if (incident === undefined || incident.state === 'closed') return beginOrReopen(incident, learned, facts, begin);
  const next: Incident = {...incident, ...learned, run: facts.run};
  if (incident.state === 'pending') return {incident: next, effects: [{kind: 'note', why: 'waiting'}]};
  if (incident.state === 'clearing') return {incident: {...without(next, 'clearedAt'), state: 'open'}, effects: []};
  return {incident: next, effects: [updateOf(incident, learned, facts)]};
}

function beginOrReopen(
  incident: Incident | undefined,
  learned: Learned,
  facts: StepFacts,
  begin: () => Incident,
): FoldStep {
  const {rule, at, run} = facts;
  const isReopened = incident !== undefined && isWithin(incident, facts);
  const base: Incident = isReopened
    ? {...without(incident, 'closed'), ...learned, again: at, reminded: 0, remindedAt: at, run}
    : begin();
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

/** Another bad value is reported. A number that stays past its threshold is not: it differs all the time. */
function updateOf(incident: Incident, {value}: Learned, {rule, muted, inhibitedBy}: StepFacts): Effect {
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

/** The change ends what the rule opened. */
export function end(incident: Incident | undefined, learned: Learned, facts: StepFacts): FoldStep {
  if (incident === undefined || incident.state === 'closed') {
    return {incident, effects: [{kind: 'note', why: 'never-began'}]};
  }
  const {rule, at, run} = facts;
  const next: Incident = {...incident, ...learned, run};
  if (incident.state === 'pending') return heal(next, at);
  if (incident.state === 'clearing') return {incident: next, effects: []};
  if (rule.clear?.forMs === undefined) return close(next, facts, {closed: at, topic: 'recovered'});
  return {incident: {...next, state: 'clearing', clearedAt: at}, effects: []};
}

/** The entity is gone, and with it everything that was wrong with it. */
export function remove(incident: Incident, learned: Learned, facts: StepFacts): FoldStep {
  const next: Incident = {...incident, ...learned, run: facts.run};
  if (incident.state === 'pending') return heal(next, facts.at);
  return close(next, facts, {closed: facts.at, topic: 'deleted'});
}

/** Over before it was reported. If it was reported earlier, it is closed again; else there was nothing. */
export function heal(incident: Incident, at: number): FoldStep {
  const {since, again = since} = incident;
  const effects: Effect[] = [{kind: 'note', why: 'healed', seconds: Math.max(0, at - again)}];
  const isKnown = incident.attempts > 0 || Object.keys(incident.told).length > 0;
  return {incident: isKnown ? {...incident, state: 'closed', closed: at} : undefined, effects};
}
