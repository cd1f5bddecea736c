/** Act: the lines of an entry about the entity and its properties. Pure. */
import {capitalize, showValue} from '../../../base/text/show.ts';
import type {Transition} from '../../../change/transition.ts';
import {describeAction} from '../../../decide/describe.ts';
import {statusIcon} from '../../../decide/direction.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Rule, Rules} from '../../../rules/rules.ts';
import {code, escapeText} from '../block-kit/text.ts';
import {updateLines, valueLines} from '../incident/update-lines.ts';
import type {Entry, MessageContext} from './entry.ts';
import {isByClock, isNews} from './news.ts';
import {plainRuleText, ruleText} from './rule-text.ts';

/**
 * The lines from the memory and the texts of the rules. For rules without a text: a line about the entity, and a line for each
 * of their properties.
 */
export function whatHappened(entry: Entry, {statuses, nowMs}: MessageContext): string[] {
  const {matches, updates} = entry;
  const news = matches.filter(match => isNews(match));
  const texts = [...new Set(news.flatMap(match => ruleText(match) ?? []))];
  const withoutText = news.filter(({rule}) => rule.notify?.text === undefined);
  const unnamed = matches.filter(match => withoutText.includes(match) || !(news.includes(match) || isByClock(match)));
  const actions = withoutText.length === 0 ? [] : actionOf({...entry, matches: withoutText});
  return [
    ...updateLines(updates, nowMs),
    ...texts,
    ...actions.map(action => escapeText(capitalize(action))),
    ...transitionLines({...entry, matches: unnamed}, statuses),
    ...valueLines(updates, statuses).slice(0, MAX_LINES),
  ];
}

/** One line for each property, without duplicates. */
function transitionLines(entry: Entry, statuses: Rules['statuses']): string[] {
  const lines = [...new Set(transitionsOf(entry).map(one => transitionLine(one, statuses)))];
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} more`];
}

const MAX_LINES = 5;

interface RuleTransition {
  readonly rule: Rule;
  readonly transition: Transition;
}

/** Empty for an expired timer, which reports no values, and for an incident that ends because its entity was deleted. */
export function transitionsOf({
  change,
  matches,
  updates,
}: Pick<Entry, 'change' | 'matches' | 'updates'>): RuleTransition[] {
  if (change.action === 'TIMER_EXPIRED' || updates[0]?.reaction.topic === 'deleted') return [];
  return matches.flatMap(({rule, transition}) => (transition === undefined ? [] : [{rule, transition}]));
}

/** The action on the entity as a whole. Empty if only its properties changed. */
export function actionOf(entry: Entry): string[] {
  const {change, matches} = entry;
  if (change.action === 'UPDATE' && transitionsOf(entry).length > 0) return [];
  return [describeAction(change, matches[0]?.rule.property)];
}

/** @param max the maximum length of a value */
export function transitionLine(
  {rule, transition: {property, from, to}}: RuleTransition,
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

/** The transitions of rules with their own text, unless the lines above contain them. */
export function unnamedTransitions({matches: all, ...entry}: Entry, {statuses}: MessageContext): string[] {
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

/** Whether the text contains "Healthy → Degraded", with any arrow. */
function holdsTransition(text: string, {from, to}: Transition): boolean {
  const [start, end] = [showValue(from, 80), showValue(to, 80)];
  return ARROWS.some(arrow => text.includes(`${start} ${arrow} ${end}`) || text.includes(`${start}${arrow}${end}`));
}

const ARROWS = ['→', '->', '=>', '>', '⇒', '➜', '➡️', 'to'];
