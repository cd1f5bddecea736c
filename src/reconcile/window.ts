/** Reconcile: which part of the audit log is looked at. Pure. */

export interface Window {
  /** Milliseconds since the epoch, both inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A change needs some time from Port to its decision. Before that, it is not missing. */
export const GRACE_MS = 10 * 60_000;
/** Rounds overlap, as an entry may be visible late. */
const OVERLAP_MS = 3_600_000;
/** How long the ledger remembers what was handled: before that, nothing can be proven. */
export const MAX_WINDOW_MS = 7 * 24 * 3_600_000;
/** For a first round. */
const USUAL_SINCE_MS = 24 * 3_600_000;

interface WindowFacts {
  readonly nowMs: number;
  /** How far back was asked for; undefined: since the last round. */
  readonly sinceMs?: number | undefined;
  /** The end of the last round's window; undefined if this is the first. */
  readonly lastMs?: number | undefined;
  /** The oldest change that was dispatched and of which no decision is known yet. */
  readonly oldestMs?: number | undefined;
}

/**
 * From an hour before the end of the last window to ten minutes ago; at most seven days. What waits is never left out.
 * An end that is in the future is from a clock that was ahead, and says nothing: the window is that of a first round.
 */
export function windowOf({nowMs, sinceMs, lastMs, oldestMs = nowMs}: WindowFacts): Window {
  const isUsable = lastMs !== undefined && !isAhead(lastMs, nowMs);
  const asked = sinceMs ?? (isUsable ? nowMs - lastMs + OVERLAP_MS : USUAL_SINCE_MS);
  const fromMs = Math.min(nowMs - asked, oldestMs);
  return {fromMs: Math.max(fromMs, nowMs - MAX_WINDOW_MS), toMs: nowMs - GRACE_MS};
}

/** Whether the end of a window was written by a clock that was ahead of this one, by more than a moment. */
export function isAhead(lastMs: number, nowMs: number): boolean {
  return lastMs > nowMs - GRACE_MS + MOMENT_MS;
}

/** Two clocks that are right differ by less. */
const MOMENT_MS = 60_000;
