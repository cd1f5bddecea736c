/** Kills the action at any moment, with concurrent runs, stale reads and lost responses. No script runs twice, and no message is lost. */
import {once} from 'node:events';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {
  ago,
  BLUEPRINT,
  changeOf,
  type Given,
  type Stage,
  startStage,
} from '../../helpers/processes/remembering-action.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import {rulesFile} from '../../helpers/values/plans.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const rules = rulesFile(['to: [Degraded, Crashed], notify: true, remediate: {run: fix.sh}']);
/** Names of entities that share a shard. */
function sameShard(count: number): string[] {
  const names = Array.from({length: 200}, (_, index) => `service-${index}`);
  const shard = shardOf({blueprint: BLUEPRINT, entity: 'service-0'});
  return names.filter(entity => shardOf({blueprint: BLUEPRINT, entity}) === shard).slice(0, count);
}

const requests = () => stage.github.requests.length + stage.slack.requests.length;

/** Kills the action after this number of requests, or waits for its end. */
async function killAfter(count: number, given: Given): Promise<void> {
  const already = requests();
  const action = await stage.start({rules, ...given});
  const ended = once(action.child, 'close');
  const timer = setInterval(() => {
    if (requests() - already >= count) action.child.kill('SIGKILL');
  }, 1);
  await ended;
  clearInterval(timer);
  await action.finished.catch(() => {});
  await action.clean();
}

describe('a run that is killed', () => {
  const troubles = [
    ['no other fault', {}],
    ['a stale read', {staleReads: 1}],
    ['a lost answer', {loseResponses: 1}],
    ['both', {staleReads: 1, loseResponses: 1}],
  ] as const;

  /** By default, each place has one of the other faults, in turn. */
  const cases = [1, 2, 3, 4, 5, 6, 7].flatMap(after =>
    troubles
      .filter((_, index) => TRIES_ALL || index === after % troubles.length)
      .map(([name, trouble]) => ({after, name, trouble})),
  );

  test.each(cases)(
    'after $after requests, with $name, loses no message and repeats no script in its re-run',
    async ({after, trouble}) => {
      const changes = [changeOf()];
      // A stale read returns an older version, so the shard needs one.
      await stage.run({rules, changes: [changeOf({at: ago(9), from: 'Degraded', to: 'Healthy'})], runId: '1'});
      await killAfter(after, {changes});
      Object.assign(stage.github, trouble);
      await stage.run({rules, changes, attempt: '2'});
      Object.assign(stage.github, {staleReads: 0, loseResponses: 0});
      await stage.run({rules, changes, attempt: '3'});

      expect(stage.scriptRuns()).toBeLessThanOrEqual(1);
      const firings = stage.posts().filter(({text}) => /Degraded/.test(text));
      expect(firings.length).toBeGreaterThanOrEqual(1);
      expect(stage.memoryOf().incidents).toMatchObject([{state: 'open'}]);
    },
    60_000,
  );
});

describe('three concurrent processes on one shard', () => {
  const byHand = (index: number) => ({
    isBuilt: true,
    runId: String(100 + index),
    env: {GITHUB_EVENT_NAME: 'workflow_dispatch'},
  });

  test('send one message and start the script once for the same change', async () => {
    const changes = [changeOf()];
    const results = await Promise.all([0, 1, 2].map(index => stage.run({rules, changes, ...byHand(index)})));
    expect(stage.scriptRuns()).toBe(1);
    expect(stage.posts()).toHaveLength(1);
    expect(results.map(({outputs}) => outputs['outcome']).toSorted()).toEqual(['duplicate', 'duplicate', 'reacted']);
    expect(stage.memoryOf()).toMatchObject({incidents: [{state: 'open', attempts: 1}], unfinished: {}});
  }, 60_000);

  test('react to each of several changes and store them all', async () => {
    const entities = sameShard(3);
    const results = await Promise.all(
      entities.map((entity, index) =>
        stage.run({isBuilt: true, rules, changes: [changeOf({entity, id: entity})], runId: String(100 + index)}),
      ),
    );
    expect(results.map(({exitCode}) => exitCode)).toEqual([0, 0, 0]);
    expect([stage.scriptRuns(), stage.posts().length]).toEqual([3, 3]);
    const {incidents, unfinished} = stage.memoryOf(entities[0]);
    expect(incidents.map(({entity, state}) => `${entity} ${state}`).toSorted()).toEqual(
      entities.map(entity => `${entity} open`).toSorted(),
    );
    expect(unfinished).toEqual({});
  }, 60_000);
});

test('a run that is cancelled during a script writes the outcome, and the re-run continues from there', async () => {
  const changes = [changeOf()];
  const scripts = {
    'fix.sh': `#!/usr/bin/env bash\ncurl -s -X POST '${stage.slack.url}/script' -d x >/dev/null\nexec sleep 60\n`,
  };
  const action = await stage.start({rules, changes, scripts});
  await eventually('the script has started', async () => stage.scriptRuns() === 1);
  action.child.kill('SIGINT');
  const {exitCode} = await action.finished;
  await action.clean();
  expect(exitCode).toBe(1);
  const {incidents, unfinished} = stage.memoryOf();
  expect(incidents).toMatchObject([{state: 'open', told: {default: {}}}]);
  expect(Object.values(unfinished)).toMatchObject([{notify: {default: 'done'}, remediate: 'failed'}]);

  const again = await stage.run({rules, changes, attempt: '2'});
  expect([again.exitCode, stage.scriptRuns(), stage.posts().length]).toEqual([0, 2, 1]);
  expect(stage.memoryOf().unfinished).toEqual({});
}, 60_000);
