/**
 * Act: the mood of a message: one word for how bad its news is. It decides icon, order, and whether people are mentioned. Pure.
 */
import {directionFor, relativeRank} from '../../../decide/direction.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Rule, Rules} from '../../../rules/rules.ts';
import {storyOf} from '../incident/story.ts';

/** From best to worst. An improvement is good news, regardless of the rule's severity. A decline ranks above other news. */
const MOODS = ['recovered', 'improved', 'info', 'worsened', 'warning', 'critical'] as const;
export type Mood = (typeof MOODS)[number];

type Statuses = Rules['statuses'];

/** The worst mood of all matches of one change. A rule with the severity `info` does not worsen good news. */
export function moodOf(matches: readonly Match[], statuses: Statuses): Mood {
  const moods = matches.map(match => moodOfMatch(match, statuses));
  const isGood = moods.includes('recovered') || moods.includes('improved');
  return worstOf(isGood ? moods.filter(mood => mood !== 'info') : moods);
}

function moodOfMatch(match: Match, statuses: Statuses): Mood {
  const {topic, incident, byClock} = storyOf(match)?.reaction ?? {};
  if (topic === 'recovered') return 'recovered';
  if (topic === 'deleted') return 'info';
  if (topic === 'stable' && incident?.state === 'closed') return 'recovered';
  return byClock ? moodOfSeverity(match.rule) : moodOfChange(match, statuses);
}

/** A timer has no transition, so the rule's severity decides. */
function moodOfSeverity({severity}: Rule): Mood {
  return severity === 'info' ? 'worsened' : severity;
}

function moodOfChange({rule, transition}: Match, statuses: Statuses): Mood {
  const direction = directionFor(rule, transition, statuses);
  if (direction === 'recovered' || direction === 'improved') return direction;
  if (direction === 'settled') return 'info';
  return rule.severity === 'info' && direction === 'worsened' ? 'worsened' : rule.severity;
}

function worstOf(moods: readonly Mood[]): Mood {
  return MOODS.findLast(mood => moods.includes(mood)) ?? 'info';
}

/**
 * The mentions for a match: those of its rule, unless the news is good or needs no action. An escalation has its own mentions.
 */
export function mentionOf(match: Match, statuses: Statuses): string | undefined {
  const story = storyOf(match);
  const own = match.rule.notify?.mention;
  if (story === undefined) return isWorsening(match, statuses) ? own : undefined;
  const {topic, mention, incident, byClock} = story.reaction;
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
  readonly mood: Mood;
  readonly rank: number;
}

/** Sorts the worst first. */
export function byMood(a: Ranked, b: Ranked): number {
  return MOODS.indexOf(b.mood) - MOODS.indexOf(a.mood) || b.rank - a.rank;
}

export const ICONS: Record<Mood, string> = {
  recovered: '🟢',
  improved: '🔼',
  info: '🔵',
  worsened: '🔽',
  warning: '🟠',
  critical: '🔴',
};

/** "🔴 *CRITICAL*": the mood as an icon and a word. */
export function headOf(mood: Mood): string {
  return `${ICONS[mood]} *${mood.toUpperCase()}*`;
}

/** "🔴 2 critical · 🟢 1 recovered": all moods, the worst first. */
export function moodCounts(all: readonly {readonly mood: Mood}[]): string {
  return MOODS.toReversed()
    .map(mood => ({mood, n: all.filter(one => one.mood === mood).length}))
    .filter(({n}) => n > 0)
    .map(({mood, n}) => `${ICONS[mood]} ${n} ${mood}`)
    .join(' · ');
}
