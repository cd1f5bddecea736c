/** The oracle does not use `Intl`. It contains the offsets and transitions of 2026 from the IANA database, written by hand. */
import {describe, expect, test} from '@jest/globals';
import {minuteOfWeek} from '../../src/decide/wall-clock.ts';

const MINUTE = 60_000;
const HOUR = 60;

interface Zone {
  /** The UTC offset in minutes at the start of 2026, and after each transition. */
  readonly start: number;
  readonly jumps: readonly (readonly [at: string, offset: number])[];
}

const ZONES: Record<string, Zone> = {
  UTC: {start: 0, jumps: []},
  'Europe/Berlin': {
    start: HOUR,
    jumps: [
      ['2026-03-29T01:00Z', 2 * HOUR],
      ['2026-10-25T01:00Z', HOUR],
    ],
  },
  'America/New_York': {
    start: -5 * HOUR,
    jumps: [
      ['2026-03-08T07:00Z', -4 * HOUR],
      ['2026-11-01T06:00Z', -5 * HOUR],
    ],
  },
  'America/St_Johns': {
    start: -3.5 * HOUR,
    jumps: [
      ['2026-03-08T05:30Z', -2.5 * HOUR],
      ['2026-11-01T04:30Z', -3.5 * HOUR],
    ],
  },
  'America/Santiago': {
    start: -3 * HOUR,
    jumps: [
      ['2026-04-05T03:00Z', -4 * HOUR],
      ['2026-09-06T04:00Z', -3 * HOUR],
    ],
  },
  'Australia/Lord_Howe': {
    start: 11 * HOUR,
    jumps: [
      ['2026-04-04T15:00Z', 10.5 * HOUR],
      ['2026-10-03T15:30Z', 11 * HOUR],
    ],
  },
  'Asia/Kolkata': {start: 5.5 * HOUR, jumps: []},
  'Pacific/Apia': {start: 13 * HOUR, jumps: []},
};

/** 1970-01-01 was a Thursday. */
function expected({start, jumps}: Zone, ms: number): number {
  const offset = jumps.filter(([at]) => Date.parse(at) <= ms).at(-1)?.[1] ?? start;
  const minutes = Math.floor(ms / MINUTE) + offset + 3 * 24 * HOUR;
  const week = 7 * 24 * HOUR;
  return ((minutes % week) + week) % week;
}

describe('the wall clock', () => {
  test.each(Object.entries(ZONES))('in %s is right around its jumps and through the year', (name, zone) => {
    const around = zone.jumps.flatMap(([at]) =>
      Array.from({length: 6 * HOUR}, (_, minute) => Date.parse(at) + (minute - 3 * HOUR) * MINUTE),
    );
    const through = Array.from({length: 700}, (_, step) => Date.UTC(2026, 0, 1) + step * 751 * MINUTE + 59_999);
    const wrong = [...around, ...through].filter(ms => minuteOfWeek(ms, name) !== expected(zone, ms));
    expect(wrong.map(ms => new Date(ms).toISOString())).toEqual([]);
  });

  test('is right in any number of zones, in any order', () => {
    const ms = Date.UTC(2026, 0, 7, 12); // a Wednesday
    const offsets = new Map(Array.from({length: 27}, (_, index) => [zoneOf(index - 12), index - 12] as const));
    const zones = [
      ...offsets,
      ...offsets,
      ...Intl.supportedValuesOf('timeZone').map(zone => [zone, undefined] as const),
    ];
    for (const [zone] of zones) minuteOfWeek(ms, zone);
    const wrong = [...offsets].filter(([zone, hours]) => minuteOfWeek(ms, zone) !== (2 * 24 + 12 + hours) * HOUR);
    expect(wrong).toEqual([]);
  });
});

/** The database inverts the sign in these names. */
function zoneOf(hours: number): string {
  return `Etc/GMT${hours <= 0 ? '+' : '-'}${Math.abs(hours)}`;
}
