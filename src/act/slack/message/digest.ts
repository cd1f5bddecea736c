/** Act: many changes → a digest: counts, and a line for each entity, the worst first. Pure. */

import {clip, count} from '../../../base/text/show.ts';
import {relativeRank, statusIcon} from '../../../decide/direction.ts';

import type {Rule} from '../../../rules/rules.ts';
import {type Block, fitBlocks, message, type SlackMessage, section} from '../block-kit/blocks.ts';
import {code, escapeText, link} from '../block-kit/text.ts';
import {remediationState} from '../incident/remediation-text.ts';
import {isOngoing} from '../incident/update.ts';
import {asideCounts, commandFormLinks, knownValues, summariesInMrkdwn, valueLines} from '../incident/update-lines.ts';
import {wordOf} from '../incident/update-text.ts';
import {entityUrl} from './entity-links.ts';
import {type Entry, entryTitle, type MessageContext, missingMemoryNote} from './entry.ts';
import {actionOf, thresholdOf, transitionLine, transitionsOf} from './entry-changes.ts';
import {byLevel, ICONS, levelCounts} from './level.ts';
import {plainRuleText} from './rule-text.ts';
import {contextOfSeveral, headlineOfSeveral, kindCounts, moreChanges, nounOf, textOfSeveral} from './several.ts';

/** A reader on a phone skips longer lists. The counts cover the rest. */
const MAX_LINES = 20;
/** Slack hides the end of long sections behind "See more". */
const LINES_PER_SECTION = 5;

/** @param entries the worst first */
export function renderDigest(entries: readonly Entry[], context: MessageContext): SlackMessage {
  const entities = entitiesOf(entries);
  const of = ` of ${countEntities(entities.length)}`;
  const head = section([
    headlineOfSeveral(entries, context, of),
    levelCounts(entries),
    ...kindCounts(entries),
    ...statusCounts(entries, context),
    ...remediationCounts(entries, context),
    ...asideCounts(entries.flatMap(({updates}) => updates)),
    ...missingMemoryNote(entries),
  ]);
  const foot = contextOfSeveral(entries, context);
  const blocks = fitBlocks(entities, MAX_LINES, (shown, hidden) => [
    head,
    ...sections(shown.map(entity => entityLine(entity, context))),
    ...(hidden > 0 ? [moreChanges(moreOf(entities.slice(shown.length), nounOf(entries)), context)] : []),
    foot,
  ]);
  return message(textOfSeveral(entries, context), blocks);
}

/** All changes of one entity in the run. The last one has the current state. */
interface Entity {
  readonly last: Entry;
  readonly changes: number;
}

/** The worst first. */
function entitiesOf(entries: readonly Entry[]): Entity[] {
  const byEntity = new Map<string, Entity>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.change.blueprint, entry.change.entity]);
    const known = byEntity.get(key);
    const last = known !== undefined && known.last.order >= entry.order ? known.last : entry;
    byEntity.set(key, {last, changes: (known?.changes ?? 0) + 1});
  }
  return [...byEntity.values()].toSorted((a, b) => byLevel(a.last, b.last));
}

function countEntities(n: number, more = ''): string {
  return `${n} ${more}${n === 1 ? 'entity' : 'entities'}`;
}

function moreOf(hidden: readonly Entity[], noun: string): string {
  const changes = hidden.reduce((sum, entity) => sum + entity.changes, 0);
  const entities = countEntities(hidden.length, 'more ');
  return changes === hidden.length ? entities : `${entities} with ${count(changes, noun)}`;
}

/** "🔴 *Service*: `healthStatus`: `Healthy` → `Crashed` · 3 changes · K7Q2M9" */
function entityLine({last, changes}: Entity, context: MessageContext): string {
  const url = entityUrl(context.appUrl, last.change);
  const title = clip(entryTitle(last.change), 60);
  const named = url === undefined || url.length > MAX_URL ? escapeText(title) : link(url, title);
  const more = changes > 1 ? ` · ${count(changes, nounOf([last]))}` : '';
  const forms = commandFormLinks(last.updates, context.runUrl).map(id => ` · ${id}`);
  return `${ICONS[last.level]} *${named}* ${whatInShort(last, context)}${more}${forms.join('')}`;
}

/** A longer address takes too much of a single line. */
const MAX_URL = 300;

/** The text of the rule, or else the first changed property, or else what happened to the entity. */
function whatInShort(entry: Entry, context: MessageContext): string {
  const [first] = entry.updates;
  if (first === undefined || first.reaction.topic === 'firing') return changeInShort(entry, context);
  const {statuses, nowMs} = context;
  const word = wordOf(first) ?? '';
  const short = summariesInMrkdwn(entry.updates, nowMs).join('; ');
  const [value = ''] = first.reaction.byClock ? valueLines(entry.updates, statuses, 40) : [];
  const what = first.reaction.byClock || first.reaction.topic === 'deleted' ? value : changeInShort(entry, context);
  return `${short.startsWith(word) ? '' : `_${word}_: `}${short}${what === '' ? '' : ` · ${what}`}`;
}

function changeInShort(entry: Entry, {statuses, nowMs}: MessageContext): string {
  const {updates} = entry;
  if (updates.some(({reaction}) => reaction.byClock)) {
    return [...summariesInMrkdwn(updates, nowMs), ...valueLines(updates, statuses, 40).slice(0, 1)].join(' · ');
  }
  const [text] = entry.matches.flatMap(match => plainRuleText(match) ?? []);
  if (text !== undefined) return escapeText(clip(text, 150));
  const [first, ...others] = transitionsOf(entry);
  if (first === undefined) return escapeText(actionOf(entry).join(', '));
  const names = new Set(others.map(({transition}) => transition.property));
  names.delete(first.transition.property);
  const more = names.size === 0 ? '' : ` and ${names.size} more`;
  return `${transitionLine(first, statuses, 40)}${more}`;
}

