/** Reconcile: the part of the audit log that a round reads. Pure. */

export interface Window {
  /** Milliseconds since the epoch, both inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The time in which changes are decided. A newer change does not count as missing. */
export const GRACE_MS = 10 * 60_000;
/** Rounds overlap, because an entry can appear late in the audit log. */
const OVERLAP_MS = 3_600_000;
/** How long the ledger stores handled changes. Older changes cannot be verified. */
export const MAX_WINDOW_MS = 7 * 24 * 3_600_000;
/** The window of the first round. */
const DEFAULT_SINCE_MS = 24 * 3_600_000;

interface WindowFacts {
  readonly nowMs: number;
  /** The requested length. Undefined: since the last round. */
  readonly sinceMs?: number | undefined;
  /** The end of the last round's window. Undefined for the first round. */
  readonly lastMs?: number | undefined;
  /** The time of the oldest awaited change. */
  readonly oldestMs?: number | undefined;
}

/**
 * From one hour before the end of the last window, or from the oldest awaited change, to ten minutes ago. At most seven days.
 * If the last window ends in the future, a clock was ahead, and the window is that of a first round.
 */
export function windowOf({nowMs, sinceMs, lastMs, oldestMs = nowMs}: WindowFacts): Window {
  const isUsable = lastMs !== undefined && !isAhead(lastMs, nowMs);
  const spanMs = sinceMs ?? (isUsable ? nowMs - lastMs + OVERLAP_MS : DEFAULT_SINCE_MS);
  const fromMs = Math.min(nowMs - spanMs, oldestMs);
  return {fromMs: Math.max(fromMs, nowMs - MAX_WINDOW_MS), toMs: nowMs - GRACE_MS};
}

/** Whether the clock that wrote the end of a window was ahead of this one by more than {@link CLOCK_TOLERANCE_MS}. */
export function isAhead(lastMs: number, nowMs: number): boolean {
  return lastMs > nowMs - GRACE_MS + CLOCK_TOLERANCE_MS;
}

/** The tolerance for synchronized clocks. */
const CLOCK_TOLERANCE_MS = 60_000;
