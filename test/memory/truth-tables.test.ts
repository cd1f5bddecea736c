/** The truth tables of the contract, row by row: minutes on a virtual clock, and the messages. */
import {describe, expect, test} from '@jest/globals';
import {minutes, Simulation} from './a-simulation.ts';

const BAD = {from: 'Healthy', to: 'Degraded'};
const GOOD = {from: 'Degraded', to: 'Healthy'};
const RUN = 'remediate: {run: a.sh';

type Step = readonly [minute: number, what: 'fire' | 'end' | 'tick' | 'ack', expected: readonly string[]];

function live(keys: string, steps: readonly Step[]): Simulation {
  const simulation = new Simulation(keys);
  const seen = steps.map(([minute, what]) => {
    if (what === 'ack') {
      simulation.acknowledge(minute);
      return [];
    }
    return what === 'tick' ? simulation.tick(minute) : simulation.change(minute, what === 'fire' ? BAD : GOOD);
  });
  expect(seen).toEqual(steps.map(([, , expected]) => expected));
  return simulation;
}

describe('the truth tables', () => {
  test('above: 80, clear: 70', () => {
    const simulation = new Simulation('above: 80, clear: 70');
    const values = [60, 81, 79, 81, 69, 81];
    const seen = values.slice(1).map((to, index) => simulation.change(index, {from: values[index], to}));
    expect(seen).toEqual([['firing'], [], [], ['recovered'], ['firing']]);
  });

  test('without `clear`', () => {
    live('to: Degraded', [
      [0, 'fire', ['firing']],
      [1, 'end', ['recovered']],
      [2, 'fire', ['firing']],
    ]);
  });

  test('for: 5m, recovered before', () => {
    const simulation = live('to: Degraded, for: 5m', [
      [0, 'fire', []],
      [3, 'end', []],
      [5, 'tick', []],
    ]);
    expect(simulation.reactions).toContainEqual(expect.objectContaining({why: 'healed', seconds: 180}));
    expect(simulation.incidents).toEqual([]);
  });

  test('for: 5m, still unhealthy', () => {
    live('to: Degraded, for: 5m', [
      [0, 'fire', []],
      [4, 'tick', []],
      [5, 'tick', ['firing']],
      [9, 'end', ['recovered']],
    ]);
  });

  test('clear.for: 10m', () => {
    const simulation = live('to: Degraded, clear: {for: 10m}', [
      [0, 'fire', ['firing']],
      [3, 'end', []],
      [6, 'fire', []],
      [8, 'end', []],
      [17, 'tick', []],
      [18, 'tick', ['recovered']],
    ]);
    expect(simulation.reactions.at(-1)).toMatchObject({topic: 'recovered', seconds: 8 * 60});
  });

  test('cooldown: 15m, attempts: 3, ten pairs within 5 minutes', () => {
    const simulation = new Simulation(`to: Degraded, ${RUN}, cooldown: 15m, attempts: 3}`);
    for (let pair = 0; pair < 10; pair++) {
      simulation.change(pair / 2, BAD);
      simulation.change(pair / 2 + 0.25, GOOD);
    }
    expect(simulation.runs).toBe(1);
    expect(simulation.reactions).toContainEqual(expect.objectContaining({why: 'cooldown', until: minutes(15) / 1000}));
  });

  test('attempts: 2, cooldown: 15m, verify: 16m', () => {
    live(`to: Degraded, ${RUN}, attempts: 2, cooldown: 15m, verify: 16m}`, [
      [0, 'fire', ['firing', 'run 1']],
      [16, 'tick', ['not-recovered', 'run 2']],
      [32, 'tick', ['not-recovered', 'gave-up']],
      [48, 'tick', []],
    ]);
  });

  test('verify: 10m inside cooldown: 15m', () => {
    live(`to: Degraded, ${RUN}, attempts: 2, cooldown: 15m, verify: 10m}`, [
      [0, 'fire', ['firing', 'run 1']],
      [10, 'tick', ['not-recovered']],
      [12, 'tick', []],
      [15, 'tick', ['run 2']],
      [25, 'tick', ['not-recovered', 'gave-up']],
    ]);
  });

  test('reopening within the cooldown', () => {
    const simulation = live(`to: Degraded, ${RUN}, cooldown: 15m}`, [
      [0, 'fire', ['firing', 'run 1']],
      [2, 'end', ['recovered']],
      [16, 'fire', ['reopened', 'run 2']],
      [40, 'end', ['recovered']],
      [60, 'fire', ['firing', 'run 1']],
    ]);
    const ids = simulation.reactions.flatMap(({incident}) => incident?.id ?? []);
    expect(new Set(ids).size).toBe(2);
    expect(simulation.incidents).toHaveLength(1);
  });

  test('flapping: {changes: 3, within: 30m}', () => {
    const simulation = new Simulation('to: Degraded, flapping: {changes: 3, within: 30m}');
    for (let flip = 0; flip < 20; flip++) simulation.change(flip, flip % 2 === 0 ? BAD : GOOD);
    simulation.tick(60);
    expect(simulation.topics).toEqual(['firing', 'recovered', 'flapping', 'stable']);
    expect(simulation.reactions.at(-1)?.before?.flapping).toMatchObject({n: 20});
  });

  test('repeat: 60m, escalate: 30m', () => {
    live('to: Degraded, notify: {repeat: 60m, escalate: {after: 30m, slack: on-call}}', [
      [0, 'fire', ['firing']],
      [29, 'tick', []],
      [31, 'tick', ['escalation']],
      [61, 'tick', ['reminder']],
      [70, 'ack', []],
      [130, 'tick', []],
      [140, 'end', ['recovered']],
    ]);
  });

  test('another unhealthy value', () => {
    const simulation = new Simulation('to: [Degraded, Crashed]');
    expect(simulation.change(0, {from: 'Healthy', to: 'Degraded'})).toEqual(['firing']);
    expect(simulation.change(1, {from: 'Degraded', to: 'Crashed'})).toEqual(['update']);
    expect(simulation.change(2, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('entity deleted, then an end', () => {
    const simulation = new Simulation('to: Degraded');
    expect(simulation.change(0, BAD)).toEqual(['firing']);
    expect(simulation.change(1, {action: 'DELETE', from: 'Degraded'})).toEqual(['deleted']);
    expect(simulation.change(2, GOOD)).toEqual([]);
  });

  test('an end without a beginning', () => {
    const simulation = new Simulation('to: Degraded');
    expect(simulation.change(0, GOOD)).toEqual([]);
    expect(simulation.incidents).toEqual([]);
    expect([...simulation.shards.values()].flatMap(({done}) => Object.keys(done))).toHaveLength(1);
  });
});
