/** Memory: runs the due timers of an incident. Pure. */
import type {Escalation, Rule} from '../../rules/rules.ts';
import type {Incident} from '../format/format.ts';
import {isSilenced} from '../silence.ts';
import {endUnreported} from './advance.ts';
import {attempt, dueIn} from './attempt.ts';
import {announce, close, open} from './open.ts';
import {audienceOf, type Effect, type FoldStep, type StepFacts, seconds, without} from './step.ts';
import {reopeningWindow, stableAt} from './turns.ts';

/** The current state in Port of an entity whose incident is about to open. Absent if Port could not be read. */
export type RereadState = 'firing' | 'recovered' | 'deleted';

export interface TickFacts extends StepFacts {
  readonly reread?: RereadState | undefined;
  /** Whether the inhibiting incident is closed. */
  readonly isReleased: boolean;
}

type Tick = (incident: Incident, facts: TickFacts) => FoldStep | undefined;

/** Timers that wait while another incident inhibits this one. */
const WAITING: readonly Tick[] = [verify, retry, escalate, remind];

/** Runs all timers that are due by `facts.now`. Flapping is checked twice, because a closing can be the last turn. */
export function tick(incident: Incident, facts: TickFacts): FoldStep {
  return runAll(
    [
      endFlapping,
      openPending,
      closeCleared,
      endFlapping,
      removeEndedEffects,
      release,
      unmute,
      ...(facts.inhibitedBy ? [] : WAITING),
    ],
    incident,
    facts,
  );
}

/** Runs the timers that depend only on the times of changes, before a later change. `facts.now` is the time of that change. */
export function tickBefore(incident: Incident, facts: TickFacts): FoldStep {
  return runAll([endFlapping, closeCleared, endFlapping], incident, facts);
}

function runAll(ticks: readonly Tick[], incident: Incident, facts: TickFacts): FoldStep {
  let step: FoldStep = {incident, effects: []};
  for (const one of ticks) {
    const next = step.incident && one(step.incident, facts);
    if (next !== undefined) step = {incident: next.incident, effects: [...step.effects, ...next.effects]};
  }
  return step;
}

