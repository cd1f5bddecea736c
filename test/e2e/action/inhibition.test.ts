/** Inhibition end to end: the parent and its children are on different shards and in different partitions. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {ago, changeOf, type Given, type Stage, startStage} from '../../helpers/processes/remembering-action.ts';
import {rulesFile} from '../../helpers/values/plans.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const INHIBIT = 'inhibit: [{while: {rule: cluster-down}, through: cluster, match: {blueprint: deploymentConfig}}]';
const rulesOf = (keys = '', parent = '') =>
  rulesFile(
    [
      `name: degraded, to: Degraded, notify: true${keys}`,
      `name: cluster-down, blueprint: cluster, to: Degraded, notify: true${parent}`,
    ],
    INHIBIT,
  );
const RULES = rulesOf();

const onShard = (shard: number, prefix: string) =>
  Array.from({length: 99}, (_, index) => `${prefix}-${index}`).find(
    entity => shardOf({blueprint: 'deploymentConfig', entity}) === shard,
  ) ?? '';
/** One child on each shard. */
const CHILDREN = [0, 1, 2, 3, 4, 5, 6, 7].map(shard => onShard(shard, 'service'));
const [FIRST = '', SECOND = ''] = CHILDREN;
const cluster = (to: string, minutes: number) =>
  changeOf({
    ...{blueprint: 'cluster', entity: 'east', title: 'East'},
    ...{from: to === 'Degraded' ? 'Healthy' : 'Degraded', to, at: ago(minutes)},
  });
function child(entity: string, to: string, minutes: number) {
  const change = changeOf({
    entity,
    title: entity,
    from: to === 'Degraded' ? 'Healthy' : 'Degraded',
    to,
    at: ago(minutes),
  });
  const relations = {cluster: 'east'};
  return {
    ...change,
    before: change.before && {...change.before, relations},
    after: change.after && {...change.after, relations},
  };
}

let runs = 100;
/** A run in the concurrency group of the entity's partition, as the relay dispatches it. */
const run = (change: {blueprint: string; entity: string}, given: Given = {}) =>
  stage.run({rules: RULES, changes: [change], partition: shardOf(change) % 4, runId: `${++runs}`, ...given});
const texts = () => stage.posts().map(({text}) => text);
const bodies = () => stage.posts().map(({body}) => JSON.stringify(body));

async function openAll(rules = RULES): Promise<void> {
  await run(cluster('Degraded', 9), {rules});
  for (const entity of CHILDREN) await run(child(entity, 'Degraded', 8), {rules});
}

describe('inhibition', () => {
  test('holds back messages of children while the parent is open, and counts the children in its recovery', async () => {
    await openAll();
    expect(texts()).toEqual([expect.stringMatching(/East/)]);
    await run(child(FIRST, 'Healthy', 5));
    expect(texts()).toHaveLength(1);
    const closing = await run(cluster('Healthy', 4), {isBuilt: true});
    expect([closing.exitCode, closing.stderr]).toEqual([0, '']);
    expect(bodies().filter(body => /Recovered/.test(body) && /7 incidents that depend on it/.test(body))).toHaveLength(
      1,
    );
    const all = bodies().slice(1).join('\n');
    for (const entity of CHILDREN.slice(1)) expect(all).toContain(entity);
    expect(all).not.toContain(FIRST);
    const open = CHILDREN.slice(1).map(entity => stage.memoryOf(entity).incidents.find(one => one.entity === entity));
    for (const incident of open) expect(incident).toMatchObject({state: 'open', told: {default: {}}});
    expect(open.some(incident => incident?.inhibitedBy !== undefined)).toBe(false);
    const posts = texts().length;
    const again = await run(
      {...cluster('Healthy', 4)},
      {changes: closing.decisions.slice(0, 1).map(line => line.change)},
    );
    expect([again.outputs['outcome'], texts().length]).toEqual(['duplicate', posts]);
  }, 120_000);

  test('reads once if a parent changes, and writes children of other partitions before their messages are sent', async () => {
    await openAll();
    const {queries} = stage.github.calls();
    const {length} = stage.github.requests;
    await run(cluster('Healthy', 4));
    expect(queries).toBe(1 + CHILDREN.length);
    expect(stage.github.calls().queries).toBe(queries + 1);
    const partition = shardOf({blueprint: 'cluster', entity: 'east'}) % 4;
    const written = stage.github.requests.slice(length).flatMap(({json}) => {
      const name = (json as {variables?: {i?: {branch: {branchName: string}}}} | undefined)?.variables?.i?.branch
        .branchName;
      return name === undefined ? [] : [Number(name.at(-1))];
    });
    const timesOf = (shard: number) => written.filter(one => one === shard).length;
    const shards = [...new Set(written)];
    expect(shards.filter(shard => shard % 4 !== partition).map(timesOf)).toEqual(
      shards.filter(shard => shard % 4 !== partition).map(() => 2),
    );
    expect(shards.filter(shard => shard % 4 === partition).map(timesOf)).toEqual(
      shards.filter(shard => shard % 4 === partition).map(() => 1),
    );
  }, 120_000);

  test('starts the script of a child once if several runs release the child at the same time', async () => {
    const rules = rulesOf(', remediate: {run: fix.sh}');
    await openAll(rules);
    expect(stage.scriptRuns()).toBe(0);
    const isBuilt = true;
    const clock = {
      isBuilt,
      rules,
      event: {},
      runId: '90',
      env: {GITHUB_EVENT_NAME: 'schedule'},
      inputs: {mode: 'clock'},
    };
    const closing = cluster('Healthy', 4);
    await Promise.all([
      run(closing, {isBuilt, rules}),
      run(closing, {isBuilt, rules, partition: '3b'}),
      stage.run(clock),
    ]);
    await stage.run(clock);
    expect(stage.scriptRuns()).toBe(CHILDREN.length);
  }, 120_000);

  test('releases the children in the clock run that closes the parent', async () => {
    const rules = rulesOf('', ', clear: {for: 3m}');
    await run(cluster('Degraded', 9), {rules});
    await run(child(SECOND, 'Degraded', 8), {rules});
    await run(cluster('Healthy', 4), {rules});
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toMatch(
      /1 recovered.*remains open after the end of the incident that held it back, open for 8 min/,
    );
    expect(bodies().join()).toContain(SECOND);
  }, 60_000);

  test('reads the other shards if a run for another entity closes the parent because it is due', async () => {
    const rules = rulesOf('', ', clear: {for: 3m}');
    await run(cluster('Degraded', 9), {rules});
    await run(child(SECOND, 'Degraded', 8), {rules});
    await run(cluster('Healthy', 1), {rules});
    const shard = shardOf({blueprint: 'cluster', entity: 'east'});
    const older = (stage.github.text(shard) ?? '').replace(
      /"(clearedAt|due)":(\d+)/g,
      (_, key, at) => `"${key}":${at - 600}`,
    );
    stage.github.put(shard, older, {message: 'x\n\nnonce: 1/1/1'});
    const {queries} = stage.github.calls();
    await run(changeOf({entity: onShard(shard, 'other'), at: ago(1)}), {rules});
    expect(stage.github.calls().queries).toBe(queries + 2);
    expect(bodies().join()).toContain(SECOND);
  }, 60_000);
});
