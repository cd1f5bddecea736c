/** The written form of mute windows, which repeat every week, and of silences, which end. */
import * as z from 'zod/mini';
import {parseInstant} from '../values/instant.ts';
import {daysMistake, parseClock} from '../values/week.ts';
import {zoneMistake} from '../values/zone.ts';
import {describe} from './describe-value.ts';
import {WrittenMatch} from './written-routes.ts';
import {List, RefinedText, Text, typeMessage, Word} from './written-values.ts';

const {optional} = z;

/** A text that a function checks. It returns the message for a mistake. */
const CheckedText = (mistakeIn: (text: string) => string | undefined) =>
  RefinedText(text => {
    const message = mistakeIn(text);
    return message === undefined ? undefined : {message};
  });

const ClockTime = (last: string) =>
  CheckedText(text => {
    const minutes = parseClock(text);
    const isTime = minutes !== undefined && text <= last;
    return isTime ? undefined : `must be a time of day from 00:00 to ${last}, but is ${describe(text)}`;
  });

const Instant = CheckedText(text =>
  parseInstant(text) === undefined
    ? `must be a date and time with a time zone, for example 2026-12-01T18:00:00Z or 2026-12-01T19:00:00+01:00, but is ${describe(text)}`
    : undefined,
);

/** Whether remediations run while notifications are muted. */
const OnRemediation = Word(['keep', 'mute']);

export const WrittenWhen = z.strictObject(
  {
    days: optional(List(CheckedText(daysMistake), typeMessage('days, for example `mon-fri` or `[sat, sun]`'))),
    from: optional(ClockTime('23:59')),
    to: optional(ClockTime('24:00')),
  },
  typeMessage('a mapping, for example `{ days: mon-fri, from: "22:00", to: "06:00" }`'),
);

export const WrittenMute = z.strictObject(
  {
    name: Text,
    when: List(WrittenWhen, typeMessage('a list, for example `[{ days: [sat, sun] }]`')),
    zone: CheckedText(zoneMistake),
    match: optional(WrittenMatch),
    reason: optional(Text),
    remediate: optional(OnRemediation),
  },
  typeMessage('a mapping'),
);
export type WrittenMute = z.infer<typeof WrittenMute>;

export const WrittenSilence = z.strictObject(
  {
    match: WrittenMatch,
    from: optional(Instant),
    until: Instant,
    owner: Text,
    reason: Text,
    remediate: optional(OnRemediation),
  },
  typeMessage('a mapping'),
);
export type WrittenSilence = z.infer<typeof WrittenSilence>;
