/** Act: all matches of one change, and the lines that tell of it in Slack. Pure. */
import type {Change} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import {describeAction, showSide} from '../decide/conditions.ts';
import {directionOf, statusIcon} from '../decide/direction.ts';
import type {Match} from '../decide/plan.ts';
import {type Rule, type Rules, SEVERITIES} from '../rules/rules.ts';
import {clip, oneLine, showValue} from '../text.ts';
import {entityUrl, ownLinks} from './entity-links.ts';
import {code, escapeText, escapeUrl, link, localTime, safeUrl} from './slack-text.ts';

/** What messages point to and need to know beside the matches. */
export interface MessageContext {
  readonly statuses: Rules['statuses'];
  readonly runUrl: string;
  /** Port's web interface. */
  readonly appUrl: string;
}

/** What one part of a message tells. */
export interface Entry {
  readonly change: Change;
  readonly matches: readonly Match[];
  readonly mood: Mood;
}

/** From good to worst. An improvement is good news, whatever the rule's severity. */
const MOODS = ['recovered', 'improved', ...SEVERITIES] as const;
type Mood = (typeof MOODS)[number];

/** One entry for each change, the worst first. */
export function entriesOf(matches: readonly Match[], {statuses}: MessageContext): Entry[] {
  const byChange = new Map<Change, Match[]>();
  for (const match of matches) byChange.set(match.change, [...(byChange.get(match.change) ?? []), match]);
  const entries = Array.from(byChange, ([change, own]) => ({change, matches: own, mood: moodOf(own, statuses)}));
  return entries.toSorted((a, b) => MOODS.indexOf(b.mood) - MOODS.indexOf(a.mood));
}

/** The direction, where it is up and all transitions share it; else the worst severity. */
function moodOf(matches: readonly Match[], statuses: Rules['statuses']): Mood {
  const transitions = matches.flatMap(({transition}) => transition ?? []);
  const [direction, ...others] = new Set(transitions.map(transition => directionOf(statuses, transition)));
  if (others.length === 0 && (direction === 'recovered' || direction === 'improved')) return direction;
  return SEVERITIES.findLast(severity => matches.some(({rule}) => rule.severity === severity)) ?? 'info';
}

const HEADS: Record<Mood, string> = {
  recovered: '🟢 *RECOVERED*',
  improved: '🟢 *IMPROVED*',
  critical: '🔴 *CRITICAL*',
  warning: '🟠 *WARNING*',
  info: '🔵 *INFO*',
};

/** "🔴 *CRITICAL*": how bad, as a colour and a word. */
export function headOf({mood}: Entry): string {
  return HEADS[mood];
}

export function titleOf({title, entity}: Change): string {
  return clip(oneLine(title), 150) || showValue(entity, 150);
}

/** What happened to the entity, then a line for each property that a rule names. */
export function whatHappened(entry: Entry, {statuses}: MessageContext): string[] {
  const lines = transitionsOf(entry).map(({rule, transition}) => transitionLine(rule, transition, statuses));
  return [...actionOf(entry).map(action => escapeText(capital(action))), ...unique(lines).slice(0, 5)];
}

/** None of an expired timer, which reports no values. */
function transitionsOf({change, matches}: Entry): {rule: Rule; transition: Transition}[] {
  if (change.action === 'TIMER_EXPIRED') return [];
  return matches.flatMap(({rule, transition}) => (transition === undefined ? [] : [{rule, transition}]));
}

/** What happened to the entity as a whole, unless it is that its properties changed. */
function actionOf(entry: Entry): string[] {
  const {change, matches} = entry;
  if (change.action === 'UPDATE' && transitionsOf(entry).length > 0) return [];
  return [describeAction(change, matches[0]?.rule.property)];
}

function transitionLine(rule: Rule, {property, from, to}: Transition, statuses: Rules['statuses']): string {
  const side = (value: unknown) =>
    [statusIcon(statuses, property, value), value === null ? '_not set_' : code(value)].join(' ').trim();
  return `${code(property, 80)}: ${side(from)} → ${side(to)}${threshold(rule)}`;
}

