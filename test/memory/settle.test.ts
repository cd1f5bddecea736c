import {describe, expect, test} from '@jest/globals';
import {decide} from '../../src/decide/evaluate.ts';
import {fold} from '../../src/memory/fold/fold.ts';
import type {Incident, Shards} from '../../src/memory/format/format.ts';
import type {Reaction, RunReaction} from '../../src/memory/reactions.ts';
import {type Settled, settle} from '../../src/memory/settle.ts';
import type {ChangeOptions} from '../helpers/values/a-change.ts';
import {minutes, namesOf, Simulation} from './a-simulation.ts';

const BAD = {from: 'Healthy', to: 'Degraded'};

interface Step {
  readonly changes: readonly ChangeOptions[];
  readonly run: string;
  /** The outcome of its scripts. */
  readonly how: 'unstarted' | 'failed';
}

/** A simulation whose scripts fail or do not start. */
class FailingScripts extends Simulation {
  step(minute: number, {changes, run, how}: Step): string[] {
    const decisions = decide(
      this.rules,
      changes.map(options => this.aChange(0, options)),
    );
    const given = {rules: this.rules, decisions, shards: this.shards, nowMs: minutes(minute), run};
    const {reactions, next} = fold(given);
    const isRun = (reaction: Reaction): reaction is RunReaction => reaction.kind === 'run';
    this.shards = settle(
      next,
      reactions.filter(isRun).map(one => stopped(one, how)),
    );
    return namesOf(reactions);
  }
}

function stopped({shard, key, rule, change, attempt, before}: RunReaction, how: 'unstarted' | 'failed'): Settled {
  const {blueprint, entity} = change;
  const lastRun = before?.lastRun === undefined ? {} : {lastRun: before.lastRun};
  const unstarted = {rule: rule.name, blueprint, entity, attempt, ...lastRun};
  return {kind: 'script', shard, key, status: 'failed', ...(how === 'unstarted' ? {unstarted} : {})};
}

const incidentsIn = (shards: Shards): Incident[] => [...shards.values()].flatMap(({incidents}) => [...incidents]);

describe('a script that was not started', () => {
  const RULE = 'to: Degraded, remediate: {run: fix.sh, cooldown: 1h, attempts: 1, verify: 10m}';

  test('uses up neither an attempt nor the cooldown: a re-run starts it', () => {
    const simulation = new FailingScripts(RULE);
    expect(simulation.step(0, {changes: [BAD], run: '100/1', how: 'unstarted'})).toContainEqual(
      expect.stringMatching(/^run /),
    );
    expect(incidentsIn(simulation.shards)).toMatchObject([{attempts: 0}]);
    expect(incidentsIn(simulation.shards)[0]).not.toHaveProperty('lastRun');
    expect(simulation.step(1, {changes: [BAD], run: '100/2', how: 'unstarted'})).toContainEqual(
      expect.stringMatching(/^run /),
    );
  });

  test('is not reported as not recovered: the clock starts it at the time of its `verify`', () => {
    const simulation = new FailingScripts(RULE);
    simulation.step(0, {changes: [BAD], run: '100/1', how: 'unstarted'});
    expect(simulation.step(5, {changes: [], run: '101/1', how: 'failed'})).toEqual([]);
    expect(simulation.step(10, {changes: [], run: '102/1', how: 'failed'})).toEqual(['run 1']);
  });

  test('keeps the time of the previous run', () => {
    const simulation = new FailingScripts('to: Degraded, remediate: {run: fix.sh, attempts: 3, verify: 10m}');
    simulation.step(0, {changes: [BAD], run: '100/1', how: 'failed'});
    expect(simulation.step(10, {changes: [], run: '101/1', how: 'unstarted'})).toContainEqual(
      expect.stringMatching(/^run /),
    );
    expect(incidentsIn(simulation.shards)).toMatchObject([{attempts: 1, lastRun: minutes(0) / 1000}]);
  });

  test('of a rule without incidents leaves no cooldown', () => {
    const simulation = new FailingScripts('remediate: {run: fix.sh, cooldown: 1h}');
    simulation.step(0, {changes: [BAD], run: '100/1', how: 'unstarted'});
    expect(simulation.step(1, {changes: [BAD], run: '100/2', how: 'unstarted'})).toContainEqual(
      expect.stringMatching(/^run /),
    );
  });
});

test('a script that failed uses up its attempt', () => {
  const simulation = new FailingScripts('to: Degraded, remediate: {run: fix.sh, attempts: 1}');
  simulation.step(0, {changes: [BAD], run: '100/1', how: 'failed'});
  expect(incidentsIn(simulation.shards)).toMatchObject([{attempts: 1, lastRun: minutes(0) / 1000}]);
  expect(simulation.step(1, {changes: [BAD], run: '100/2', how: 'failed'})).not.toContainEqual(
    expect.stringMatching(/^run /),
  );
});
