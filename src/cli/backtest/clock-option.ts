/** Parses the option `--clock`. */
import type {Problem} from '../../base/errors.ts';
import {readSpan} from '../shared/time-options.ts';

/** A shorter interval needs too many runs: a month has 43,200 minutes. */
const MIN_CLOCK_MS = 60_000;

/** Milliseconds. Undefined for `off`. */
export function readClock(text: string, problems: Problem[]): number | undefined {
  if (text === 'off') return undefined;
  const known = problems.length;
  const span = readSpan('--clock', text, problems);
  if (problems.length === known && span < MIN_CLOCK_MS) problems.push({message: '--clock must be at least 1m, or off'});
  return span;
}
