/** The commands of a person, and their effects on the virtual clock. */
import {describe, expect, test} from '@jest/globals';
import {changedEntities, entityOf} from '../../src/incident-view/incident-entity.ts';
import {applyCommand} from '../../src/memory/apply-command.ts';
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
  test('stops reminders and escalations until it ends', () => {
    const life = firing(REMINDING);
    expect(life.command(5, 'acknowledge', 35)).toBe('done');
    expect([12, 20, 34].map(minute => life.tick(minute))).toEqual([[], [], []]);
    expect(life.tick(36)).toEqual(['escalation', 'reminder']);
  });

  test('does not stop messages about changes of the state', () => {
    const life = firing(REMINDING);
    life.command(5, 'acknowledge', 35);
    expect(life.change(6, {from: 'Degraded', to: 'Crashed'})).toEqual(['update']);
    expect(life.change(7, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('also works while an incident waits for its `for`: it opens acknowledged', () => {
    const life = firing('to: Degraded, for: 5m, notify: {repeat: 10m}');
    expect(life.command(1, 'acknowledge', 60)).toBe('done');
    expect([5, 30].map(minute => life.tick(minute))).toEqual([['firing'], []]);
  });
});

describe('a command that has expired', () => {
  const view = (life: Life, minute: number) =>
    life.incidents.map(
      incident => entityOf(incident, {now: minutes(minute) / 1000, runUrl: ''}).properties as Record<string, unknown>,
    )[0];

  test.each([
    ['acknowledge', 'ack', 'acknowledged', true, false],
    ['silence', 'silence', 'silencedUntil', new Date(minutes(35)).toISOString(), null],
  ] as const)('%s: the clock removes it, so that Port no longer shows it', (name, key, property, during, after) => {
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

  test('leaves a mark if a person ended it, so that a run with older data cannot restore it', () => {
    const life = firing('to: Degraded');
    life.command(5, 'acknowledge', 35);
    life.command(6, 'resume');
    expect(life.tick(7)).toEqual([]);
    expect(life.tick(60)).toEqual([]);
    expect(life.incidents).toMatchObject([{ack: {at: minutes(6) / 1000, until: minutes(6) / 1000}}]);
    expect(life.incidents[0]).not.toHaveProperty('due');
  });

  test('cannot be an acknowledgement without an end', () => {
    const life = firing('to: Degraded');
    life.command(5, 'acknowledge');
    expect(life.incidents[0]).not.toHaveProperty('due');
    life.tick(9999);
    expect(life.incidents).toMatchObject([{ack: {by: 'jane'}}]);
  });
});

describe('silence', () => {
  test('stops all messages except the recovery, and reminders continue after it', () => {
    const life = firing(REMINDING);
    expect(life.command(5, 'silence', 35)).toBe('done');
    expect(life.change(6, {from: 'Degraded', to: 'Crashed'})).toEqual([]);
    expect([12, 20, 34].map(minute => life.tick(minute))).toEqual([[], [], []]);
    expect(life.tick(36)).toEqual(['escalation', 'reminder']);
    expect(life.change(37, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('lasts longer than the incident: a reopening is reported when the silence ends', () => {
    const life = firing('to: Degraded');
    life.command(1, 'silence', 60);
    expect(life.change(2, GOOD)).toEqual(['recovered']);
    expect(life.change(10, BAD)).toEqual([]);
    expect(life.change(12, GOOD)).toEqual([]);
    expect(life.change(50, BAD)).toEqual([]);
    expect(life.tick(61)).toEqual(['reopened']);
    expect(life.change(62, GOOD)).toEqual(['recovered']);
  });

  test('is removed with its incident when both have ended', () => {
    const life = firing('to: Degraded');
    life.command(1, 'silence', 60);
    life.change(2, GOOD);
    expect(life.change(70, BAD)).toEqual(['firing']);
    expect(life.incidents).toEqual([expect.not.objectContaining({silence: expect.anything()})]);
  });

  test('does not stop scripts', () => {
    const life = firing('to: Degraded, remediate: {run: a.sh, verify: 5m, attempts: 2}');
    life.command(1, 'silence', 60);
    expect(life.tick(5)).toEqual(['run 2']);
  });
});

test('resume ends an acknowledgement and a silence', () => {
  const life = firing(REMINDING);
  life.command(1, 'acknowledge', 600);
  life.command(1, 'silence', 600);
  expect(life.tick(12)).toEqual([]);
  expect(life.command(13, 'resume')).toBe('done');
  expect(life.tick(16)).toEqual(['escalation', 'reminder']);
});

describe('a command without effect', () => {
  test.each([
    ['names an unknown incident', (life: Life) => life.command(1, 'acknowledge'), new Life(REMINDING), 'unknown'],
    [
      'names a closed incident',
      (life: Life) => {
        life.change(1, GOOD);
        return life.command(2, 'acknowledge', 9);
      },
      firing(`${REMINDING}, flapping: {changes: 9, within: 30m}`),
      'closed',
    ],
    [
      'repeats a command',
      (life: Life) => {
        life.command(1, 'acknowledge', 9);
        return life.command(2, 'acknowledge', 9);
      },
      firing(REMINDING),
      'unchanged',
    ],
    [
      'resumes an incident that is not held back',
      (life: Life) => life.command(1, 'resume'),
      firing(REMINDING),
      'unchanged',
    ],
  ])('%s', (_, command, life, expected) => {
    expect(command(life)).toBe(expected);
  });

  test('changes no shard', () => {
    const life = firing(REMINDING);
    const applied = applyCommand(life.rules, life.shards, {
      incident: '??????',
      do: 'silence',
      by: 'j',
      at: 1,
      until: minutes(9),
    });
    expect(applied).toMatchObject({result: 'unknown', changed: [], next: life.shards});
  });
});
