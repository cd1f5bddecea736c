/** Plan: a point in time as the clock on the wall shows it in a time zone. Pure: the platform's own tables. */
import {DAYS} from '../rules/week.ts';

/**
 * Minutes since Monday 00:00, by the local clock: when it is put back an hour comes twice, when it is put forward one never
 * comes, as people there live it.
 * @param zone a name of the IANA database, checked when the rules were loaded
 */
export function minuteOfWeek(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(ms).map(({type, value}) => [type, value]));
  const day = (DAYS as readonly string[]).indexOf(parts['weekday']?.toLowerCase() ?? '');
  return (day * 24 + Number(parts['hour'])) * 60 + Number(parts['minute']);
}
