/** Text from the catalog made fit for a place: one line, of bounded length, with nothing that steers what shows it. */

import {UNPRINTABLE} from './unprintable.ts';

/** The text with invisible and invalid characters replaced by spaces. Columns do not move. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** One line of words in ASCII, with one space between them. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** The text on one line, with what can't be seen replaced by spaces, and runs of spaces folded. */
export function oneLine(text: string): string {
  if (PLAIN.test(text)) return text; // nearly all texts are, and to look for all else takes ten times as long
  return printable(text).replace(/ {2,}/g, ' ').trim();
}

/** The text cut to at most `max` UTF-16 units, at least one, never in the middle of a character, ending in "…" if it was cut. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const isHalf = /[\ud800-\udbff]/.test(text[max - 2] ?? '');
  return `${text.slice(0, Math.max(0, isHalf ? max - 2 : max - 1))}…`;
}

/** A catalog value for people to read: `not set` for null and absent, strings bare, the rest as JSON. One line, clipped. */
export function showValue(value: unknown, max = 200): string {
  if (value === null || value === undefined) return 'not set';
  const text =
    typeof value === 'string' ? value : typeof value === 'number' ? showNumber(value) : JSON.stringify(value);
  const enough = 20 * max; // of a document, only its beginning is looked at
  const line = oneLine(text.slice(0, enough));
  return clip(text.length > enough ? `${line}…` : line, max) || '""';
}

/**
 * A number with the decimals that people read: `62.27…` of 62.27451680630036. The digits are cut, never rounded, and the
 * cut is marked: rounded, 79.999 would be at 80.
 */
function showNumber(value: number): string {
  const text = String(value);
  const [, kept] = LONG_FRACTION.exec(text) ?? [];
  return kept === undefined ? text : `${kept}…`;
}

/** More than four decimals, of which two are kept. Of a number below 1, two behind its zeros. */
const LONG_FRACTION = /^(-?(?:0\.0*[1-9]\d|[1-9]\d*\.\d\d))\d{3,}$/;

/**
 * The text for a line of a workflow's log. The runner obeys `##[command]` anywhere in a line, and `::command::` at its
 * start (actions/runner, ActionCommand.cs). A zero-width space takes the meaning away and leaves the look.
 */
export function logText(text: string): string {
  return oneLine(text).replaceAll('##[', '##\u200b[').replace(/^::/, ':\u200b:');
}

/** Seconds or minutes, as short as people say it: `0.4 s`, `12 s`, `3 min 20 s`. */
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

/** How long an incident lasts, in whole units, at most two of them: `40 s`, `9 min 5 s`, `14 min`, `4 h`, `2 d 3 h`. */
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
