/** Transition: the values of one property before and after a change. */

import {isSameJson} from '../base/json.ts';
import {type Change, propertyOf, SIDES, type Snapshot} from './change.ts';

/** `from` and `to` are null if the value is absent or null: both mean "not set". */
export interface Transition {
  readonly property: string;
  readonly from: unknown;
  readonly to: unknown;
  /** Whether the value is known to have changed. */
  readonly changed: boolean;
  /** Whether the value of a side was cut to fit GitHub's limit. If so, it is unknown whether the value changed. */
  readonly truncated: boolean;
}

/** The transition of a property. `changed` is false for a timer event, which has no sides. */
export function transitionOf(change: Change, property: string): Transition {
  const from = propertyOf(change.before?.properties, property) ?? null;
  const to = propertyOf(change.after?.properties, property) ?? null;
  const truncated = isTruncated(change, property);
  const mayChange = !truncated && change.action !== 'TIMER_EXPIRED';
  const changed = mayChange && (isMarkedOnce(change, property) || !isSameJson(from, to));
  return {property, from, to, changed, truncated};
}

/**
 * Equal values are marked on both sides or on neither. So a mark on one side means a change, even if the text on the other
 * side is identical.
 */
function isMarkedOnce(change: Change, property: string): boolean {
  return change.truncated !== undefined && isMarked(change, 'before', property) !== isMarked(change, 'after', property);
}

/** The properties that are known to have changed, in the order of the entity. */
export function changedProperties(change: Change): string[] {
  if (change.action === 'TIMER_EXPIRED') return [];
  const [before, after] = [change.before?.properties, change.after?.properties];
  const names = new Set([...propertyNames(change.before), ...propertyNames(change.after)]);
  // Does not create a transition for each name, because most of the thousands of properties have not changed.
  const isSame = (name: string) => isSameJson(propertyOf(before, name) ?? null, propertyOf(after, name) ?? null);
  return [...names].filter(name => (isMarkedOnce(change, name) || !isSame(name)) && !isTruncated(change, name));
}

function propertyNames(snapshot: Snapshot | null): string[] {
  return Object.keys(snapshot?.properties ?? {});
}

/** Whether a mark replaced the value. */
export function isMarked({truncated}: Change, side: (typeof SIDES)[number], property: string): boolean {
  return truncated?.includes(`${side}.properties.${property}`) ?? false;
}

/**
 * Whether the value was dropped. A value that was cut individually has a mark that shows whether it changed. `*` means that
 * all other values were dropped.
 */
function isTruncated(change: Change, property: string): boolean {
  if (change.truncated === undefined) return false;
  return SIDES.some(
    side =>
      change.truncated?.includes(`${side}.properties.*`) && !Object.hasOwn(change[side]?.properties ?? {}, property),
  );
}
