/** Act: all matches of one change, and the lines about it in Slack. Pure. */

import {clip, oneLine, showValue} from '../../base/text.ts';
import type {Change} from '../../change/change.ts';
import {resolveReads} from '../../change/reads.ts';
import type {Transition} from '../../change/transition.ts';
import {describeAction} from '../../decide/describe.ts';
import {statusIcon} from '../../decide/direction.ts';
import type {Match} from '../../decide/plan.ts';
import {showSide} from '../../decide/show-side.ts';
import type {Rule, Rules} from '../../rules/rules.ts';
import {entityUrl, ownLinks} from './entity-links.ts';
import {byMood, ICONS, type Mood, mentionOf, moodOf, worstStatus} from './mood.ts';
import {type RemediationFacts, remediationWords} from './remediation-words.ts';
import {plainRuleText, ruleText} from './rule-text.ts';
import {byNeed, isEnd, isForgetful, type Story, standsAlone, storyOf} from './story.ts';
import {
  answerIds,
  answersOf,
  asidesOf,
  factsOfStories,
  gistsOf,
  knownValues,
  runsOf,
  storyLines,
  valueLines,
} from './story-lines.ts';
import {wordOf} from './story-words.ts';
import {code, escapeText, escapeUrl, isSeen, link, localTime, safeUrl} from './text.ts';

/** What messages point to and need to know beside the matches. */
export interface MessageContext extends RemediationFacts {
  readonly statuses: Rules['statuses'];
  readonly runUrl: string;
  /** Port's web interface. */
  readonly appUrl: string;
  /** When the message is written, in milliseconds since the epoch: how long an incident has been open is counted to it. */
  readonly nowMs?: number;
  /** How many partitions the relay has, if the event says it. */
  readonly partitions?: number | undefined;
  /** It replaces a message that people have seen, so mentions are left out. */
  readonly isEdit?: true;
}

/** The content of one part of a message. */
export interface Entry {
  readonly change: Change;
  readonly matches: readonly Match[];
  /** What the memory says of them, what most needs a person first. */
  readonly stories: readonly Story[];
  readonly mood: Mood;
  readonly rank: number;
  /** Its place among the changes of the run, which come in the order in which they happened. */
  readonly order: number;
}

/** One entry for each change, the worst first. What begins with a change and what ends with it have an entry each. */
export function entriesOf(matches: readonly Match[], {statuses}: MessageContext): Entry[] {
  const byChange = new Map<Change, Match[]>();
  for (const match of matches) byChange.set(match.change, [...(byChange.get(match.change) ?? []), match]);
  const entries = Array.from(byChange, ([change, all], order) =>
    beginningsAndEnds(all)
      .filter(own => own.length > 0)
      .map(own => ({
        change,
        matches: own,
        stories: own.flatMap(match => storyOf(match) ?? []).toSorted(byNeed),
        mood: moodOf(own, statuses),
        rank: worstStatus(own, statuses),
        order,
      })),
  );
  return entries.flat().toSorted(byMood);
}

/** A match that stands alone goes with what begins, or else with what ends. */
function beginningsAndEnds(matches: readonly Match[]): Match[][] {
  const stories = new Map(matches.map(match => [match, storyOf(match)]));
  const isEnding = (match: Match) => {
    const story = stories.get(match);
    return story !== undefined && isEnd(story);
  };
  const isBeginning = (match: Match) => !isEnding(match) && !standsAlone(stories.get(match));
  if (!matches.some(isBeginning)) return [[...matches]];
  return [matches.filter(match => !isEnding(match)), matches.filter(isEnding)];
}

/** "🔴 *STILL OPEN*": how bad it is as an icon, and which message of the incident's life it is; else how bad, in a word. */
export function headOfEntry({mood, stories: [first]}: Entry): string {
  return `${ICONS[mood]} *${(first && wordOf(first)?.toUpperCase()) ?? mood.toUpperCase()}*`;
}

