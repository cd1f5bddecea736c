/** Transition: one property going from a value to another within a change. */

import {isSameJson} from '../base/json.ts';
import {type Change, propertyOf, SIDES, type Snapshot} from './change.ts';

/** `from` and `to` are null if the value is absent or null: both mean "not set". */
export interface Transition {
  readonly property: string;
  readonly from: unknown;
  readonly to: unknown;
  /** Whether it is known to have changed. */
  readonly changed: boolean;
  /** The value, on either side, was dropped to fit GitHub's limit: what it was, and whether it changed, is not known. */
  readonly truncated: boolean;
}

/** How the property went. A timer event has no sides, so its transitions never changed. */
export function transitionOf(change: Change, property: string): Transition {
  const from = propertyOf(change.before?.properties, property) ?? null;
  const to = propertyOf(change.after?.properties, property) ?? null;
  const truncated = isTruncated(change, property);
  const changed = !truncated && change.action !== 'TIMER_EXPIRED' && differs(change, property, from, to);
  return {property, from, to, changed, truncated};
}

/** Equal values are marked on both sides or on none. So a mark is another value than a text that reads the same. */
function differs(change: Change, property: string, from: unknown, to: unknown): boolean {
  if (change.truncated !== undefined && isMarked(change, 'before', property) !== isMarked(change, 'after', property)) {
    return true;
  }
  return !isSameJson(from, to);
}

/** The properties that are known to have changed, in the order of the entity. */
export function changedProperties(change: Change): string[] {
  if (change.action === 'TIMER_EXPIRED') return [];
  const [before, after] = [change.before?.properties, change.after?.properties];
  const names = new Set([...propertyNames(change.before), ...propertyNames(change.after)]);
  // Without a transition for each: of an entity with thousands of properties, most have not changed.
  return [...names].filter(
    name =>
      differs(change, name, propertyOf(before, name) ?? null, propertyOf(after, name) ?? null) &&
      !isTruncated(change, name),
  );
}

function propertyNames(snapshot: Snapshot | null): string[] {
  return Object.keys(snapshot?.properties ?? {});
}

/** Whether a mark stands in the place of the value: the value changed or not, but is not known. */
export function isMarked({truncated}: Change, side: (typeof SIDES)[number], property: string): boolean {
  return truncated?.includes(`${side}.properties.${property}`) ?? false;
}

/** A value that is named as cut has a mark in its place, which still distinguishes change from no change. Under `*` all values are gone. */
function isTruncated(change: Change, property: string): boolean {
  if (change.truncated === undefined) return false;
  return SIDES.some(
    side =>
      change.truncated?.includes(`${side}.properties.*`) && !Object.hasOwn(change[side]?.properties ?? {}, property),
  );
}
