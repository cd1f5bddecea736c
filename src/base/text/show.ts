/** Makes catalog text safe to show: one line, a limited length, and no control characters. */

import {UNPRINTABLE} from './unprintable.ts';

/** The text with invisible and invalid characters replaced by spaces. Columns do not shift. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** One line of ASCII words, separated by single spaces. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** The text on one line, with invisible characters replaced by spaces and runs of spaces collapsed. */
export function oneLine(text: string): string {
  if (PLAIN.test(text)) return text; // most texts are plain, and the full replacement takes ten times as long
  return printable(text).replace(/ {2,}/g, ' ').trim();
}

/** The text cut to at most `max` UTF-16 units (1 or more), never in the middle of a character. Ends in "…" if it was cut. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const isHalf = /[\ud800-\udbff]/.test(text[max - 2] ?? '');
  return `${text.slice(0, Math.max(0, isHalf ? max - 2 : max - 1))}…`;
}

/**
 * A catalog value in readable form: `not set` for null and absent, strings without quotes, other values as JSON. One line,
 * clipped.
 */
export function showValue(value: unknown, max = 200): string {
  if (value === null || value === undefined) return 'not set';
  const text =
    typeof value === 'string' ? value : typeof value === 'number' ? showNumber(value) : JSON.stringify(value);
  const enough = 20 * max; // only the beginning of a long value is processed
  const line = oneLine(text.slice(0, enough));
  return clip(text.length > enough ? `${line}…` : line, max) || '""';
}

/**
 * A number with few decimals: 62.27451680630036 becomes `62.27…`. The digits are cut and marked, never rounded, because a
 * rounded 79.999 would read as 80.
 */
function showNumber(value: number): string {
  const text = String(value);
  const [, shortened] = LONG_FRACTION.exec(text) ?? [];
  return shortened === undefined ? text : `${shortened}…`;
}

/** The place of a value in a file: `rules[2].notify`. A key can be any text, so it is shown on one line. */
export function dottedPath(path: readonly PropertyKey[]): string {
  const parts = path.map(key => (typeof key === 'number' ? `[${key}]` : `.${clip(oneLine(String(key)), 60)}`));
  return parts.join('').replace(/^\./, '');
}

/** More than four decimals. Captures the number with two of them, or below 1, with the first two digits after the zeros. */
const LONG_FRACTION = /^(-?(?:0\.0*[1-9]\d|[1-9]\d*\.\d\d))\d{3,}$/;

/**
 * The text for a line of a workflow log. The runner executes `##[command]` anywhere in a line, and `::command::` at its start
 * (actions/runner, ActionCommand.cs). A zero-width space disarms the command and is invisible.
 */
export function logText(text: string): string {
  return oneLine(text).replaceAll('##[', '##\u200b[').replace(/^::/, ':\u200b:');
}

/** A duration in seconds or minutes: `0.4 s`, `12 s`, `3 min 20 s`. */
export function showDuration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The duration of an incident in at most two whole units: `40 s`, `9 min 5 s`, `14 min`, `4 h`, `2 d 3 h`. */
export function showSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const largest = UNITS.findIndex(([, size]) => whole >= size);
  const [unit, size] = UNITS[largest] ?? ['s', 1];
  const n = Math.floor(whole / size);
  const [smaller, part] = UNITS[largest + 1] ?? ['s', 1];
  const rest = Math.floor((whole % size) / part);
  return n >= 10 || rest === 0 || size === 1 ? `${n} ${unit}` : `${n} ${unit} ${rest} ${smaller}`;
}

/** `1 change`, `2 changes`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
