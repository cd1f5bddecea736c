/** What a person asks for, and what follows from it on the virtual clock. */
import {describe, expect, test} from '@jest/globals';
import {changedEntities, entityOf} from '../../src/incident-view/incident-entity.ts';
import {obey} from '../../src/memory/obey.ts';
import {Life, minutes} from './a-life.ts';

const BAD = {from: 'Healthy', to: 'Degraded'};
const GOOD = {from: 'Degraded', to: 'Healthy'};
const REMINDING = 'to: [Degraded, Crashed], notify: {repeat: 10m, escalate: {after: 15m, slack: on-call}}';

function firing(rule: string): Life {
  const life = new Life(rule);
  life.change(0, BAD);
  return life;
}

describe('acknowledge', () => {
  test('no reminder and no escalation until it ends', () => {
    const life = firing(REMINDING);
    expect(life.command(5, 'acknowledge', 35)).toBe('done');
    expect([12, 20, 34].map(minute => life.tick(minute))).toEqual([[], [], []]);
    expect(life.tick(36)).toEqual(['escalation', 'reminder']);
  });

  test('a change of the state is still reported', () => {
    const life = firing(REMINDING);
    life.command(5, 'acknowledge', 35);
    expect(life.change(6, {from: 'Degraded', to: 'Crashed'})).toEqual(['update']);
    expect(life.change(7, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('of an incident that waits for its `for`: it opens acknowledged', () => {
    const life = firing('to: Degraded, for: 5m, notify: {repeat: 10m}');
    expect(life.command(1, 'acknowledge', 60)).toBe('done');
    expect([5, 30].map(minute => life.tick(minute))).toEqual([['firing'], []]);
  });
});

describe('what a person asked for, once it is over', () => {
  const view = (life: Life, minute: number) =>
    life.incidents.map(
      incident => entityOf(incident, {now: minutes(minute) / 1000, runUrl: ''}).properties as Record<string, unknown>,
    )[0];

  test.each([
    ['acknowledge', 'ack', 'acknowledged', true, false],
    ['silence', 'silence', 'silencedUntil', new Date(minutes(35)).toISOString(), null],
  ] as const)('%s: the clock forgets it, so that Port no longer shows it', (name, key, property, during, after) => {
    const life = firing('to: Degraded');
    life.command(5, name, 35);
    expect(life.incidents).toMatchObject([{due: minutes(35) / 1000}]);
    expect(view(life, 6)?.[property]).toBe(during);
    const before = life.shards;
    expect(life.tick(34)).toEqual([]);
    expect(life.shards).toEqual(before);
    expect(life.tick(35)).toEqual([]);
    expect(life.incidents[0]).not.toHaveProperty(key);
    expect(life.incidents[0]).not.toHaveProperty('due');
    expect(
      changedEntities(before, life.shards, {now: minutes(35) / 1000, runUrl: '', isShown: () => true}),
    ).toHaveLength(1);
    expect(view(life, 35)?.[property]).toBe(after);
  });

  test('what is taken back stays as a mark, so that a run that still knows of it cannot bring it back', () => {
    const life = firing('to: Degraded');
    life.command(5, 'acknowledge', 35);
    life.command(6, 'resume');
    expect(life.tick(7)).toEqual([]);
    expect(life.tick(60)).toEqual([]);
    expect(life.incidents).toMatchObject([{ack: {at: minutes(6) / 1000, until: minutes(6) / 1000}}]);
    expect(life.incidents[0]).not.toHaveProperty('due');
  });

  test('an acknowledgement without an end needs no clock', () => {
    const life = firing('to: Degraded');
    life.command(5, 'acknowledge');
    expect(life.incidents[0]).not.toHaveProperty('due');
    life.tick(9999);
    expect(life.incidents).toMatchObject([{ack: {by: 'jane'}}]);
  });
});

describe('silence', () => {
  test('no message but the recovery, and then reminders again', () => {
    const life = firing(REMINDING);
    expect(life.command(5, 'silence', 35)).toBe('done');
    expect(life.change(6, {from: 'Degraded', to: 'Crashed'})).toEqual([]);
    expect([12, 20, 34].map(minute => life.tick(minute))).toEqual([[], [], []]);
    expect(life.tick(36)).toEqual(['escalation', 'reminder']);
    expect(life.change(37, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('outlasts the closing: it opens again without a message, and is reported when the silence is over', () => {
    const life = firing('to: Degraded');
    life.command(1, 'silence', 60);
    expect(life.change(2, GOOD)).toEqual(['recovered']);
    expect(life.change(10, BAD)).toEqual([]);
    expect(life.change(12, GOOD)).toEqual([]);
    expect(life.change(50, BAD)).toEqual([]);
    expect(life.tick(61)).toEqual(['reopened']);
    expect(life.change(62, GOOD)).toEqual(['recovered']);
  });

  test('is forgotten with its incident when both are over', () => {
    const life = firing('to: Degraded');
    life.command(1, 'silence', 60);
    life.change(2, GOOD);
    expect(life.change(70, BAD)).toEqual(['firing']);
    expect(life.incidents).toEqual([expect.not.objectContaining({silence: expect.anything()})]);
  });

  test('does not keep scripts from running', () => {
    const life = firing('to: Degraded, remediate: {run: a.sh, verify: 5m, attempts: 2}');
    life.command(1, 'silence', 60);
    expect(life.tick(5)).toEqual(['run 2']);
  });
});

test('resume takes both back', () => {
  const life = firing(REMINDING);
  life.command(1, 'acknowledge', 600);
  life.command(1, 'silence', 600);
  expect(life.tick(12)).toEqual([]);
  expect(life.command(13, 'resume')).toBe('done');
  expect(life.tick(16)).toEqual(['escalation', 'reminder']);
});

describe('nothing is written', () => {
  test.each([
    [
      'of an incident that is not there',
      (life: Life) => life.command(1, 'acknowledge'),
      new Life(REMINDING),
      'unknown',
    ],
    [
      'of one that is over',
      (life: Life) => {
        life.change(1, GOOD);
        return life.command(2, 'acknowledge', 9);
      },
      firing(`${REMINDING}, flapping: {changes: 9, within: 30m}`),
      'closed',
    ],
    [
      'if it is already so',
      (life: Life) => {
        life.command(1, 'acknowledge', 9);
        return life.command(2, 'acknowledge', 9);
      },
      firing(REMINDING),
      'unchanged',
    ],
    ['to resume what is not held back', (life: Life) => life.command(1, 'resume'), firing(REMINDING), 'unchanged'],
  ])('%s', (_, ask, life, expected) => {
    expect(ask(life)).toBe(expected);
  });

  test('and no shard changes', () => {
    const life = firing(REMINDING);
    const obeyed = obey(life.rules, life.shards, {
      incident: '??????',
      do: 'silence',
      by: 'j',
      at: 1,
      until: minutes(9),
    });
    expect(obeyed).toMatchObject({result: 'unknown', changed: [], next: life.shards});
  });
});
