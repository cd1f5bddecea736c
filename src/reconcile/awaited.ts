/** Reconcile: the changes that nothing is known of, by what is to be done about them now. Pure. */
import type {Change} from '../change/change.ts';
import type {Awaited} from './round.ts';

/** A change that was dispatched before. */
export interface Overdue {
  readonly change: Change;
  readonly awaited: Awaited;
}

export interface Missing {
  /** Not dispatched by an earlier round. */
  readonly fresh: readonly Change[];
  /** Dispatched not long ago. */
  readonly waiting: readonly Overdue[];
  /** Dispatched so long ago that a run should have decided. */
  readonly overdue: readonly Overdue[];
  /** Dispatched, and now so old that no run would react any more. */
  readonly givenUp: readonly Awaited[];
}

interface MissingFacts {
  readonly undecided: readonly Change[];
  readonly awaited: readonly Awaited[];
  readonly nowMs: number;
  readonly alarmAfterMs: number;
  /** Whether the memory takes in nothing as old as that. */
  readonly isTooOld: (awaited: Awaited) => boolean;
}

export function sortMissing({undecided, awaited, nowMs, alarmAfterMs, isTooOld}: MissingFacts): Missing {
  const known = new Map(awaited.map(one => [one.id, one]));
  const dispatched = undecided.flatMap(change => {
    const before = known.get(change.id);
    return before === undefined ? [] : [{change, awaited: before}];
  });
  const isOverdue = ({awaited: {last}}: Overdue) => nowMs - last * 1000 >= alarmAfterMs;
  return {
    fresh: undecided.filter(({id}) => !known.has(id)),
    waiting: dispatched.filter(one => !isOverdue(one)),
    overdue: dispatched.filter(isOverdue),
    givenUp: awaited.filter(isTooOld),
  };
}

/** What waits for its decision after it was dispatched, once more or for the first time. */
export function afterDispatch(
  {id, blueprint, entity, at}: Change,
  before: Awaited | undefined,
  nowMs: number,
): Awaited {
  const last = Math.floor(nowMs / 1000);
  return {id, blueprint, entity, at, first: before?.first ?? last, last, times: (before?.times ?? 0) + 1};
}

/**
 * The name under which a partition is asked again, `3b`, then `3c`: a run that is stuck in the queue of `3` blocks all that
 * come after it in the same queue.
 * @param times how often it was dispatched before, at least once
 */
export function sidePartition(partition: number, times: number): string {
  return `${partition}${String.fromCharCode(Math.min('a'.charCodeAt(0) + times, 'z'.charCodeAt(0)))}`;
}
