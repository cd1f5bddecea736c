/** Act: a planned notification → the Slack message, made to be acted on from a phone at 3 a.m. Pure. */
import type {Change} from '../change/change.ts';
import {describeAction, showSide} from '../decide/conditions.ts';
import {type Direction, directionOf, statusIcon} from '../decide/direction.ts';
import type {Match, Notification} from '../decide/plan.ts';
import {type Rule, type Rules, SEVERITIES, type Severity} from '../rules/rules.ts';
import {clip, count, oneLine, showValue} from '../text.ts';
import {entityUrl, ownLinks} from './entity-links.ts';
import {contextLine, MAX_TEXT_OBJECT, message, type SlackMessage, section} from './slack-blocks.ts';
import {code, escapeText, link, localTime, safeUrl} from './slack-text.ts';

/** What messages point to and need to know beside the matches. */
export interface MessageContext {
  readonly statuses: Rules['statuses'];
  readonly runUrl: string;
  /** Port's web interface. */
  readonly appUrl: string;
}

/** All matches of one change: what one part of a message tells. */
interface Entry {
  readonly change: Change;
  readonly matches: readonly Match[];
  readonly severity: Severity;
}

/** Slack allows 50 blocks; on a phone, far fewer are read. @see https://docs.slack.dev/reference/block-kit/blocks */
const MAX_ENTRIES = 15;
/** One change: a full message. Several: one message with a compact part for each, the worst first, never a salvo. */
export function renderNotification({matches}: Notification, context: MessageContext): SlackMessage {
  const entries = entriesOf(matches);
  const [first] = entries;
  if (first === undefined) throw new Error('a notification has at least one match');
  return entries.length === 1 ? renderOne(first, context) : renderSeveral(entries, context);
}

