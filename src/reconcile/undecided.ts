/** Reconcile: sorts undecided changes by the next action. Pure. */
import type {Change} from '../change/change.ts';
import type {Awaited} from './round.ts';

/** A change that an earlier round dispatched. */
export interface DispatchedChange {
  readonly change: Change;
  readonly awaited: Awaited;
}

export interface Missing {
  /** Not dispatched yet by any round. */
  readonly fresh: readonly Change[];
  /** Dispatched recently. */
  readonly waiting: readonly DispatchedChange[];
  /** Dispatched more than `alarmAfterMs` ago, so a run should have decided. */
  readonly overdue: readonly DispatchedChange[];
  /** Dispatched, and now too old to cause a reaction. */
  readonly givenUp: readonly Awaited[];
}

interface MissingFacts {
  readonly undecided: readonly Change[];
  readonly awaited: readonly Awaited[];
  readonly nowMs: number;
  readonly alarmAfterMs: number;
  /** Whether the memory no longer accepts a change of this age. */
  readonly isTooOld: (awaited: Awaited) => boolean;
}

export function sortMissing({undecided, awaited, nowMs, alarmAfterMs, isTooOld}: MissingFacts): Missing {
  const known = new Map(awaited.map(one => [one.id, one]));
  const dispatched = undecided.flatMap(change => {
    const before = known.get(change.id);
    return before === undefined ? [] : [{change, awaited: before}];
  });
  const isOverdue = ({awaited: {last}}: DispatchedChange) => nowMs - last * 1000 >= alarmAfterMs;
  return {
    fresh: undecided.filter(({id}) => !known.has(id)),
    waiting: dispatched.filter(one => !isOverdue(one)),
    overdue: dispatched.filter(isOverdue),
    givenUp: awaited.filter(isTooOld),
  };
}

/** The record of a change that was just dispatched. */
export function afterDispatch(
  {id, blueprint, entity, at}: Change,
  before: Awaited | undefined,
  nowMs: number,
): Awaited {
  const last = Math.floor(nowMs / 1000);
  return {id, blueprint, entity, at, first: before?.first ?? last, last, times: (before?.times ?? 0) + 1};
}

/**
 * The name of the partition for a repeated dispatch: `3b`, then `3c`. A run that is stuck in the queue of `3` blocks all later
 * runs of that queue.
 * @param times the number of earlier dispatches, at least 1
 */
export function sidePartition(partition: number, times: number): string {
  return `${partition}${String.fromCharCode(Math.min('a'.charCodeAt(0) + times, 'z'.charCodeAt(0)))}`;
}
