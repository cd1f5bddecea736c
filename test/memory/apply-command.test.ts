/** The commands of a person, and their effects on the virtual clock. */
import {describe, expect, test} from '@jest/globals';
import {changedEntities, entityOf} from '../../src/incident-view/incident-entity.ts';
import {applyCommand} from '../../src/memory/apply-command.ts';
import {minutes, Simulation} from './a-simulation.ts';

const BAD = {from: 'Healthy', to: 'Degraded'};
const GOOD = {from: 'Degraded', to: 'Healthy'};
const REMINDING = 'to: [Degraded, Crashed], notify: {repeat: 10m, escalate: {after: 15m, slack: on-call}}';

function firing(rule: string): Simulation {
  const simulation = new Simulation(rule);
  simulation.change(0, BAD);
  return simulation;
}

describe('acknowledge', () => {
  test('stops reminders and escalations until it ends', () => {
    const simulation = firing(REMINDING);
    expect(simulation.command(5, 'acknowledge', 35)).toBe('done');
    expect([12, 20, 34].map(minute => simulation.tick(minute))).toEqual([[], [], []]);
    expect(simulation.tick(36)).toEqual(['escalation', 'reminder']);
  });

  test('does not stop messages about changes of the state', () => {
    const simulation = firing(REMINDING);
    simulation.command(5, 'acknowledge', 35);
    expect(simulation.change(6, {from: 'Degraded', to: 'Crashed'})).toEqual(['update']);
    expect(simulation.change(7, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('also works while an incident is pending, which then opens acknowledged', () => {
    const simulation = firing('to: Degraded, for: 5m, notify: {repeat: 10m}');
    expect(simulation.command(1, 'acknowledge', 60)).toBe('done');
    expect([5, 30].map(minute => simulation.tick(minute))).toEqual([['firing'], []]);
  });
});

describe('a command that has expired', () => {
  const view = (simulation: Simulation, minute: number) =>
    simulation.incidents.map(
      incident => entityOf(incident, {now: minutes(minute) / 1000, runUrl: ''}).properties as Record<string, unknown>,
    )[0];

  test.each([
    ['acknowledge', 'ack', 'acknowledged', true, false],
    ['silence', 'silence', 'silencedUntil', new Date(minutes(35)).toISOString(), null],
  ] as const)('%s: the clock removes it, so that Port no longer shows it', (name, key, property, during, after) => {
    const simulation = firing('to: Degraded');
    simulation.command(5, name, 35);
    expect(simulation.incidents).toMatchObject([{due: minutes(35) / 1000}]);
    expect(view(simulation, 6)?.[property]).toBe(during);
    const before = simulation.shards;
    expect(simulation.tick(34)).toEqual([]);
    expect(simulation.shards).toEqual(before);
    expect(simulation.tick(35)).toEqual([]);
    expect(simulation.incidents[0]).not.toHaveProperty(key);
    expect(simulation.incidents[0]).not.toHaveProperty('due');
    expect(
      changedEntities(before, simulation.shards, {now: minutes(35) / 1000, runUrl: '', isShown: () => true}),
    ).toHaveLength(1);
    expect(view(simulation, 35)?.[property]).toBe(after);
  });

  test('leaves a mark if a person ended it, so that a run with older data cannot restore it', () => {
    const simulation = firing('to: Degraded');
    simulation.command(5, 'acknowledge', 35);
    simulation.command(6, 'resume');
    expect(simulation.tick(7)).toEqual([]);
    expect(simulation.tick(60)).toEqual([]);
    expect(simulation.incidents).toMatchObject([{ack: {at: minutes(6) / 1000, until: minutes(6) / 1000}}]);
    expect(simulation.incidents[0]).not.toHaveProperty('due');
  });

  test('cannot be an acknowledgement without an end', () => {
    const simulation = firing('to: Degraded');
    simulation.command(5, 'acknowledge');
    expect(simulation.incidents[0]).not.toHaveProperty('due');
    simulation.tick(9999);
    expect(simulation.incidents).toMatchObject([{ack: {by: 'jane'}}]);
  });
});

describe('silence', () => {
  test('stops all messages except the recovery, and reminders continue after it', () => {
    const simulation = firing(REMINDING);
    expect(simulation.command(5, 'silence', 35)).toBe('done');
    expect(simulation.change(6, {from: 'Degraded', to: 'Crashed'})).toEqual([]);
    expect([12, 20, 34].map(minute => simulation.tick(minute))).toEqual([[], [], []]);
    expect(simulation.tick(36)).toEqual(['escalation', 'reminder']);
    expect(simulation.change(37, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('lasts longer than the incident: a reopening is reported when the silence ends', () => {
    const simulation = firing('to: Degraded');
    simulation.command(1, 'silence', 60);
    expect(simulation.change(2, GOOD)).toEqual(['recovered']);
    expect(simulation.change(10, BAD)).toEqual([]);
    expect(simulation.change(12, GOOD)).toEqual([]);
    expect(simulation.change(50, BAD)).toEqual([]);
    expect(simulation.tick(61)).toEqual(['reopened']);
    expect(simulation.change(62, GOOD)).toEqual(['recovered']);
  });

  test('is removed with its incident when both have ended', () => {
    const simulation = firing('to: Degraded');
    simulation.command(1, 'silence', 60);
    simulation.change(2, GOOD);
    expect(simulation.change(70, BAD)).toEqual(['firing']);
    expect(simulation.incidents).toEqual([expect.not.objectContaining({silence: expect.anything()})]);
  });

  test('does not stop scripts', () => {
    const simulation = firing('to: Degraded, remediate: {run: a.sh, verify: 5m, attempts: 2}');
    simulation.command(1, 'silence', 60);
    expect(simulation.tick(5)).toEqual(['run 2']);
  });
});

test('resume ends an acknowledgement and a silence', () => {
  const simulation = firing(REMINDING);
  simulation.command(1, 'acknowledge', 600);
  simulation.command(1, 'silence', 600);
  expect(simulation.tick(12)).toEqual([]);
  expect(simulation.command(13, 'resume')).toBe('done');
  expect(simulation.tick(16)).toEqual(['escalation', 'reminder']);
});

describe('a command without effect', () => {
  test.each([
    [
      'names an unknown incident',
      (simulation: Simulation) => simulation.command(1, 'acknowledge'),
      new Simulation(REMINDING),
      'unknown',
    ],
    [
      'names a closed incident',
      (simulation: Simulation) => {
        simulation.change(1, GOOD);
        return simulation.command(2, 'acknowledge', 9);
      },
      firing(`${REMINDING}, flapping: {changes: 9, within: 30m}`),
      'closed',
    ],
    [
      'repeats a command',
      (simulation: Simulation) => {
        simulation.command(1, 'acknowledge', 9);
        return simulation.command(2, 'acknowledge', 9);
      },
      firing(REMINDING),
      'unchanged',
    ],
    [
      'resumes an incident that is not held back',
      (simulation: Simulation) => simulation.command(1, 'resume'),
      firing(REMINDING),
      'unchanged',
    ],
  ])('%s', (_, command, simulation, expected) => {
    expect(command(simulation)).toBe(expected);
  });

  test('changes no shard', () => {
    const simulation = firing(REMINDING);
    const applied = applyCommand(simulation.rules, simulation.shards, {
      incident: '??????',
      do: 'silence',
      by: 'j',
      at: 1,
      until: minutes(9),
    });
    expect(applied).toMatchObject({result: 'unknown', changed: [], next: simulation.shards});
  });
});
