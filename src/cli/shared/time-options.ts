/** Parses times in options: spans such as `10m`, `24h` and `30d`, and dates. */
import type {Problem} from '../../base/errors.ts';
import {showValue} from '../../base/text/show.ts';
import {parseInstant} from '../../rules/values/instant.ts';

const UNITS = {s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000} as const;

/** Milliseconds. Undefined if the text is not a span. A number without a unit is not a span. `0s` is allowed. */
function parseSpan(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * UNITS[unit as keyof typeof UNITS];
}

/** The value of an option. Adds a problem if it is not a span. */
export function readSpan(option: string, text: string, problems: Problem[]): number {
  const span = parseSpan(text);
  if (span === undefined)
    problems.push({message: `${option} ${showValue(text)} is not a time span, for example 10m, 24h or 7d`});
  return span ?? 0;
}

interface TimeOption {
  /** `--since` */
  readonly name: string;
  /** Undefined if the option is not set. */
  readonly text: string | undefined;
  readonly nowMs: number;
}

/** Milliseconds since the epoch, from a span before now (`30d`) or a time with a time zone. Adds a problem otherwise. */
export function readTimeOption({name, text, nowMs}: TimeOption, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined;
  const span = parseSpan(text);
  const moment = span === undefined ? parseInstant(text) : nowMs - span;
  if (moment === undefined) {
    const message = `${name} ${showValue(text)} is neither a time span, for example 30d, nor a date and time with a time zone, for example 2026-11-01T00:00:00Z`;
    problems.push({message});
  }
  return moment;
}
