/** Backtest: what the runs would have cost, in minutes of GitHub Actions. Pure. */
import type {Rule, Rules} from '../rules/rules.ts';

export interface Cost {
  /** Runs of the action that a change starts: one for each change that concerns a rule. */
  readonly runs: number;
  /** Jobs that remediations are handed over to. */
  readonly handOverJobs: number;
  /** Scheduled runs of the clock. 0 if no rule waits for a time. */
  readonly clockRuns: number;
  /** GitHub rounds each job up to a whole minute, so each job counts as one. */
  readonly minutes: number;
}

export interface CostFacts {
  readonly runs: number;
  readonly handOvers: number;
  /** Of the recording, in milliseconds. */
  readonly durationMs: number;
  /** Absent: the clock never runs. */
  readonly clockMs?: number | undefined;
}

/**
 * Each run is one job, and each hand-over is one more. The relay puts changes that arrive together into one run, so this is
 * the upper limit. A job that takes more than a minute, as with a long script, costs more.
 * @see https://docs.github.com/en/billing/concepts/product-billing/github-actions
 */
export function costOf(rules: Rules, {runs, handOvers, durationMs, clockMs}: CostFacts): Cost {
  const isTimed = rules.inhibit.length > 0 || rules.mute.length > 0 || rules.rules.some(waitsForTime);
  const clockRuns = clockMs === undefined || !isTimed ? 0 : Math.floor(Math.max(0, durationMs) / clockMs);
  return {runs, handOverJobs: handOvers, clockRuns, minutes: runs + handOvers + clockRuns};
}

function waitsForTime({forMs, clear, flapping, notify, remediate}: Rule): boolean {
  const times = [forMs, clear?.forMs, flapping, notify?.repeat, notify?.escalate, remediate?.verifyMs];
  return times.some(time => time !== undefined);
}
