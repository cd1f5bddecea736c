/** Days and times of day in rules, and the spans of the week that they define. A day is a number. Monday is 0. */

import {suggest} from '../../base/text/nearest.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import {WEEK_MINUTES, type WeekSpan} from '../rules.ts';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;

/** Written days and times of day. Defaults: every day, from 00:00, to 24:00. */
export interface WrittenSpan {
  readonly days?: string | readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The days of `sat`, `mon-fri`, `fri-mon`. Undefined for anything else. */
export function parseDays(text: string): number[] | undefined {
  const [first = -1, last = first, ...more] = text.split('-').map(word => DAYS.indexOf(word as (typeof DAYS)[number]));
  if (first === -1 || last === -1 || more.length > 0) return undefined;
  const length = ((last - first + DAYS.length) % DAYS.length) + 1;
  return Array.from({length}, (_, index) => (first + index) % DAYS.length);
}

/** Why the text is not a day or a range of days, with a suggestion. */
export function daysMistake(text: string): string | undefined {
  if (parseDays(text) !== undefined) return undefined;
  const unknown = text.split('-').find(word => !(DAYS as readonly string[]).includes(word)) ?? '';
  const meant = DAYS.find(day => unknown.toLowerCase().startsWith(day)) ?? unknown;
  return `must be a day or a range of days, for example sat or mon-fri: "${clip(oneLine(unknown), 20)}" is not a day${suggest(meant, DAYS)}`;
}

/** Minutes since midnight of `06:30`, up to `24:00`. Undefined for anything else. */
export function parseClock(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return total <= DAY_MINUTES ? total : undefined;
}

/**
 * The spans of the week, sorted and without overlaps. `days` are the days on which a span starts. If `to` is not after
 * `from`, the span ends on the next day.
 */
export function spansOf(written: readonly WrittenSpan[]): WeekSpan[] {
  return merge(written.flatMap(startsOf).flatMap(splitAtSunday));
}

function startsOf({days = 'mon-sun', from = '00:00', to = '24:00'}: WrittenSpan): WeekSpan[] {
  const [start = 0, end = 0] = [parseClock(from), parseClock(to)];
  const length = end > start ? end - start : end - start + DAY_MINUTES;
  const list = typeof days === 'string' ? [days] : days;
  return list
    .flatMap(word => parseDays(word) ?? [])
    .map(day => {
      const first = day * DAY_MINUTES + start;
      return [first, first + length];
    });
}

function splitAtSunday([start, end]: WeekSpan): WeekSpan[] {
  if (end <= WEEK_MINUTES) return [[start, end]];
  return [
    [start, WEEK_MINUTES],
    [0, end - WEEK_MINUTES],
  ];
}

function merge(spans: readonly WeekSpan[]): WeekSpan[] {
  const merged: [number, number][] = [];
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last === undefined || start > last[1]) merged.push([start, end]);
    else last[1] = Math.max(last[1], end);
  }
  return merged;
}
