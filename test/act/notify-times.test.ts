import {expect, test} from '@jest/globals';
import {describeTimes, withTimes} from '../../src/act/notify-times.ts';
import type {Outcome} from '../../src/act/outcome.ts';
import {aChange} from '../helpers/a-change.ts';
import {aMatch} from '../helpers/plans.ts';

const AT = Date.parse('2026-11-20T12:00:00.000Z');
const change = aChange({at: new Date(AT).toISOString()});
const sent = (parts: Partial<Outcome> = {}): Outcome => ({
  match: aMatch(change),
  kind: 'notification',
  status: 'done',
  detail: 'posted to default',
  answeredMs: AT + 21_500,
  ...parts,
});
const timesOf = (outcome: Outcome, receivedAt?: string) =>
  withTimes([outcome], {receivedAt, startedMs: AT + 20_000})[0]?.times;

test('each hop has its time', () => {
  const times = timesOf(sent(), '2026-11-20T12:00:00.400Z');
  expect(times).toEqual({
    relay: '2026-11-20T12:00:00.400Z',
    started: '2026-11-20T12:00:20.000Z',
    answered: '2026-11-20T12:00:21.500Z',
    totalMs: 21_500,
  });
  expect(times && describeTimes(times)).toBe('22 s after the change: relay 0.4 s, GitHub 20 s, action and Slack 1.5 s');
});

test('a change of a later moment than the first of its dispatch was not received before it happened', () => {
  expect(timesOf(sent(), '2026-11-20T11:59:58Z')?.relay).toBe('2026-11-20T12:00:00.000Z');
});

test('without a relay, its hop is left out', () => {
  const times = timesOf(sent());
  expect(times).not.toHaveProperty('relay');
  expect(times && describeTimes(times)).toBe(
    '22 s after the change: until the action started 20 s, action and Slack 1.5 s',
  );
});

test.each<[string, Partial<Outcome>]>([
  ['was not sent', {status: 'failed'}],
  ['is a script', {kind: 'remediation'}],
  ['has no answer', {answeredMs: undefined as unknown as number}],
  ['is about a change without a time', {match: aMatch(aChange({at: 'soon'}))}],
])('what %s has no times', (_name, parts) => {
  expect(timesOf(sent(parts), '2026-11-20T12:00:00Z')).toBeUndefined();
});