/** Sections of a few lines each, with all lines. */
function sections(lines: readonly string[]): Block[] {
  const groups = Array.from({length: Math.ceil(lines.length / LINES_PER_SECTION)}, (_, index) =>
    lines.slice(index * LINES_PER_SECTION, (index + 1) * LINES_PER_SECTION),
  );
  return groups.map(group => section(group));
}

const MAX_VALUES = 5;
const MAX_PROPERTIES = 4;

interface Tally {
  n: number;
  readonly shown: string;
  /** The rank of the status, from 0 to 1. -1 if the rules do not rank it. */
  readonly rank: number;
}

/**
 * "`healthStatus` is now: 🔴 `Crashed` 12, 🟠 `Degraded` 88": one line for each property. Each change is counted once in a
 * line.
 */
function statusCounts(entries: readonly Entry[], {statuses}: MessageContext): string[] {
  const byProperty = new Map<string, Map<string, Tally>>();
  for (const entry of entries) {
    for (const [property, {shown, rank}] of valuesOf(entry, statuses)) {
      const tallies = byProperty.get(property) ?? new Map<string, Tally>();
      byProperty.set(property, tallies);
      const tally = tallies.get(shown) ?? {n: 0, shown, rank};
      tallies.set(shown, tally);
      tally.n++;
    }
  }
  const lines = Array.from(byProperty, ([property, tallies]) => `${property} ${tallyLine([...tallies.values()])}`);
  const hidden = lines.length - MAX_PROPERTIES;
  return hidden > 0 ? [...lines.slice(0, MAX_PROPERTIES), `… and ${count(hidden, 'more line')}`] : lines;
}

/** The new value by property. "Entities" has what happened to an entity without a reported property. */
function valuesOf(entry: Entry, statuses: MessageContext['statuses']): Map<string, Omit<Tally, 'n'>> {
  const found = new Map<string, Omit<Tally, 'n'>>();
  for (const {rule, property, to} of reachedBy(entry)) {
    const rank = relativeRank(statuses, property, to) ?? -1;
    const value = thresholdWords(rule, entry) ?? (to === null ? '_not set_' : code(to, 40));
    const shown = `${statusIcon(statuses, property, to)} ${value}`.trim();
    const name = `${code(property, 40)} is now`;
    if (!found.has(name)) found.set(name, {shown, rank});
  }
  return found.size > 0 ? found : new Map([['Entities', {shown: ACTIONS[entry.change.action], rank: -1}]]);
}

/** The new values. For a message of the clock, the values in the memory. */
function reachedBy(entry: Entry): {rule: Rule; property: string; to: unknown}[] {
  const {updates} = entry;
  if (updates.some(({reaction}) => reaction.topic === 'deleted')) return [];
  if (updates.some(({reaction}) => reaction.byClock))
    return knownValues(updates).map(({value, ...known}) => ({...known, to: value}));
  return transitionsOf(entry).map(({rule, transition: {property, to}}) => ({rule, property, to}));
}

/** "80 or more". After the incident has ended, the range that ended it: "70 or less". */
function thresholdWords(rule: Rule, {updates}: Entry): string | undefined {
  const update = updates.find(({reaction}) => reaction.rule === rule);
  if (update === undefined || isOngoing(update)) return thresholdOf(rule);
  const {above, below, clear} = rule;
  if (above !== undefined) return clear?.at === undefined ? `less than ${above}` : `${clear.at} or less`;
  if (below === undefined) return undefined;
  return clear?.at === undefined ? `more than ${below}` : `${clear.at} or more`;
}

const ACTIONS = {CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted', TIMER_EXPIRED: 'with an expired timer'};

/** The worst status first, then the most frequent. The others are one total. */
function tallyLine(tallies: readonly Tally[]): string {
  const sorted = tallies.toSorted((a, b) => b.rank - a.rank || b.n - a.n);
  const rest = sorted.slice(MAX_VALUES).reduce((sum, {n}) => sum + n, 0);
  const shown = sorted.slice(0, MAX_VALUES).map(({n, shown}) => `${shown} ×${n}`);
  return [...shown, ...(rest > 0 ? [`other ×${rest}`] : [])].join(' · ');
}

/** The state of the remediation when the message is sent. */
function remediationCounts(entries: readonly Entry[], context: MessageContext): string[] {
  const states = entries.flatMap(({matches}) => matches.flatMap(match => remediationState(match, context) ?? []));
  const [runs = 0, jobs = 0, waiting = 0, rest = 0] = (['run', 'job', 'waiting', 'not started'] as const).map(
    state => states.filter(one => one === state).length,
  );
  const parts = [
    ...(runs > 0 ? [`running ${count(runs, 'script')}, results follow`] : []),
    ...(jobs > 0 ? [`${jobs} handed to later jobs`] : []),
    ...(waiting > 0 ? [`${waiting} waiting for Port, results follow`] : []),
    ...(rest > 0 ? [`${rest} not started: see this run for the reasons`] : []),
  ];
  return parts.length === 0 ? [] : [`Remediation: ${parts.join('; ')}`];
}
