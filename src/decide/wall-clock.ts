/** Plan: a point in time as the clock on the wall shows it in a time zone. Pure: the platform's own tables. */
import {DAYS} from '../rules/values/week.ts';

/**
 * Minutes since Monday 00:00, by the local clock: when it is put back an hour comes twice, when it is put forward one never
 * comes, as people there live it.
 * @param zone a name of the IANA database, checked when the rules were loaded
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

/** The last answer for each zone: a backtest asks for many entities at the same minute. */
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

/** Making one takes ten times as long as using it, and every window asks for every run. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** Rules name few zones. A process that reads many rules files keeps no more than this. */
const MAX_FORMATS = 50;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, made);
  return made;
}
