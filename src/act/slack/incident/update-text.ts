/** Act: the text of a message about an incident, for Slack's mrkdwn or as plain text for a lock screen. Pure. */

import {count, showSpan} from '../../../base/text/show.ts';
import type {Incident, Topic} from '../../../memory/format/format.ts';
import {join, nameOf, type Quote} from './phrases.ts';
import {recoverySummary} from './recovery-text.ts';
import {type IncidentUpdate, isEnd, isOngoing} from './update.ts';

/** The word that starts a message. The first message of an incident starts with its severity instead. */
const WORDS: Readonly<Record<Exclude<Topic, 'firing'>, string>> = {
  reopened: 'reopened',
  update: 'update',
  recovered: 'recovered',
  reminder: 'still open',
  escalation: 'escalation',
  flapping: 'flapping',
  stable: 'stable again',
  'not-recovered': 'did not help',
  'gave-up': 'gave up',
  deleted: 'deleted',
  'outcome-unknown': 'outcome unknown',
};

/** "still open". Undefined for a first message. */
export function wordOf({reaction: {topic}}: IncidentUpdate): string | undefined {
  return topic === 'firing' ? undefined : WORDS[topic];
}

/** The news without its subject: "recovered after 14 min, 3 min after scale-up.sh". Undefined if only the change is news. */
export function updateSummary(update: IncidentUpdate, nowMs: number | undefined, quote: Quote): string | undefined {
  return SUMMARIES[update.reaction.topic](update, nowMs, quote);
}

type Summary = (update: IncidentUpdate, nowMs: number | undefined, quote: Quote) => string | undefined;

const SUMMARIES: Readonly<Record<Topic, Summary>> = {
  firing: ({reaction: {rule, byClock, before}}, nowMs) => {
    if (before?.inhibitedBy !== undefined) return released(before, nowMs);
    return byClock && rule.forMs !== undefined ? `unhealthy for ${showSpan(rule.forMs / 1000)}` : undefined;
  },
  reopened: ({reaction: {before, incident}}) => {
    const opened = incident?.again ?? incident?.turns.at(-1);
    if (before?.closed === undefined || opened === undefined) return 'unhealthy again';
    return `unhealthy again, ${showSpan(opened - before.closed)} after it was over`;
  },
  update: (update, nowMs) => join('another unhealthy value', openFor(update, nowMs)),
  recovered: (update, _, quote) => recoverySummary(update, quote),
  reminder: ({reaction: {seconds = 0}}) => `open for ${showSpan(seconds)}`,
  escalation: (update, nowMs) => `${openFor(update, nowMs) ?? 'still open'}, and not acknowledged`,
  flapping: ({reaction: {incident}}) => {
    const {n = 0, since = 0, last = 0} = incident?.flapping ?? {};
    return `flipped between healthy and unhealthy ${count(n, 'time')} within ${showSpan(last - since)}`;
  },
  stable: stableSummary,
  'not-recovered': (update, nowMs, quote) => {
    const {rule, before, incident} = update.reaction;
    const lastRun = (before ?? incident)?.lastRun;
    const since = lastRun === undefined || nowMs === undefined ? '' : ` ${showSpan(nowMs / 1000 - lastRun)} after it`;
    return `${nameOf(rule.remediate, quote)} did not help: still open${since}`;
  },
  'gave-up': (update, nowMs, quote) => {
    const {rule, incident} = update.reaction;
    const tried = `gave up after ${count(incident?.attempts ?? 0, 'attempt')} of ${nameOf(rule.remediate, quote)}`;
    return join(tried, openFor(update, nowMs));
  },
  deleted: ({reaction: {seconds}}) =>
    join(
      'the entity was deleted',
      seconds === undefined ? undefined : `${showSpan(seconds)} after it became unhealthy`,
    ),
  'outcome-unknown': ({reaction: {rule}}, _, quote) => `the result of ${nameOf(rule.remediate, quote)} is unknown`,
};

/** The words for an incident that was inhibited until now. */
function released({since}: Incident, nowMs: number | undefined): string {
  const span = nowMs === undefined ? '' : `, open for ${showSpan(nowMs / 1000 - since)}`;
  return `remains open after the end of the incident that held it back${span}`;
}

function stableSummary({reaction: {before, rule, incident}}: IncidentUpdate): string {
  const {n, since, last} = before?.flapping ?? {};
  const quiet = rule.flapping === undefined ? '' : ` for ${showSpan(rule.flapping.withinMs / 1000)}`;
  const totals =
    n === undefined || since === undefined || last === undefined
      ? ''
      : ` after it flipped between healthy and unhealthy ${count(n, 'time')} within ${showSpan(last - since)}`;
  return `stable${quiet}${totals}: it is ${incident?.state === 'closed' ? 'over' : 'still unhealthy'}`;
}

/** The consequences, as plain-text sentences. */
export function consequencesOf(update: IncidentUpdate): string[] {
  const {topic, rule} = update.reaction;
  if (topic === 'flapping') {
    const quiet = rule.flapping === undefined ? '' : ` for ${showSpan(rule.flapping.withinMs / 1000)}`;
    return [`No more messages and no scripts until it is stable${quiet}.`];
  }
  if (topic === 'gave-up') return ['No more scripts are started for this incident. A person must investigate.'];
  if (topic === 'outcome-unknown') return ['It is not started again. Check the run that started it, and the entity.'];
  return [];
}

/** "open for 12 min". Undefined if the duration is unknown. */
function openFor(
  {reaction: {incident, change, byClock}}: IncidentUpdate,
  nowMs: number | undefined,
): string | undefined {
  if (incident === undefined) return undefined;
  const at = byClock ? nowMs : Date.parse(change.at);
  return at === undefined || Number.isNaN(at) ? undefined : `open for ${showSpan(at / 1000 - incident.since)}`;
}

/**
 * "scale-up.sh, 2 of 3 attempts": the earlier attempts, without an attempt that starts now. Undefined without earlier attempts.
 */
export function triedOf(update: IncidentUpdate, quote: Quote): {what: string; lastRun: number} | undefined {
  const {rule, incident, before} = update.reaction;
  const known: Incident | undefined = update.script?.kind === 'run' ? before : incident;
  if (known?.lastRun === undefined || known.attempts === 0 || rule.remediate === undefined) return undefined;
  const {attempts: most} = rule.remediate;
  const n = known.attempts;
  const attempts = most === undefined ? count(n, 'attempt') : `${n} of ${count(most, 'attempt')}`;
  return {what: `${nameOf(rule.remediate, quote)}, ${attempts}`, lastRun: known.lastRun};
}

/** The number of incidents that this incident inhibits, and the consequence for them. */
export function inhibitionOf(update: IncidentUpdate): string | undefined {
  const {inhibitedCount} = update.reaction;
  if (inhibitedCount === undefined) return undefined;
  const isOne = inhibitedCount === 1;
  const incidents = isOne ? '1 incident that depends on it' : `${inhibitedCount} incidents that depend on it`;
  const [are, ifOpen] = isOne ? ['is', 'if it is still open'] : ['are', 'if they are still open'];
  if (isEnd(update) || !isOngoing(update)) return `held back ${incidents}, which ${are} now sent ${ifOpen}`;
  return `holds back ${incidents}, which ${are} sent only ${ifOpen} after it`;
}
