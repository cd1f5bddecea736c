/** Plan: which windows and silences mute a notification, and until when. Pure: the time is passed in. */
import type {Change} from '../change/change.ts';
import {type MuteWindow, type Rule, type Rules, type Selector, type Silence, WEEK_MINUTES} from '../rules/rules.ts';
import {sentenceOfUnknown} from '../rules/truth-value.ts';
import {DAYS} from '../rules/values/week.ts';
import {selects} from './select.ts';
import {minuteOfWeek} from './wall-clock.ts';

/** An active window or silence. */
export interface Mute {
  /** Its name, or `silences[0]` and the owner. */
  readonly by: string;
  readonly reason?: string;
  /** `Mon 06:00 (Europe/Berlin)`, or the end of a silence as written. */
  readonly until: string;
  readonly stopsRemediations: boolean;
  readonly match: Selector;
}

/**
 * The active windows and silences, in the order of the file.
 * The time of the decision counts, not that of the change, because the message disturbs people when it is posted. A change at
 * 21:59 that is decided at 22:01 is muted from 22:00. A change at night that is decided in the morning is sent.
 * @param nowMs milliseconds since the epoch
 */
export function mutesAt({mute, silences}: Pick<Rules, 'mute' | 'silences'>, nowMs: number): Mute[] {
  return [
    ...mute.flatMap(window => {
      const end = endOf(window, minuteOfWeek(nowMs, window.zone));
      return end === undefined ? [] : [{...commonOf(window), by: window.name, until: `${end} (${window.zone})`}];
    }),
    ...silences.flatMap(silence => {
      const {place, fromMs = Number.NEGATIVE_INFINITY, untilMs, until, owner} = silence;
      const isOn = fromMs <= nowMs && nowMs < untilMs;
      return isOn ? [{...commonOf(silence), by: `${place} of ${owner}`, until}] : [];
    }),
  ];
}

/** The mutes of a match, and the mutes that possibly apply to it, each with the reason why that is unknown. */
export function mutesOf(
  mutes: readonly Mute[],
  rule: Rule,
  change: Change,
): {mutes: Mute[]; undecided: {mute: Mute; reason: string}[]} {
  const results = mutes.map(mute => ({mute, result: selects(mute.match, rule, change)}));
  return {
    mutes: results.filter(({result}) => result === true).map(({mute}) => mute),
    undecided: results.flatMap(({mute, result}) =>
      typeof result === 'boolean' ? [] : [{mute, reason: `${mute.by}: ${sentenceOfUnknown(result, '')}`}],
    ),
  };
}

/** "muted by nights: quiet hours, until Mon 06:00 (Europe/Berlin)" */
export function describeMute({by, reason, until}: Mute): string {
  return `muted by ${by}${reason === undefined ? '' : `: ${reason}`}, until ${until}`;
}

function commonOf({match, reason, stopsRemediations}: MuteWindow | Silence): Omit<Mute, 'by' | 'until'> {
  return {match, stopsRemediations, ...(reason === undefined ? {} : {reason})};
}

/** The end of the span that contains the minute. Undefined if the minute is outside all spans. */
function endOf({spans}: MuteWindow, minute: number): string | undefined {
  const span = spans.find(([start, end]) => start <= minute && minute < end);
  if (span === undefined) return undefined;
  const [first] = spans;
  // a span that continues past Sunday is split at the start of the week
  const end = span[1] === WEEK_MINUTES && first?.[0] === 0 ? first[1] : span[1];
  return describeMinute(end % WEEK_MINUTES);
}

/** A minute of the week, such as `Mon 09:00`. */
export function describeMinute(minute: number): string {
  const day = DAYS[Math.floor(minute / (24 * 60))] ?? '';
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${day.charAt(0).toUpperCase()}${day.slice(1)} ${pad(Math.floor(minute / 60) % 24)}:${pad(minute % 60)}`;
}
