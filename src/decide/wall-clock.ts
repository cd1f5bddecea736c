/** Plan: local time in a time zone, from the tables of the platform. Pure. */
import {DAYS} from '../rules/values/week.ts';

/**
 * Minutes since Monday 00:00 in local time. When daylight saving time starts, an hour is skipped. When it ends, an hour
 * occurs twice.
 * @param zone a name of the IANA database, validated when the rules were loaded
 */
export function minuteOfWeek(ms: number, zone: string): number {
  const minute = Math.floor(ms / 60_000);
  const last = lastMinutes.get(zone);
  if (last?.minute === minute) return last.ofWeek;
  const ofWeek = computeMinuteOfWeek(ms, zone);
  if (lastMinutes.size >= MAX_FORMATS) lastMinutes.clear();
  lastMinutes.set(zone, {minute, ofWeek});
  return ofWeek;
}

/** The last result for each zone, because a backtest needs the same minute for many entities. */
const lastMinutes = new Map<string, {readonly minute: number; readonly ofWeek: number}>();

function computeMinuteOfWeek(ms: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(ms)
      .map(({type, value}) => [type, value]),
  );
  const day = (DAYS as readonly string[]).indexOf(parts['weekday']?.toLowerCase() ?? '');
  return (day * 24 + Number(parts['hour'])) * 60 + Number(parts['minute']);
}

/** A cache, because creating a format takes ten times as long as using it, and every window needs one in every run. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** The maximum number of cached formats, for a process that reads many rules files. */
const MAX_FORMATS = 50;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const created = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, created);
  return created;
}
