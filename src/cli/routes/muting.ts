/** Routes: the mute windows and silences for a match, active or not, as data. Pure. */
import {describeMinute, type Mute, mutesAt} from '../../decide/mute.ts';
import {type KnownFacts, matchFacts} from '../../decide/possible-destinations.ts';
import {describeSelector} from '../../decide/select.ts';
import type {MuteWindow, Rules, WeekSpan} from '../../rules/rules.ts';
import {DAYS} from '../../rules/values/week.ts';

export interface Muting {
  /** The window's name, or `silences[0] of jane@example.com`. */
  readonly by: string;
  readonly reason?: string;
  /** The conditions of its `match`. Empty if it mutes everything. */
  readonly asks: string;
  /** Further conditions that the known facts do not decide. */
  readonly if?: string;
  /** `Mon 22:00–Tue 06:00, … (Europe/Berlin)`, or the times of a silence. */
  readonly when: string;
  /** When it ends. Absent if it is not active. */
  readonly until?: string;
  readonly stopsRemediations: boolean;
}

/** Skips expired silences. @param nowMs milliseconds since the epoch */
export function mutingsFor(rules: Pick<Rules, 'mute' | 'silences'>, facts: KnownFacts, nowMs: number): Muting[] {
  const inForce = mutesAt(rules, nowMs);
  const all = [
    ...rules.mute.map(window => ({...window, by: window.name, when: whenOf(window)})),
    ...rules.silences
      .filter(({untilMs}) => nowMs < untilMs)
      .map(silence => ({...silence, by: `${silence.place} of ${silence.owner}`, when: timesOf(silence)})),
  ];
  return all.flatMap(({by, when, match, reason, stopsRemediations}): Muting[] => {
    const fit = matchFacts(match, facts);
    if (!fit.fits) return [];
    const current = inForce.find((mute: Mute) => mute.by === by);
    return [
      {
        by,
        ...(reason === undefined ? {} : {reason}),
        asks: describeSelector(match),
        ...(fit.if === undefined ? {} : {if: fit.if}),
        when,
        ...(current === undefined ? {} : {until: current.until}),
        stopsRemediations,
      },
    ];
  });
}

function timesOf({fromMs, until}: {readonly fromMs?: number; readonly until: string}): string {
  return fromMs === undefined ? `until ${until}` : `${new Date(fromMs).toISOString()} to ${until}`;
}

const DAY_MINUTES = 24 * 60;

function whenOf({spans, zone}: MuteWindow): string {
  return `${joinedAtSunday(spans).map(describeSpan).join(', ')} (${zone})`;
}

/** Joins a span that continues after Sunday, which is stored as two spans of the week. */
function joinedAtSunday(spans: readonly WeekSpan[]): readonly WeekSpan[] {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined || first === last) return spans;
  const continuesNextWeek = first[0] === 0 && last[1] === DAYS.length * DAY_MINUTES;
  return continuesNextWeek ? [...spans.slice(1, -1), [last[0], last[1] + first[1]]] : spans;
}

/** Midnight at the end of a span is shown as 24:00 of the day before. */
function describeSpan([start, end]: WeekSpan): string {
  const [startDay, endDay] = [start, end - 1].map(minute => Math.floor(minute / DAY_MINUTES));
  const from = describeMinute(start);
  return `${from}–${startDay === endDay ? '' : `${dayName(endDay ?? 0)} `}${clock(end - (endDay ?? 0) * DAY_MINUTES)}`;
}

function dayName(day: number): string {
  const name = DAYS[day % DAYS.length] ?? '';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function clock(minutes: number): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
