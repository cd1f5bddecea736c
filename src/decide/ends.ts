/** Evaluate: whether a change ends the incident of a rule. Pure, and independent of whether an incident is open. */
import type {Change} from '../change/change.ts';
import {mayReplace} from '../change/payload/cut-mark.ts';
import {isMarked, type Transition, transitionOf} from '../change/transition.ts';
import {hasIncident, type Rule} from '../rules/rules.ts';

/** `undecided`: unknown, because the value was cut from the payload. */
export type End = 'ended' | 'undecided' | 'no';

/**
 * Whether the change ends an incident of the rule, regardless of `from`, `if` and `on`:
 * - `to`: the property changed to a value outside `to`. With `clear.to`, to one of its values.
 * - `above`: the value fell from above `clear` to `clear` or less. Without `clear`, from `above` or more to less. `below` is
 *   the inverse. A value that is not a number never ends the incident.
 * - A deletion ends all incidents of the entity. A rule without `to`, `above` or `below` has no incidents.
 * @param transition the transition of the rule's property, if already known
 */
export function endOf(rule: Rule, change: Change, transition?: Transition): End {
  const {property} = rule;
  if (change.blueprint !== rule.blueprint || property === undefined || !hasIncident(rule)) return 'no';
  if (change.action === 'DELETE') return 'ended';
  if (change.action === 'TIMER_EXPIRED') return 'no';
  const went = transition ?? transitionOf(change, property);
  if (went.truncated || mayBeNamed(rule, change, went)) return 'undecided';
  return went.changed && leaves(rule, went) ? 'ended' : 'no';
}

/** Whether the new value is unknown and could be a value of the rule, or a number past a threshold. */
function mayBeNamed({to = [], above, below, clear}: Rule, change: Change, {property, to: mark}: Transition): boolean {
  const isAfter = isMarked(change, 'after', property);
  const isEdge = above !== undefined || below !== undefined;
  if (isEdge && (isAfter || isMarked(change, 'before', property))) return true;
  if (!isAfter) return false;
  return [...to, ...(clear?.to ?? [])].some(value => mayReplace(mark, value));
}

/**
 * Whether the incident condition no longer holds. A rule can have both a value and a threshold. Either keeps the incident open.
 */
function leaves({to, above, below, clear}: Rule, transition: Transition): boolean {
  return (
    (to !== undefined && clearsValues(to, clear?.to, transition.to)) ||
    (above !== undefined && crosses(transition, value => isClear(value, above, clear?.at))) ||
    (below !== undefined && crosses(transition, value => isClear(-value, -below, negative(clear?.at))))
  );
}

function clearsValues(to: readonly unknown[], clearTo: readonly unknown[] | undefined, value: unknown): boolean {
  return clearTo === undefined ? !to.includes(value) : clearTo.includes(value);
}

/** The value of `above` itself belongs to the incident. The value of `clear` does not. */
function isClear(value: number, above: number, clear: number | undefined): boolean {
  return clear === undefined ? value < above : value <= clear;
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function crosses({from, to}: Transition, isCleared: (value: number) => boolean): boolean {
  return typeof from === 'number' && typeof to === 'number' && isCleared(to) && !isCleared(from);
}
