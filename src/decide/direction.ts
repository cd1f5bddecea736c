/** Plan: whether a transition is for the better or the worse, from the rules' `statuses`. Pure. */
import type {Transition} from '../change/transition.ts';
import type {Rules} from '../rules/rules.ts';

export type Direction = 'worsened' | 'improved' | 'recovered' | 'changed';

type Statuses = Rules['statuses'];

/** "recovered" is an improvement that arrived at the best status. Values outside the list have no direction. */
export function directionOf(statuses: Statuses, {property, from, to}: Transition): Direction {
  const ranks = statuses.get(property);
  const [before, after] = [from, to].map(
    value => (typeof value === 'string' ? ranks?.indexOf(value) : undefined) ?? -1,
  );
  if (before === undefined || after === undefined || before === -1 || after === -1 || before === after)
    return 'changed';
  if (after > before) return 'worsened';
  return after === 0 ? 'recovered' : 'improved';
}

const ICONS = ['🟢', '🟡', '🟠', '🔴'] as const;

/** A coloured dot by the status's rank, green for the best and red for the worst; empty where the rules do not rank it. */
export function statusIcon(statuses: Statuses, property: string, value: unknown): string {
  const ranks = statuses.get(property) ?? [];
  const rank = typeof value === 'string' ? ranks.indexOf(value) : -1;
  if (rank === -1) return '';
  const step = ranks.length === 1 ? 0 : rank / (ranks.length - 1);
  return ICONS[Math.round(step * (ICONS.length - 1))] ?? '';
}
