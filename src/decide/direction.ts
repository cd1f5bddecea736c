/** Plan: whether a transition is an improvement, based on `statuses` and the thresholds of the rules. Pure. */
import type {Transition} from '../change/transition.ts';
import type {Rule, Rules} from '../rules/rules.ts';

/**
 * `settled`: the new value is the best status and the old value is not a status, for example when an entity is created
 * healthy.
 */
export type Direction = 'worsened' | 'improved' | 'recovered' | 'settled' | 'changed';

type Statuses = Rules['statuses'];

/** The rank of a status, where 0 is the best. -1 if the rules do not rank it. */
function rankOf(statuses: Statuses, property: string, value: unknown): number {
  return typeof value === 'string' ? (statuses.get(property)?.indexOf(value) ?? -1) : -1;
}

/**
 * The direction of a transition. "recovered" is an improvement to the best status. Values outside the list have no direction.
 */
export function directionOf(statuses: Statuses, {property, from, to}: Transition): Direction {
  const [before, after] = [rankOf(statuses, property, from), rankOf(statuses, property, to)];
  if (after === -1 || before === after) return 'changed';
  if (before === -1) return after === 0 ? 'settled' : 'changed';
  if (after > before) return 'worsened';
  return after === 0 ? 'recovered' : 'improved';
}

/** The direction for a rule. Crossing its threshold is "worsened". Without a transition, it is "changed". */
export function directionFor({above, below}: Rule, transition: Transition | undefined, statuses: Statuses): Direction {
  if (above !== undefined || below !== undefined) return 'worsened';
  return transition === undefined ? 'changed' : directionOf(statuses, transition);
}

/** From 0 for the best status to 1 for the worst. Undefined if the rules do not rank it. */
export function relativeRank(statuses: Statuses, property: string, value: unknown): number | undefined {
  const rank = rankOf(statuses, property, value);
  return rank === -1 ? undefined : rank / Math.max(1, (statuses.get(property)?.length ?? 0) - 1);
}

const ICONS = ['🟢', '🟡', '🟠', '🔴'] as const;

/** A colored dot for the rank of a status, from green (best) to red (worst). Empty if the rules do not rank it. */
export function statusIcon(statuses: Statuses, property: string, value: unknown): string {
  const rank = relativeRank(statuses, property, value);
  return rank === undefined ? '' : (ICONS[Math.round(rank * (ICONS.length - 1))] ?? '');
}