function threshold({above, below}: Rule): string {
  if (above !== undefined) return ` (threshold: ${above} or more)`;
  return below === undefined ? '' : ` (threshold: ${below} or less)`;
}

/** Where, since when, who, what is being done: each one a line. */
export function factsOf(entry: Entry): string[] {
  const {change} = entry;
  const team = change.team.length === 0 ? '' : ` · team ${escapeText(clip(change.team.map(oneLine).join(', '), 100))}`;
  const origin = change.origin === '' ? '' : ` via ${escapeText(showValue(change.origin, 60))}`;
  const doing = remediationOf(entry);
  return [
    `*Where:* ${code(change.entity)} in ${code(change.blueprint, 80)}${team}`,
    `*Since:* ${localTime(change.at)}`,
    `*By:* ${whoOf(change)}${origin}`,
    ...(doing === undefined ? [] : [`*Remediation:* ${doing}`]),
  ];
}

/** When and who, and what is being done, on one line. */
export function factLine(entry: Entry): string {
  const doing = remediationOf(entry);
  return `${localTime(entry.change.at)} by ${whoOf(entry.change)}${doing === undefined ? '' : ` · ${doing}`}`;
}

function whoOf({by}: Change): string {
  const name = by.email ?? by.userId ?? (by.byPort ? 'Port' : undefined);
  return name === undefined ? 'unknown' : escapeText(showValue(name, 100));
}

/** What is being done about it, as far as it is known when the message leaves. */
function remediationOf({matches}: Entry): string | undefined {
  const doing = matches.flatMap(({rule: {remediate}}) => {
    if (remediate?.run !== undefined) return [`running ${code(remediate.run, 100)}, its result follows`];
    return remediate?.job === undefined ? [] : [`handed to the job ${code(remediate.job, 100)}`];
  });
  return doing.length === 0 ? undefined : unique(doing).slice(0, 3).join('; ');
}

/** The runbooks, the entity's page and its own addresses, this run. */
export function linksOf({change, matches}: Entry, {runUrl, appUrl}: MessageContext): string[] {
  const runbooks = unique(matches.flatMap(({rule}) => rule.notify?.runbook ?? []));
  const links = [
    ...runbooks.map((url, index) => ({label: `📕 Runbook${index === 0 ? '' : ` ${index + 1}`}`, url: safeUrl(url)})),
    {label: 'Entity in Port', url: entityUrl(appUrl, change)},
    {label: 'This run', url: escapeUrl(runUrl)},
    ...ownLinks(change),
  ];
  return links.flatMap(({label, url}) => (url === undefined ? [] : [link(url, label)]));
}

/** Those whom the rules want to be told, in the form that Slack notifies. */
export function mentionsOf(entries: readonly Entry[]): string[] {
  return unique(entries.flatMap(({matches}) => matches.flatMap(({rule}) => rule.notify?.mention?.split(/\s+/) ?? [])));
}

export function ruleNames(entries: readonly Entry[]): string {
  const rules = unique(entries.flatMap(({matches}) => matches.map(({rule}) => rule.name)));
  const names = rules.slice(0, 5).map(name => code(name, 60));
  const more = rules.length > 5 ? ` and ${rules.length - 5} more` : '';
  return `${rules.length === 1 ? 'Rule' : 'Rules'} ${names.join(', ')}${more}`;
}

/** "Critical: Notification Service Production (deploymentConfig): healthStatus Healthy → Degraded, by jane@…" */
export function sentence(entry: Entry): string {
  const {change, mood} = entry;
  const transitions = transitionsOf(entry).map(
    ({transition: {property, from, to}}) => `${property} ${showSide(from)} → ${showSide(to)}`,
  );
  const what = [...actionOf(entry), ...unique(transitions)].join(', ');
  const who = change.by.email ?? change.by.userId;
  const by = who === undefined ? '' : `, by ${showValue(who, 80)}`;
  return `${capital(mood)}: ${clip(titleOf(change), 100)} (${showValue(change.blueprint, 60)}): ${clip(oneLine(what), 200)}${by}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