/** A line if the memory could not be read for some of them. */
export function forgetfulIn(entries: readonly Pick<Entry, 'matches'>[]): string[] {
  return entries.some(({matches}) => matches.some(isForgetful)) ? [FORGETFUL] : [];
}

const FORGETFUL =
  '_Not remembered, as the incident memory could not be read: this may be a repeat, and no script starts._';

export function entryTitle({title, entity}: Change): string {
  return isSeen(title) ? clip(oneLine(title), 150) : showValue(entity, 150);
}

/**
 * What the memory says; the rules' own texts; of rules without one, what happened to the entity, and a line for each
 * property that they name.
 */
export function whatHappened(entry: Entry, {statuses, nowMs}: MessageContext): string[] {
  const {matches, stories} = entry;
  const news = matches.filter(match => isNews(match));
  const texts = unique(news.flatMap(match => ruleText(match) ?? []));
  const wordless = news.filter(({rule}) => rule.notify?.text === undefined);
  const unnamed = matches.filter(match => wordless.includes(match) || !(news.includes(match) || isByClock(match)));
  const actions = wordless.length === 0 ? [] : actionOf({...entry, matches: wordless});
  return [
    ...storyLines(stories, nowMs),
    ...texts,
    ...actions.map(action => escapeText(capital(action))),
    ...transitionLines({...entry, matches: unnamed}, statuses),
    ...valueLines(stories, statuses).slice(0, MAX_LINES),
  ];
}

/** Messages about a change for the worse. The rule's own text is made for them, not for an end or a reminder. */
const NEWS: ReadonlySet<string> = new Set(['firing', 'reopened', 'update']);

function isNews(match: Match): boolean {
  const story = storyOf(match);
  if (story === undefined) return true;
  const {topic, byClock} = story.reaction;
  return NEWS.has(topic) && (!byClock || knowsAllOf(match.rule));
}

/** Of an entity whose change is not at hand, the memory knows its names and the rule's property: a text that reads more would be wrong. */
function knowsAllOf({property, notify}: Rule): boolean {
  if (notify?.text === undefined) return false;
  return resolveReads(notify.text.reads, property).every(
    ([side, kind, name]) =>
      side === 'title' || side === 'team' || (side === 'after' && kind === 'properties' && name === property),
  );
}

function isByClock(match: Match): boolean {
  return storyOf(match)?.reaction.byClock === true;
}

