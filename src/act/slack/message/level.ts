/**
 * Act: the level of a message: one word for how bad its news is. It decides icon, order, and whether people are mentioned. Pure.
 */
import {directionFor, relativeRank} from '../../../decide/direction.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Rule, Rules} from '../../../rules/rules.ts';
import {updateOf} from '../incident/update.ts';

/** From best to worst. An improvement is good news, regardless of the rule's severity. A decline ranks above other news. */
const LEVELS = ['recovered', 'improved', 'info', 'worsened', 'warning', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

type Statuses = Rules['statuses'];

/** The worst level of all matches of one change. A rule with the severity `info` does not worsen good news. */
export function levelOf(matches: readonly Match[], statuses: Statuses): Level {
  const levels = matches.map(match => levelOfMatch(match, statuses));
  const isGood = levels.includes('recovered') || levels.includes('improved');
  return worstOf(isGood ? levels.filter(level => level !== 'info') : levels);
}

function levelOfMatch(match: Match, statuses: Statuses): Level {
  const {topic, incident, byClock} = updateOf(match)?.reaction ?? {};
  if (topic === 'recovered') return 'recovered';
  if (topic === 'deleted') return 'info';
  if (topic === 'stable' && incident?.state === 'closed') return 'recovered';
  return byClock ? levelOfSeverity(match.rule) : levelOfChange(match, statuses);
}

/** A timer has no transition, so the rule's severity decides. */
function levelOfSeverity({severity}: Rule): Level {
  return severity === 'info' ? 'worsened' : severity;
}

function levelOfChange({rule, transition}: Match, statuses: Statuses): Level {
  const direction = directionFor(rule, transition, statuses);
  if (direction === 'recovered' || direction === 'improved') return direction;
  if (direction === 'settled') return 'info';
  return rule.severity === 'info' && direction === 'worsened' ? 'worsened' : rule.severity;
}

function worstOf(levels: readonly Level[]): Level {
  return LEVELS.findLast(level => levels.includes(level)) ?? 'info';
}

/**
 * The mentions for a match: those of its rule, unless the news is good or needs no action. An escalation has its own mentions.
 */
export function mentionOf(match: Match, statuses: Statuses): string | undefined {
  const update = updateOf(match);
  const own = match.rule.notify?.mention;
  if (update === undefined) return isWorsening(match, statuses) ? own : undefined;
  const {topic, mention, incident, byClock} = update.reaction;
  switch (topic) {
    case 'firing':
    case 'reopened':
    case 'update':
      return byClock || isWorsening(match, statuses) ? own : undefined;
    case 'escalation':
      return mention ?? own;
    case 'reminder':
    case 'gave-up':
    case 'outcome-unknown':
      return own;
    case 'flapping':
    case 'stable':
      return incident?.state === 'closed' ? undefined : own;
    default:
      return undefined;
  }
}

/**
 * Whether people are mentioned. They are not if `statuses` show that the property improved, recovered, or reached the best
 * status.
 */
export function isWorsening({rule, transition}: Match, statuses: Statuses): boolean {
  return !['recovered', 'improved', 'settled'].includes(directionFor(rule, transition, statuses));
}

/** The rank of the worst status reached, from 0 (best) to 1. A status that the rules do not rank counts as the best. */
export function worstStatus(matches: readonly Match[], statuses: Statuses): number {
  const found = matches.map(({transition}) => transition && relativeRank(statuses, transition.property, transition.to));
  return Math.max(0, ...found.map(rank => rank ?? 0));
}

interface Ranked {
  readonly level: Level;
  readonly rank: number;
}

/** Sorts the worst first. */
export function byLevel(a: Ranked, b: Ranked): number {
  return LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.rank - a.rank;
}

export const ICONS: Record<Level, string> = {
  recovered: '🟢',
  improved: '🔼',
  info: '🔵',
  worsened: '🔽',
  warning: '🟠',
  critical: '🔴',
};

/** "🔴 *CRITICAL*": the level as an icon and a word. */
export function headOf(level: Level): string {
  return `${ICONS[level]} *${level.toUpperCase()}*`;
}

/** "🔴 2 critical · 🟢 1 recovered": all levels, the worst first. */
export function levelCounts(all: readonly {readonly level: Level}[]): string {
  return LEVELS.toReversed()
    .map(level => ({level, n: all.filter(one => one.level === level).length}))
    .filter(({n}) => n > 0)
    .map(({level, n}) => `${ICONS[level]} ${n} ${level}`)
    .join(' · ');
}