/** When the incident next needs the clock. A past time means at once. Undefined if it does not need the clock. */
export function dueOf(incident: Incident, rule: Rule): number | undefined {
  const {state, verifyAt, retryAt} = incident;
  const times = [
    stableAt(incident, rule),
    ...effectEnds(incident),
    state === 'pending' ? pendingUntil(incident, rule) : undefined,
    state === 'clearing' ? clearedUntil(incident, rule) : undefined,
    ...(isActive(incident)
      ? [verifyAt, retryAt, nextEscalation(incident, rule)?.due, nextReminder(incident, rule)]
      : []),
  ].filter(time => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The incident with its next due time. */
export function withDue(incident: Incident, rule: Rule | undefined): Incident {
  const {due: _, ...rest} = incident;
  const due = rule && dueOf(rest, rule);
  return due === undefined ? rest : {...rest, due};
}

/** Whether a closed incident can be removed, because no match can reopen it. */
export function isRemovable(incident: Incident, rule: Rule | undefined, now: number): boolean {
  const {closed, flapping} = incident;
  if (rule !== undefined && isSilenced(incident, now)) return false;
  if (flapping !== undefined && rule?.flapping !== undefined) return false;
  return now - (closed ?? 0) > (rule === undefined ? 0 : reopeningWindow(rule));
}

function pendingUntil({since, again = since}: Incident, {forMs = 0}: Rule): number {
  return again + seconds(forMs);
}

function clearedUntil({clearedAt = 0}: Incident, {clear}: Rule): number {
  return clearedAt + seconds(clear?.forMs ?? 0);
}

/** Ends flapping after a flapping window without a turn. */
function endFlapping(incident: Incident, {rule, now, muted}: TickFacts): FoldStep | undefined {
  const due = stableAt(incident, rule);
  if (due === undefined || now < due) return undefined;
  const {flapping, ...stable} = incident;
  const restarted = stable.state === 'open' ? {again: due, reminded: 0, remindedAt: due} : {};
  const next: Incident = {...stable, turns: stable.turns.slice(-1), ...restarted};
  if (rule.notify === undefined) return {incident: next, effects: []};
  const to = audienceOf(incident);
  return {incident: next, effects: [muted.length > 0 ? skip('muted') : {kind: 'notify', topic: 'stable', to, due}]};
}

function openPending(incident: Incident, facts: TickFacts): FoldStep | undefined {
  if (incident.state !== 'pending') return undefined;
  const due = pendingUntil(incident, facts.rule);
  if (facts.now < due) return undefined;
  if (facts.reread === 'recovered' || facts.reread === 'deleted') return endUnreported(incident, facts.now);
  return open({...incident, run: facts.run}, {...facts, at: due, due});
}

function closeCleared(incident: Incident, facts: TickFacts): FoldStep | undefined {
  const {state, clearedAt} = incident;
  const due = clearedUntil(incident, facts.rule);
  if (state !== 'clearing' || clearedAt === undefined || facts.now < due) return undefined;
  return close({...incident, run: facts.run}, {...facts, due}, {closed: clearedAt, topic: 'recovered'});
}

function isActive({state, flapping, inhibitedBy}: Incident): boolean {
  return state === 'open' && flapping === undefined && inhibitedBy === undefined;
}

type CommandEffect = {readonly at: number; readonly until?: number | undefined} | undefined;

/**
 * When an acknowledgement or a silence ends. Undefined if it has no end, or was undone. An undone one remains as a marker, so
 * that a run with an older copy cannot restore it.
 */
function endOf(effect: CommandEffect): number | undefined {
  return effect?.until === undefined || effect.until <= effect.at ? undefined : effect.until;
}

function effectEnds({state, ack, silence}: Incident): number[] {
  return state === 'closed' ? [] : [endOf(ack), endOf(silence)].filter(until => until !== undefined);
}

/** Removes an acknowledgement or a silence that has ended. */
function removeEndedEffects(incident: Incident, {now}: TickFacts): FoldStep | undefined {
  if (incident.state === 'closed') return undefined;
  const over = (['ack', 'silence'] as const).filter(key => (endOf(incident[key]) ?? now + 1) <= now);
  return over.length === 0 ? undefined : {incident: without(incident, ...over), effects: []};
}

/** Reports the incident and starts its script, because the inhibiting incident is closed. */
function release(incident: Incident, facts: TickFacts): FoldStep | undefined {
  const {state, flapping, inhibitedBy, route = [], ...rest} = incident;
  if (state !== 'open' || flapping !== undefined || inhibitedBy === undefined || !facts.isReleased) return undefined;
  if (facts.inhibitedBy !== undefined) return {incident: {...incident, inhibitedBy: facts.inhibitedBy}, effects: []};
  const dueNow = {...facts, due: facts.now};
  const known = Object.keys(rest.told);
  const announced = announce({...rest, state, run: facts.run}, {...dueNow, destinations: route}, known);
  const tried = attempt(announced.incident, dueNow);
  return {incident: tried.incident, effects: [...announced.effects, ...tried.effects]};
}

/** Sends the first message, because the mute that suppressed it has ended. */
function unmute(incident: Incident, facts: TickFacts): FoldStep | undefined {
  const {muted, route = []} = incident;
  if (!isActive(incident) || muted === undefined || facts.muted.length > 0) return undefined;
  const {inhibitedBy} = facts;
  if (inhibitedBy !== undefined) return {incident: {...without(incident, 'muted'), inhibitedBy}, effects: []};
  return announce(incident, {...facts, destinations: route, due: facts.now}, Object.keys(incident.told));
}

/** Handles an incident that is still open at the end of the script's `verify` time. */
function verify(incident: Incident, facts: TickFacts): FoldStep | undefined {
  const {verifyAt: due} = incident;
  if (!isActive(incident) || due === undefined || facts.now < due) return undefined;
  const tried = attempt(incident, {...facts, due});
  const next: Incident = {...tried.incident, run: facts.run};
  return {incident: next, effects: [...notRecovered(incident, {...facts, due}), ...tried.effects]};
}

function retry(incident: Incident, facts: TickFacts): FoldStep | undefined {
  const {retryAt: due} = incident;
  if (!isActive(incident) || due === undefined || facts.now < due) return undefined;
  return attempt({...incident, run: facts.run}, {...facts, due});
}

/** Runs all due escalation steps. They wait while the incident is muted. */
function escalate(incident: Incident, facts: TickFacts): FoldStep | undefined {
  const effects: Effect[] = [];
  let next = incident;
  for (;;) {
    const step = isActive(next) ? nextEscalation(next, facts.rule) : undefined;
    if (step === undefined || facts.now < step.due || facts.muted.length > 0) break;
    const {slack, mention} = step.escalation;
    effects.push({
      kind: 'notify',
      topic: 'escalation',
      to: slack,
      due: step.due,
      ...(mention === undefined ? {} : {mention}),
    });
    next = {
      ...next,
      escalated: next.escalated + 1,
      route: [...new Set([...(next.route ?? []), ...slack])],
      run: facts.run,
    };
  }
  return effects.length === 0 ? undefined : {incident: next, effects};
}

function nextEscalation(incident: Incident, {notify}: Rule): {due: number; escalation: Escalation} | undefined {
  const escalation = notify?.escalate?.[incident.escalated];
  if (escalation === undefined) return undefined;
  const due = unacknowledged(incident, incident.since + seconds(escalation.afterMs));
  return due === undefined ? undefined : {due, escalation};
}

/** Sends one reminder, even if several were missed. */
function remind(incident: Incident, facts: TickFacts): FoldStep | undefined {
  const due = isActive(incident) ? nextReminder(incident, facts.rule) : undefined;
  if (due === undefined || facts.now < due || facts.muted.length > 0) return undefined;
  const {since, reminded = 0} = incident;
  return {
    incident: {...incident, reminded: reminded + 1, remindedAt: facts.now, run: facts.run},
    effects: [{kind: 'notify', topic: 'reminder', to: audienceOf(incident), due, seconds: facts.now - since}],
  };
}

function nextReminder(incident: Incident, {notify}: Rule): number | undefined {
  const {since, again = since, reminded = 0, remindedAt = again} = incident;
  const {everyMs, times = Number.POSITIVE_INFINITY} = notify?.repeat ?? {};
  if (everyMs === undefined || reminded >= times) return undefined;
  const every = seconds(everyMs);
  const passed = Math.floor(Math.max(0, remindedAt - again) / every);
  return unacknowledged(incident, again + (passed + 1) * every);
}

/** The due time, or the end of the acknowledgement if that is later. Undefined if the acknowledgement has no end. */
function unacknowledged({ack}: Incident, due: number): number | undefined {
  if (ack === undefined) return due;
  return ack.until === undefined ? undefined : Math.max(due, ack.until);
}

function notRecovered(incident: Incident, facts: TickFacts): Effect[] {
  const {rule, muted} = facts;
  if (rule.notify === undefined) return [];
  const to = audienceOf(incident);
  return [muted.length > 0 ? skip('muted') : {kind: 'notify', topic: 'not-recovered', to, ...dueIn(facts)}];
}

function skip(why: 'muted'): Effect {
  return {kind: 'note', why, instead: 'notification'};
}