function entriesOf(matches: readonly Match[]): Entry[] {
  const changes = [...new Set(matches.map(({change}) => change))];
  const entries = changes.map(change => {
    const ofChange = matches.filter(match => match.change === change);
    return {change, matches: ofChange, severity: worst(ofChange.map(({rule}) => rule.severity))};
  });
  return entries.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

function worst(severities: readonly Severity[]): Severity {
  return SEVERITIES.findLast(severity => severities.includes(severity)) ?? 'info';
}

function renderOne(entry: Entry, context: MessageContext): SlackMessage {
  const facts = factsOf(entry).map(([name, value]) => `*${name}:* ${value}`);
  const mentions = [...new Set(entry.matches.flatMap(({rule}) => rule.notify?.mention ?? []))];
  const headline = [`${headOf(entry, context)} · *${escapeText(titleOf(entry.change))}*`, ...mentions].join(' ');
  return message(sentence(entry, context), [
    section([headline, ...whatHappened(entry, context)].join('\n')),
    section(facts.join('\n')),
    section(linksOf(entry, context)),
    contextLine(smallPrint([entry])),
  ]);
}

function renderSeveral(entries: readonly Entry[], context: MessageContext): SlackMessage {
  const shown = entries.slice(0, MAX_ENTRIES);
  const hidden = entries.length - shown.length;
  const mentions = [
    ...new Set(entries.flatMap(({matches}) => matches.flatMap(({rule}) => rule.notify?.mention ?? []))),
  ];
  const total = `${severityHead(entries[0]?.severity ?? 'info')} · *${count(entries.length, 'change')}*`;
  const first = entries[0] === undefined ? '' : `; first: ${sentence(entries[0], context)}`;
  return message(`${count(entries.length, 'change')} in your catalog${first}`, [
    section([total, ...mentions].join(' ')),
    ...shown.map(entry => section(compact(entry, context))),
    ...(hidden > 0
      ? [section(`… and ${count(hidden, 'more change')}: ${link(escapeUrl(context.runUrl), 'see the run')}`)]
      : []),
    contextLine(`${smallPrint(entries)} · ${link(escapeUrl(context.runUrl), 'this run')}`),
  ]);
}

function compact(entry: Entry, context: MessageContext): string {
  const {change} = entry;
  const title = link(escapeUrl(entityUrl(context.appUrl, change)), clip(titleOf(change), 80));
  const doing = remediationOf(entry);
  const who = `${localTime(change.at)} by ${whoOf(change)}${doing === undefined ? '' : ` · ${doing}`}`;
  return [`${headOf(entry, context)} · *${title}*`, ...whatHappened(entry, context), who].join('\n');
}

/** "🔴 *CRITICAL*": how bad, as a colour and a word; an improvement is good news whatever the rule's severity. */
function headOf({matches, severity}: Entry, {statuses}: MessageContext): string {
  const direction = directionsOf(matches, statuses);
  if (direction === 'recovered') return '🟢 *RECOVERED*';
  return direction === 'improved' ? '🟢 *IMPROVED*' : severityHead(severity);
}

const SEVERITY_HEADS: Record<Severity, string> = {
  critical: '🔴 *CRITICAL*',
  warning: '🟠 *WARNING*',
  info: '🔵 *INFO*',
};

function severityHead(severity: Severity): string {
  return SEVERITY_HEADS[severity];
}

/** The direction that all of the entry's transitions share. */
function directionsOf(matches: readonly Match[], statuses: Rules['statuses']): Direction {
  const directions = new Set(
    matches.flatMap(({transition}) => (transition ? [directionOf(statuses, transition)] : [])),
  );
  const [only, ...others] = directions;
  return only !== undefined && others.length === 0 ? only : 'changed';
}

/** One line for each property that a rule names, or for what happened to the entity. */
function whatHappened({change, matches}: Entry, context: MessageContext): string[] {
  return unique(matches.map(match => transitionLine(match, change, context))).slice(0, 5);
}

function transitionLine({rule, transition}: Match, change: Change, {statuses}: MessageContext): string {
  if (transition === undefined || change.action === 'TIMER_EXPIRED') return escapeText(capital(describeAction(change)));
  const {property, from, to} = transition;
  const side = (value: unknown) =>
    [statusIcon(statuses, property, value), value === null ? '_not set_' : code(value)].join(' ').trim();
  return `${code(property, 80)}: ${side(from)} → ${side(to)}${threshold(rule)}`;
}

function threshold({above, below}: Rule): string {
  if (above !== undefined) return ` (threshold: ${above} or more)`;
  return below === undefined ? '' : ` (threshold: ${below} or less)`;
}

/** Where, since when, who, what is being done: each one a line. */
function factsOf(entry: Entry): [name: string, value: string][] {
  const {change} = entry;
  const team = change.team.length === 0 ? '' : ` · team ${escapeText(clip(change.team.map(oneLine).join(', '), 100))}`;
  const origin = change.origin === '' ? '' : ` via ${escapeText(showValue(change.origin, 60))}`;
  const doing = remediationOf(entry);
  return [
    ['Where', `${code(change.entity)} in ${code(change.blueprint, 80)}${team}`],
    ['Since', localTime(change.at)],
    ['By', `${whoOf(change)}${origin}`],
    ...(doing === undefined ? [] : [['Remediation', doing] as [string, string]]),
  ];
}

function whoOf({by}: Change): string {
  const name = by.email ?? by.userId ?? (by.byPort ? 'Port' : undefined);
  return name === undefined ? 'unknown' : escapeText(showValue(name, 100));
}

/** What is being done about it, as far as it is known when the message leaves. */
function remediationOf({matches}: Entry): string | undefined {
  const doing = matches.flatMap(({rule: {remediate}}) => {
    if (remediate?.run !== undefined) return [`running ${code(remediate.run)}, its result follows`];
    return remediate?.job === undefined ? [] : [`handed to the job ${code(remediate.job)}`];
  });
  return doing.length === 0 ? undefined : unique(doing).slice(0, 3).join('; ');
}

function linksOf({change, matches}: Entry, {runUrl, appUrl}: MessageContext): string {
  const runbooks = unique(matches.flatMap(({rule}) => rule.notify?.runbook ?? []));
  const links = [
    ...runbooks.map((url, index) => ({
      label: index === 0 ? '📕 Runbook' : `📕 Runbook ${index + 1}`,
      url: safeUrl(url),
    })),
    {label: 'Entity in Port', url: escapeUrl(entityUrl(appUrl, change))},
    ...ownLinks(change),
    {label: 'This run', url: escapeUrl(runUrl)},
  ];
  return fitParts(
    links.flatMap(({label, url}) => (url === undefined ? [] : [link(url, label)])),
    MAX_TEXT_OBJECT,
  );
}

/** Joined as far as they fit: a link cut in its middle would be a broken one. */
function fitParts(parts: readonly string[], max: number): string {
  const kept: string[] = [];
  for (const part of parts) {
    if ([...kept, part].join('  ·  ').length > max) break;
    kept.push(part);
  }
  return kept.join('  ·  ');
}

function smallPrint(entries: readonly Entry[]): string {
  const rules = unique(entries.flatMap(({matches}) => matches.map(({rule}) => rule.name)));
  const ids = entries.length === 1 && entries[0] ? ` · change ${code(entries[0].change.id, 60)}` : '';
  const names = rules.slice(0, 5).map(name => code(name, 60));
  const more = rules.length > 5 ? ` and ${rules.length - 5} more` : '';
  return `${rules.length === 1 ? 'Rule' : 'Rules'} ${names.join(', ')}${more}${ids}`;
}

/** "Critical: Notification Service Production (deploymentConfig): healthStatus Healthy → Degraded, by jane@…" */
function sentence({change, matches, severity}: Entry, {statuses}: MessageContext): string {
  const direction = directionsOf(matches, statuses);
  const head = direction === 'recovered' || direction === 'improved' ? direction : severity;
  const what = unique(
    matches.map(({transition}) =>
      transition === undefined || change.action === 'TIMER_EXPIRED'
        ? describeAction(change)
        : `${transition.property} ${showSide(transition.from)} → ${showSide(transition.to)}`,
    ),
  ).join(', ');
  const who = change.by.email ?? change.by.userId;
  const by = who === undefined ? '' : `, by ${showValue(who, 80)}`;
  return `${capital(head)}: ${clip(titleOf(change), 100)} (${showValue(change.blueprint, 60)}): ${clip(oneLine(what), 200)}${by}`;
}

function titleOf({title, entity}: Change): string {
  return clip(oneLine(title), 150) || showValue(entity, 150);
}

/** Addresses of ours hold nothing but what `encodeURIComponent` leaves, and GitHub's names. */
function escapeUrl(url: string): string {
  return url.replace(/[<>|\s]/g, encodeURIComponent).replaceAll('&', '&amp;');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
