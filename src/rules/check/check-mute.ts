/** Checks mute windows and silences across keys. The input is the written form, which can contain mistakes. */
import {isObject, type JsonObject} from '../../base/json.ts';
import type {FoundProblem} from '../problem.ts';
import {WEEK_MINUTES} from '../rules.ts';
import {parseInstant} from '../values/instant.ts';
import {parseClock, parseDays, spansOf, type WrittenSpan} from '../values/week.ts';
import {asList, checkNames, namesOf, trimmedText} from './check-rules.ts';

/** All problems within windows and silences, and between windows. */
export function checkMutes(windows: readonly unknown[], silences: readonly unknown[]): FoundProblem[] {
  return [
    ...checkNames(namesOf(windows), 'mute', 'Window names must be unique.'),
    ...windows.flatMap((window, index) => (isObject(window) ? checkWindow(window, ['mute', index]) : [])),
    ...silences.flatMap((silence, index) => (isObject(silence) ? checkSilence(silence, ['silences', index]) : [])),
  ];
}

function checkWindow({when}: JsonObject, at: readonly PropertyKey[]): FoundProblem[] {
  const spans = asList(when);
  const empty = spans.flatMap((span, index) =>
    isObject(span) && isEmptySpan(span)
      ? [
          {
            path: [...at, 'when', ...(Array.isArray(when) ? [index] : []), 'to'],
            message: 'equals `from`, so the window is empty. Omit `from` and `to` for the whole day.',
            ...('to' in span ? {} : {atKey: true}),
          },
        ]
      : [],
  );
  if (empty.length > 0 || !spans.every(isSpan)) return empty;
  const [first] = spansOf(spans);
  if (first?.[0] !== 0 || first[1] !== WEEK_MINUTES) return [];
  const message =
    'covers the whole week, so the window never ends. Use `silences` to mute for a limited time, or remove the rule.';
  return [{path: [...at, 'when'], message, atKey: true}];
}

function isEmptySpan({from = '00:00', to = '24:00'}: JsonObject): boolean {
  const [start, end] = [parseClock(trimmedText(from) ?? ''), parseClock(trimmedText(to) ?? '')];
  return start !== undefined && start === end;
}

/** Whether the schema accepts the span. */
function isSpan(span: unknown): span is WrittenSpan {
  if (!isObject(span)) return false;
  const {days, from = '00:00', to = '24:00', ...unknown} = span;
  if (Object.keys(unknown).length > 0) return false;
  const areDays = asList(days).every(word => typeof word === 'string' && parseDays(word) !== undefined);
  return areDays && [from, to].every(text => typeof text === 'string' && parseClock(text) !== undefined);
}

function checkSilence({from, until}: JsonObject, at: readonly PropertyKey[]): FoundProblem[] {
  const [start, end] = [parseInstant(trimmedText(from) ?? ''), parseInstant(trimmedText(until) ?? '')];
  if (start === undefined || end === undefined || start < end) return [];
  return [{path: [...at, 'until'], message: 'must be after `from`. The silence would end before it starts'}];
}
