/** Schemas: detects weekly windows that are empty or never end. */
import {hasAll, type JsonSchema, trimmed} from './json-schema.ts';
import {CLOCK, DAY} from './text-patterns.ts';

export const WHEN = {
  '.days': trimmed(`${DAY}(?:-${DAY})?`),
  '.from': trimmed(CLOCK),
  '.to': trimmed(`${CLOCK}|24:00`),
};
/** Both times of day have the same character at this position. Defaults are 00:00 and 24:00. */
const sameAt = (place: number, chars: string): JsonSchema => {
  const is = (key: string, absent: string, char: string) => ({
    properties: {[key]: {type: 'string', pattern: `^\\s*.{${place}}${char}`}},
    ...(absent[place] === char ? {} : hasAll(key)),
  });
  return {anyOf: [...chars].map(char => ({allOf: [is('from', '00:00', char), is('to', '24:00', char)]}))};
};
/** Ranges from a day to the previous one. */
const EVERY_DAY = 'mon-sun|tue-mon|wed-tue|thu-wed|fri-thu|sat-fri|sun-sat';
/** A window that never ends. */
export const IS_ALWAYS: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    days: {
      anyOf: [
        {type: 'string', ...trimmed(EVERY_DAY)},
        {type: 'array', contains: {type: 'string', ...trimmed(EVERY_DAY)}},
      ],
    },
    from: trimmed('00:00'),
    to: trimmed('24:00'),
  },
};
/** Days and times of day that do not form an empty window. */
export const SPAN = {
  not: {
    type: 'object',
    allOf: [sameAt(0, '012'), sameAt(1, '0123456789'), sameAt(3, '012345'), sameAt(4, '0123456789')],
  },
};
