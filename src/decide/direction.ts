/** Plan: whether a transition is for the better or the worse, from the rules' `statuses` and their edges. Pure. */
import type {Transition} from '../change/transition.ts';
import type {Rule, Rules} from '../rules/rules.ts';

/** `settled`: at the best status, from a value that is not a status, as when an entity is created healthy. */
export type Direction = 'worsened' | 'improved' | 'recovered' | 'settled' | 'changed';

type Statuses = Rules['statuses'];

/** A status's place from 0, the best; -1 if the rules do not rank it. */
function rankOf(statuses: Statuses, property: string, value: unknown): number {
  return typeof value === 'string' ? (statuses.get(property)?.indexOf(value) ?? -1) : -1;
}

/** "recovered" is an improvement that arrived at the best status. Values outside the list have no direction. */
export function directionOf(statuses: Statuses, {property, from, to}: Transition): Direction {
  const [before, after] = [rankOf(statuses, property, from), rankOf(statuses, property, to)];
  if (after === -1 || before === after) return 'changed';
  if (before === -1) return after === 0 ? 'settled' : 'changed';
  if (after > before) return 'worsened';
  return after === 0 ? 'recovered' : 'improved';
}

/** As a rule sees it: to pass its threshold is to worsen. What has no transition has changed. */
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

/** A coloured dot by the status's rank, green for the best and red for the worst. Empty if the rules do not rank it. */
export function statusIcon(statuses: Statuses, property: string, value: unknown): string {
  const rank = relativeRank(statuses, property, value);
  return rank === undefined ? '' : (ICONS[Math.round(rank * (ICONS.length - 1))] ?? '');
}