/** A line for each property, the same one once. */
function transitionLines(entry: Entry, statuses: Rules['statuses']): string[] {
  const lines = unique(transitionsOf(entry).map(({rule, transition}) => transitionLine(rule, transition, statuses)));
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} more`];
}

const MAX_LINES = 5;

/** None of an expired timer, which reports no values, and of an incident that ends because its entity is gone. */
export function transitionsOf({
  change,
  matches,
  stories,
}: Pick<Entry, 'change' | 'matches' | 'stories'>): {rule: Rule; transition: Transition}[] {
  if (change.action === 'TIMER_EXPIRED' || stories[0]?.reaction.topic === 'deleted') return [];
  return matches.flatMap(({rule, transition}) => (transition === undefined ? [] : [{rule, transition}]));
}

/** What happened to the entity as a whole, unless it is that its properties changed. */
export function actionOf(entry: Entry): string[] {
  const {change, matches} = entry;
  if (change.action === 'UPDATE' && transitionsOf(entry).length > 0) return [];
  return [describeAction(change, matches[0]?.rule.property)];
}

/** @param max how long a value may be */
export function transitionLine(
  rule: Rule,
  {property, from, to}: Transition,
  statuses: Rules['statuses'],
  max = 150,
): string {
  const side = (value: unknown) =>
    [statusIcon(statuses, property, value), value === null ? '_not set_' : code(value, max)].join(' ').trim();
  return `${code(property, Math.min(max, 80))}: ${side(from)} → ${side(to)}${threshold(rule)}`;
}

function threshold(rule: Rule): string {
  const words = thresholdOf(rule);
  return words === undefined ? '' : ` (threshold: ${words})`;
}

/** "80 or more" */
export function thresholdOf({above, below}: Rule): string | undefined {
  if (above !== undefined) return `${above} or more`;
  return below === undefined ? undefined : `${below} or less`;
}

/** Where, since when, who, what is being done: each one a line. */
export function factLines(entry: Entry, context: MessageContext): string[] {
  const {change, stories} = entry;
  const life = factsOfStories(stories);
  const team = change.team.length === 0 ? '' : ` · team ${escapeText(clip(change.team.map(oneLine).join(', '), 100))}`;
  const doing = remediationOf(entry, context);
  return [
    ...unnamedTransitions(entry, context).map(line => `*Change:* ${line}`),
    `*Where:* ${code(change.entity)} in ${code(change.blueprint, 80)}${team}`,
    ...(life.length > 0 ? life : [`*Since:* ${localTime(change.at)}`]),
    ...whoLine(change),
    ...(doing === undefined ? [] : [`*Remediation:* ${doing}`]),
    ...asidesOf(stories),
    ...forgetfulIn([entry]),
  ];
}

/** The transitions of rules with texts of their own, unless the lines above name them already. */
function unnamedTransitions({matches: all, ...entry}: Entry, {statuses}: MessageContext): string[] {
  const matches = all.filter(match => isNews(match) && !isByClock(match));
  const shown = transitionsOf({...entry, matches: matches.filter(({rule}) => rule.notify?.text === undefined)});
  const texts = matches.flatMap(match => plainRuleText(match) ?? []);
  const isNamed = ({transition}: Match) =>
    transition === undefined ||
    shown.some(one => one.transition.property === transition.property) ||
    texts.some(text => holdsTransition(text, transition));
  const unnamed = matches.filter(match => match.rule.notify?.text !== undefined && !isNamed(match));
  return transitionLines({...entry, matches: unnamed}, statuses);
}

/** Whether the text says "Healthy → Degraded", with any arrow. */
function holdsTransition(text: string, {from, to}: Transition): boolean {
  const [start, end] = [showValue(from, 80), showValue(to, 80)];
  return ARROWS.some(arrow => text.includes(`${start} ${arrow} ${end}`) || text.includes(`${start}${arrow}${end}`));
}

const ARROWS = ['→', '->', '=>', '>', '⇒', '➜', '➡️', 'to'];

/** When and who, what is being done, and the incident with a link to answer it, on one line. */
export function factLine(entry: Entry, context: MessageContext): string {
  const doing = remediationOf(entry, context);
  const who = whoOf(entry.change);
  const by = who === undefined ? '' : ` by ${who}`;
  const answers = answerIds(entry.stories, context.runUrl).map(id => `incident ${id}`);
  return [`${localTime(entry.change.at)}${by}`, ...(doing === undefined ? [] : [doing]), ...answers].join(' · ');
}

/** Nothing where nothing is known: a line that says so is read for nothing. */
function whoLine(change: Change): string[] {
  const who = whoOf(change);
  const origin = change.origin === '' ? undefined : escapeText(showValue(change.origin, 60));
  if (who === undefined) return origin === undefined ? [] : [`*Via:* ${origin}`];
  return [`*By:* ${who}${origin === undefined ? '' : ` via ${origin}`}`];
}

function whoOf({by}: Change): string | undefined {
  const name = by.email ?? by.userId ?? (by.byPort ? 'Port' : undefined);
  return name === undefined ? undefined : escapeText(showValue(name, 100));
}

/** What is being done about it, as far as it is known when the message leaves. */
function remediationOf({matches}: Entry, context: MessageContext): string | undefined {
  const all = remediationWords(matches, context);
  return all.length === 0 ? undefined : all.slice(0, 3).join('; ');
}

/** The runbooks, the form to answer an open incident, the entity's page and its own addresses, this run. */
export function linksOf({change, matches, stories}: Entry, {runUrl, appUrl}: MessageContext): string[] {
  const runbooks = unique(matches.flatMap(({rule}) => rule.notify?.runbook ?? []));
  const answers = answersOf(stories, runUrl);
  const links = [
    ...runbooks.map((url, index) => ({label: `📕 Runbook${index === 0 ? '' : ` ${index + 1}`}`, url: safeUrl(url)})),
    ...answers.map(({id, url}) => ({label: `✋ Acknowledge or silence${answers.length > 1 ? ` ${id}` : ''}`, url})),
    {label: 'Entity in Port', url: entityUrl(appUrl, change)},
    {label: 'This run', url: escapeUrl(runUrl)},
    ...runsOf(stories, runUrl),
    ...ownLinks(change),
  ];
  return links.flatMap(({label, url}) => (url === undefined ? [] : [link(url, label)]));
}

/** Those whom the rules and escalations want to be called, each once, in the form that Slack notifies. */
export function mentionsOf(entries: readonly Entry[], {statuses, isEdit}: MessageContext): string[] {
  if (isEdit) return [];
  const mentions = entries.flatMap(({matches}) => matches.flatMap(match => mentionOf(match, statuses) ?? []));
  return unique(mentions.flatMap(mention => mention.split(/\s+/)));
}

export function ruleNames(entries: readonly Entry[]): string {
  const rules = unique(entries.flatMap(({matches}) => matches.map(({rule}) => rule.name)));
  const names = rules.slice(0, 5).map(name => code(name, 60));
  const more = rules.length > 5 ? ` and ${rules.length - 5} more` : '';
  return `${rules.length === 1 ? 'Rule' : 'Rules'} ${names.join(', ')}${more}`;
}

/** The runbooks of several changes, called by the rules that name them. */
export function runbooksOf(entries: readonly Entry[]): string[] {
  const rules = new Set(entries.flatMap(({matches}) => matches.map(({rule}) => rule)));
  const byUrl = new Map<string, string>();
  for (const {name, notify} of rules) {
    const url = safeUrl(notify?.runbook);
    if (url !== undefined && !byUrl.has(url)) byUrl.set(url, name);
  }
  return Array.from(byUrl, ([url, name]) => `📕 ${link(url, name)}`);
}

/** "Critical: Notification Service Production (deploymentConfig): healthStatus Healthy → Degraded, by jane@…" */
export function sentence(entry: Entry, nowMs?: number): string {
  const {change, stories} = entry;
  const head = capital((stories[0] && wordOf(stories[0])) ?? entry.mood);
  const title = clip(entryTitle(change), 100);
  const gists = gistsOf(stories, nowMs).map(gist =>
    gist.startsWith(`${head.toLowerCase()} `) ? gist.slice(head.length + 1) : gist,
  );
  const news = entry.matches.filter(match => isNews(match));
  const [text] = news.flatMap(match => plainRuleText(match) ?? []);
  if (text !== undefined) {
    const named = text.includes(title) ? '' : `${title}: `;
    return `${head}: ${named}${[...gists, text].join(', ')}`;
  }
  const what = [...gists, ...plainChanges(entry)].join(', ');
  const who = change.by.email ?? change.by.userId;
  const by = who === undefined ? '' : `, by ${showValue(who, 80)}`;
  return `${head}: ${title} (${showValue(change.blueprint, 60)}): ${clip(oneLine(what), 200)}${by}`;
}

/** What happened to the entity and its properties, as plain text. */
function plainChanges(entry: Entry): string[] {
  const {matches, stories} = entry;
  const byChange = {...entry, matches: matches.filter(match => !isByClock(match))};
  const actions = byChange.matches.some(match => isNews(match)) ? actionOf(byChange) : [];
  const transitions = transitionsOf(byChange).map(
    ({transition: {property, from, to}}) => `${property} ${showSide(from)} → ${showSide(to)}`,
  );
  const values = knownValues(stories).map(({property, value}) => `${property} ${showSide(value)}`);
  return [...actions, ...unique([...transitions, ...values])];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
