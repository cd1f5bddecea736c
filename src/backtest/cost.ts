/** Backtest: what the runs would have cost, in minutes of GitHub Actions. Pure. */
import type {Rule, Rules} from '../rules/rules.ts';

export interface Cost {
  /** Runs that a change starts: one for each change that is relevant to a rule. */
  readonly runs: number;
  /** Jobs to which remediations are handed over. */
  readonly handOverJobs: number;
  /** Scheduled runs of the clock. 0 if no rule uses a timer. */
  readonly clockRuns: number;
  /** GitHub rounds each job up to a whole minute, so each job counts as one. */
  readonly minutes: number;
}

export interface CostFacts {
  readonly runs: number;
  readonly handOvers: number;
  /** The length of the recording, in milliseconds. */
  readonly durationMs: number;
  /** Undefined if the clock never runs. */
  readonly clockMs?: number | undefined;
}

/**
 * Each run is one job, and each hand-over adds one. The relay puts changes that arrive together into one run, so this is an
 * upper limit if every job takes less than a minute. Long scripts cost more.
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
