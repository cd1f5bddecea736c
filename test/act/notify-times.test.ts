import {expect, test} from '@jest/globals';
import {describeTimes, isTimed, withTimes} from '../../src/act/notify-times.ts';
import type {Outcome} from '../../src/act/outcome.ts';
import type {RunCreated} from '../../src/clients/github/run-created.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {aMatch} from '../helpers/values/plans.ts';

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
const CREATED = {created: '2026-11-20T12:00:01.000Z'};
const timesOf = (outcome: Outcome, receivedAt?: string, runCreated: RunCreated = CREATED) =>
  withTimes([outcome], {receivedAt, runCreated, startedMs: AT + 20_000})[0]?.times;
const storyOf = (...parts: Parameters<typeof timesOf>) => {
  const times = timesOf(...parts);
  return times && describeTimes(times);
};

test('each hop has its time', () => {
  expect(timesOf(sent(), '2026-11-20T12:00:00.400Z')).toEqual({
    relay: '2026-11-20T12:00:00.400Z',
    runCreated: '2026-11-20T12:00:01.000Z',
    started: '2026-11-20T12:00:20.000Z',
    answered: '2026-11-20T12:00:21.500Z',
    totalMs: 21_500,
  });
  expect(storyOf(sent(), '2026-11-20T12:00:00.400Z')).toBe(
    '22 s after the change: relay 0.4 s, run created 0.6 s, job started 19 s, Slack 1.5 s',
  );
});

test('a change that happened after the first one of its dispatch is not received before it happened', () => {
  expect(timesOf(sent(), '2026-11-20T11:59:58Z')?.relay).toBe('2026-11-20T12:00:00.000Z');
});

test('the hop of the relay is omitted if there is no relay', () => {
  expect(timesOf(sent())).not.toHaveProperty('relay');
  expect(storyOf(sent())).toBe('22 s after the change: run created 1.0 s, job started 19 s, Slack 1.5 s');
});

test('if the creation time of the run is unknown, its hop is a dash and the next hop begins earlier', () => {
  const unknown = {unknown: 'GitHub answered 403'};
  const times = timesOf(sent(), '2026-11-20T12:00:00.400Z', unknown);
  expect(times).toMatchObject({runCreated: null, runCreatedUnknown: 'GitHub answered 403'});
  expect(times && describeTimes(times)).toBe(
    '22 s after the change: relay 0.4 s, run created –, job started 20 s, Slack 1.5 s',
  );
});

test('the wait for a re-run is a separate hop', () => {
  const rerun = {...CREATED, rerun: '2026-11-20T12:00:16.000Z'};
  expect(storyOf(sent(), '2026-11-20T12:00:00.400Z', rerun)).toBe(
    '22 s after the change: relay 0.4 s, run created 0.6 s, re-run 15 s, job started 4.0 s, Slack 1.5 s',
  );
});

test('a hop is negative if the clocks differ', () => {
  expect(storyOf(sent(), '2026-11-20T12:00:01.900Z')).toContain('relay 1.9 s, run created -0.9 s, job started 19 s');
});

test.each<[string, Partial<Outcome>]>([
  ['was not sent', {status: 'failed'}],
  ['is a script', {kind: 'remediation'}],
  ['has no answer', {answeredMs: undefined as unknown as number}],
  ['is about a change without a time', {match: aMatch(aChange({at: 'soon'}))}],
])('has no times for an outcome that %s', (_name, parts) => {
  expect(timesOf(sent(parts), '2026-11-20T12:00:00Z')).toBeUndefined();
});

test('calls GitHub only if a message is about a change', () => {
  expect(isTimed(aMatch(change))).toBe(true);
  expect(isTimed(aMatch(aChange({at: 'soon'})))).toBe(false);
});
