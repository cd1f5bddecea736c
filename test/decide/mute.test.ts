import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {describeMute, mutesAt, mutesOf} from '../../src/decide/mute.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/a-change.ts';

const parse = (keys: string) =>
  parseRules(
    `version: 1\n${keys}\nrules: [{name: a, blueprint: deploymentConfig, property: healthStatus, notify: true}]`,
    'x',
  );

/** The descriptions of the mutes at a time. */
const mutesIn = (keys: string, at: string) => mutesAt(parse(keys), Date.parse(at)).map(describeMute);

const windowOf = (when: string, zone = 'Europe/Berlin') => `mute: [{name: quiet, when: ${when}, zone: ${zone}}]`;

describe('a window', () => {
  const night = '{days: mon-fri, from: 22:00, to: "06:00"}';
  test.each<[string, string, string | undefined]>([
    // 2026-11-23 is a Monday. Berlin is then an hour ahead of UTC.
    [night, '2026-11-23T20:59:59Z', undefined],
    [night, '2026-11-23T21:00:00Z', 'Tue 06:00'],
    [night, '2026-11-24T04:59:59Z', 'Tue 06:00'],
    [night, '2026-11-24T05:00:00Z', undefined],
    [night, '2026-11-23T04:00:00Z', undefined], // the night of Sunday
    [night, '2026-11-28T04:00:00Z', 'Sat 06:00'], // the night of Friday
    [night, '2026-11-28T22:00:00Z', undefined], // Saturday's
    ['{days: [sat, sun]}', '2026-11-27T22:59:59Z', undefined],
    ['{days: [sat, sun]}', '2026-11-27T23:00:00Z', 'Mon 00:00'],
    ['{days: [sat, sun]}', '2026-11-29T22:59:59Z', 'Mon 00:00'],
    ['{days: [sat, sun]}', '2026-11-29T23:00:00Z', undefined],
    ['[{days: sun}, {days: sun, from: 20:00, to: 07:00}]', '2026-11-29T12:00:00Z', 'Mon 07:00'],
    ['{days: fri-mon, to: 12:00}', '2026-11-23T10:00:00Z', 'Mon 12:00'],
    ['{days: fri-mon, to: 12:00}', '2026-11-24T10:00:00Z', undefined],
    ['{from: 12:00, to: 13:00}', '2026-11-25T11:30:00Z', 'Wed 13:00'],
    ['{days: mon, from: 22:00, to: 00:00}', '2026-11-23T22:59:00Z', 'Tue 00:00'],
  ])('%s at %s: until %s', (when, at, until) => {
    const expected = until === undefined ? [] : [`muted by quiet, until ${until} (Europe/Berlin)`];
    expect(mutesIn(windowOf(when), at)).toEqual(expected);
  });

  test.each<[string, string, boolean]>([
    // At 02:00 the clock moves to 03:00. The hour from 02:00 does not exist.
    ['{days: sun, from: "02:00", to: "03:00"}', '2026-03-29T00:59Z', false],
    ['{days: sun, from: "02:00", to: "03:00"}', '2026-03-29T01:00Z', false],
    ['{days: sun, from: "01:00", to: "03:30"}', '2026-03-29T01:29Z', true],
    ['{days: sun, from: "01:00", to: "03:30"}', '2026-03-29T01:30Z', false],
    // At 03:00 the clock moves back to 02:00. The hour from 02:00 occurs twice.
    ['{days: sun, from: "02:00", to: "03:00"}', '2026-10-25T00:30Z', true],
    ['{days: sun, from: "02:00", to: "03:00"}', '2026-10-25T01:30Z', true],
    ['{days: sun, from: "02:00", to: "03:00"}', '2026-10-25T02:00Z', false],
  ])('%s is right when the clock changes: %s', (when, at, expected) => {
    expect(mutesIn(windowOf(when), at)).toHaveLength(expected ? 1 : 0);
  });

  test('applies exactly at the times of its definition', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const times = fc.integer({min: 0, max: 95}).map(quarter => quarter * 15);
    const clock = (minutes: number) =>
      `"${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}"`;
    const span = fc.record({first: fc.nat({max: 6}), from: times, to: times}).filter(({from, to}) => from !== to);
    fc.assert(
      fc.property(fc.array(span, {minLength: 1, maxLength: 3}), fc.nat({max: 7 * 96 - 1}), (spans, quarter) => {
        const when = spans.map(({first, from, to}) => `{days: ${days[first]}, from: ${clock(from)}, to: ${clock(to)}}`);
        const [day, minute] = [Math.floor(quarter / 96), (quarter % 96) * 15];
        const isIn = spans.some(({first, from, to}) => {
          const isFirst = day === first && minute >= from && (to < from || minute < to);
          const isNext = to < from && day === (first + 1) % 7 && minute < to;
          return isFirst || isNext;
        });
        const at = new Date(Date.UTC(2026, 10, 23, 0, quarter * 15)).toISOString();
        expect(mutesIn(windowOf(`[${when.join(', ')}]`, 'UTC'), at)).toHaveLength(isIn ? 1 : 0);
      }),
    );
  });

  test('shows its reason', () => {
    const keys = 'mute: [{name: nights, when: {days: sat}, zone: UTC, reason: no one is on call}]';
    expect(mutesIn(keys, '2026-11-28T12:00Z')).toEqual(['muted by nights: no one is on call, until Sun 00:00 (UTC)']);
  });
});

describe('a silence', () => {
  const keys = `silences:
  - {match: {}, from: 2026-12-01T18:00+01:00, until: 2026-12-02T18:00Z, owner: jane@example.com, reason: moves}
  - {match: {}, until: 2026-12-01T00:00Z, owner: sre, reason: freeze}`;
  test.each<[string, string[]]>([
    ['2026-11-30T23:59:59Z', ['muted by silences[1] of sre: freeze, until 2026-12-01T00:00Z']],
    ['2026-12-01T00:00:00Z', []],
    ['2026-12-01T16:59:59Z', []],
    ['2026-12-01T17:00:00Z', ['muted by silences[0] of jane@example.com: moves, until 2026-12-02T18:00Z']],
    ['2026-12-02T18:00:00Z', []],
  ])('at %s: %j', (at, expected) => {
    expect(mutesIn(keys, at)).toEqual(expected);
  });
});

test('only mutes that select a match apply to it, in the order of the file', () => {
  const rules = parse(`mute: [{name: w, when: {days: sat}, zone: UTC, match: {team: payments}}]
silences:
  - {match: {entity: other-*}, until: 2027-01-01T00:00Z, owner: a, reason: b}
  - {match: {rule: a}, until: 2027-01-01T00:00Z, owner: c, reason: d, remediate: mute}`);
  const [rule] = rules.rules;
  if (rule === undefined) throw new Error('no rule');
  const mutes = mutesAt(rules, Date.parse('2026-11-28T12:00Z'));
  const by = (team: string[]) =>
    mutesOf(mutes, rule, aChange({team})).mutes.map(mute => [mute.by, mute.stopsRemediations]);
  expect(by(['payments'])).toEqual([
    ['w', false],
    ['silences[1] of c', true],
  ]);
  expect(by([])).toEqual([['silences[1] of c', true]]);
});
