/** Parse: spans of time in options, `10m`, `24h`, `30d`. */
import type {Problem} from '../../base/errors.ts';
import {showValue} from '../../base/text.ts';

const UNITS = {s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000} as const;

/** Milliseconds. Undefined for anything else, also for a bare number: its unit would be a guess. `0s` is allowed. */
export function parseSpan(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * UNITS[unit as keyof typeof UNITS];
}

/** The value of an option. What is not a span is added to `problems`. */
export function readSpan(option: string, text: string, problems: Problem[]): number {
  const span = parseSpan(text);
  if (span === undefined)
    problems.push({message: `${option} ${showValue(text)} is not a span of time, as 10m, 24h or 7d`});
  return span ?? 0;
}
