/** Evaluate: whether a change ends the incident that a rule may have opened. Pure, and asked without knowing of any. */
import type {Change} from '../change/change.ts';
import {mayReplace} from '../change/payload/cut-mark.ts';
import {isMarked, type Transition, transitionOf} from '../change/transition.ts';
import {hasIncident, type Rule} from '../rules/rules.ts';

/** `undecided`: the value was cut from the payload, so it is not known. */
export type End = 'ended' | 'undecided' | 'no';

/**
 * Whether the change leaves the bad side of the rule, whatever `from`, `if` and `on` ask for:
 * `to`: the property changed to a value outside `to`. With `clear.to`, to one of those.
 * `above`: it fell from above `clear` to `clear` or less. Without `clear`, from `above` or more to less. `below` mirrors it.
 * A deletion ends everything of the entity. A value that is not a number ends no edge. A rule without a bad side has no
 * incident, so nothing ends it.
 * @param transition of the rule's property, if it is known already
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

/** Whether the new value is not known, and may be one that the rule names; or a number that is past an edge. */
function mayBeNamed({to = [], above, below, clear}: Rule, change: Change, {property, to: mark}: Transition): boolean {
  const isAfter = isMarked(change, 'after', property);
  const isEdge = above !== undefined || below !== undefined;
  if (isEdge && (isAfter || isMarked(change, 'before', property))) return true;
  if (!isAfter) return false;
  return [...to, ...(clear?.to ?? [])].some(value => mayReplace(mark, value));
}

/** A rule may ask for a value and an edge: it has left the bad side as soon as one of them is over. */
function leaves({to, above, below, clear}: Rule, transition: Transition): boolean {
  return (
    (to !== undefined && leavesValues(to, clear?.to, transition.to)) ||
    (above !== undefined && crosses(transition, value => isClear(value, above, clear?.at))) ||
    (below !== undefined && crosses(transition, value => isClear(-value, -below, negative(clear?.at))))
  );
}

function leavesValues(bad: readonly unknown[], good: readonly unknown[] | undefined, value: unknown): boolean {
  return good === undefined ? !bad.includes(value) : good.includes(value);
}

/** The edge of `above` itself is bad, that of `clear` is good. */
function isClear(value: number, above: number, clear: number | undefined): boolean {
  return clear === undefined ? value < above : value <= clear;
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function crosses({from, to}: Transition, isGood: (value: number) => boolean): boolean {
  return typeof from === 'number' && typeof to === 'number' && isGood(to) && !isGood(from);
}
