/** Parse: the times and the clock of a backtest. */
import type {Problem} from '../../base/errors.ts';
import {showValue} from '../../base/text.ts';
import {parseInstant} from '../../rules/values/instant.ts';
import {parseSpan, readSpan} from '../shared/span.ts';

/** Milliseconds since the epoch of `30d` (before now) or of a time with its zone. What is neither is added to `problems`. */
export function readTime(
  option: string,
  text: string | undefined,
  nowMs: number,
  problems: Problem[],
): number | undefined {
  if (text === undefined) return undefined;
  const span = parseSpan(text);
  const moment = span === undefined ? parseInstant(text) : nowMs - span;
  if (moment === undefined) {
    const message = `${option} ${showValue(text)} is neither a span of time, as 30d, nor a date and time with its zone, as 2026-11-01T00:00:00Z`;
    problems.push({message});
  }
  return moment;
}

/** Shorter ones would make a month a million runs of the clock. */
const MIN_CLOCK_MS = 60_000;

/** Milliseconds. Undefined for `off`. */
export function readClock(text: string, problems: Problem[]): number | undefined {
  if (text === 'off') return undefined;
  const known = problems.length;
  const span = readSpan('--clock', text, problems);
  if (problems.length === known && span < MIN_CLOCK_MS) problems.push({message: '--clock must be at least 1m, or off'});
  return span;
}
