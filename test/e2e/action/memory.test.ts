/** The action with the incident memory, end to end, against local servers. The first test of each group runs the built action. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {DecisionRecord} from '../../../src/report/decision-record-schema.ts';
import {
  ago,
  BLUEPRINT,
  changeOf,
  type Given,
  type Stage,
  startStage,
} from '../../helpers/processes/remembering-action.ts';
import type {ActionRun} from '../../helpers/processes/run-action.ts';
import {rulesFile} from '../../helpers/values/plans.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const RULES = rulesFile(['to: [Degraded, Crashed], notify: true']);
const SCRIPTED = rulesFile(['to: [Degraded, Crashed], notify: true, remediate: {run: fix.sh}']);

const run = (given: Given = {}) => stage.run({rules: RULES, ...given});
const texts = () => stage.slack.messages.map(({text}) => text);

const statusesOf = ({outputs}: ActionRun) =>
  (JSON.parse(outputs['reactions'] ?? '[]') as {kind: string; status: string}[]).map(
    ({kind, status}) => `${kind} ${status}`,
  );

/** Creates the shard. */
async function used(entity = 'checkout'): Promise<void> {
  const shard = shardOf({blueprint: BLUEPRINT, entity});
  const horizon = Math.floor(Date.now() / 1000) - 3600;
  stage.github.put(
    shard,
    `{"version":1,"shard":${shard},"horizon":${horizon},"incidents":[],"unfinished":{},"done":{}}`,
    {
      message: 'first [skip ci]\n\nnonce: 1/1/1',
    },
  );
}

describe('one reaction per change', () => {
  test('reports the opening and the recovery of an incident once', async () => {
    const opened = await run({isBuilt: true});
    expect([opened.exitCode, opened.stderr, opened.outputs['outcome']]).toEqual([0, '', 'reacted']);
    const recovered = await run({
      isBuilt: true,
      changes: [changeOf({from: 'Degraded', to: 'Healthy', at: ago(1)})],
      runId: '43',
    });
    expect(recovered.outputs['outcome']).toBe('reacted');
    expect(texts()).toEqual([
      expect.stringMatching(/Healthy → Degraded/),
      expect.stringMatching(/^Recovered: .*1 min/),
    ]);
    expect(stage.memoryOf().incidents).toMatchObject([{state: 'closed', told: {default: {}}}]);
    expect(recovered.decisions[0].memory).toMatchObject([
      {what: 'recovered', before: {state: 'open'}, after: {state: 'closed'}},
    ]);
    for (const line of [...opened.decisions, ...recovered.decisions]) DecisionRecord.parse(line);
    expect(recovered.summary).toMatch(/Incident <code>\w{6}<\/code> of <code>rule-1<\/code>: open → closed; since/);
  });

  test.each([
    ['a repeated delivery, in another run', {runId: '43'}],
    ['a re-run', {attempt: '2'}],
    ['a manual replay', {runId: '44', env: {GITHUB_EVENT_NAME: 'workflow_dispatch'}}],
    ['a dispatch outside a stuck concurrency group', {runId: '45', partition: '3b'}],
  ])('reports %s as a duplicate, without a reaction', async (_, again) => {
    const first = await run({rules: SCRIPTED});
    expect(statusesOf(first)).toEqual(['notification done', 'remediation done']);
    stage.port.startRun('r_2');
    const changes = [{...(first.decisions[0].change as object), id: 'r_2', runId: 'r_2'}];
    const inputs = stage.portInputs();
    const second = await run({rules: SCRIPTED, changes, inputs, ...again});
    expect([second.exitCode, second.outputs['outcome']]).toEqual([0, 'duplicate']);
    expect(statusesOf(second)).toEqual(['notification skipped', 'remediation skipped']);
    expect(texts().filter(text => !text.startsWith('Remediation'))).toHaveLength(1);
    expect(stage.scriptRuns()).toBe(1);
    expect(stage.port.runs.get('r_2')).toMatchObject({
      status: 'SUCCESS',
      summary: expect.stringContaining('handled before'),
    });
  });

  test('counts two deliveries in one batch once', async () => {
    const change = changeOf();
    const result = await run({rules: SCRIPTED, changes: [change, {...change, id: 'other'}]});
    expect(result.outputs['outcome']).toBe('reacted');
    expect(statusesOf(result)).toEqual(
      expect.arrayContaining(['notification done', 'remediation done', 'notification skipped', 'remediation skipped']),
    );
    expect(texts().filter(text => !text.startsWith('Remediation'))).toHaveLength(1);
    expect(stage.scriptRuns()).toBe(1);
  });

  test('sends a failed message in the re-run, without starting the script again', async () => {
    stage.slack.replyNext({status: 404, body: 'no_service'});
    const first = await run({rules: SCRIPTED});
    expect([first.exitCode, statusesOf(first)]).toEqual([1, ['notification failed', 'remediation done']]);
    const second = await run({rules: SCRIPTED, changes: [first.decisions[0].change], attempt: '2'});
    expect(second.exitCode).toBe(0);
    expect(texts().filter(text => /Degraded/.test(text) && !text.startsWith('Remediation'))).toHaveLength(1);
    expect(stage.scriptRuns()).toBe(1);
  });
});

describe('calls to GitHub', () => {
  test('are not made if no rule matched and no incident ended', async () => {
    await run({isBuilt: true, changes: [changeOf({from: 'Degraded', to: 'Unknown', property: 'other'})]});
    expect(stage.github.calls()).toEqual({queries: 0, mutations: 0, rest: 0, runs: 0});
  });

  test('are not made if the memory is off', async () => {
    await run({inputs: {memory: 'off'}});
    expect(stage.github.calls()).toEqual({queries: 0, mutations: 0, rest: 0, runs: 0});
    expect(texts()).toHaveLength(1);
  });

  test('are one query and one mutation per shard for notifications', async () => {
    await used();
    const many = Array.from({length: 20}, (_, index) =>
      changeOf({at: ago(20 - index), to: index % 2 ? 'Healthy' : 'Degraded', from: index % 2 ? 'Degraded' : 'Healthy'}),
    );
    await run({changes: many});
    expect(stage.github.calls()).toEqual({queries: 1, mutations: 1, rest: 0, runs: 1});
    expect(stage.memoryOf().unfinished).toEqual({});
  });

  test('are one query before the message, and the first write after it', async () => {
    await used();
    const posted: number[] = [];
    stage.github.beforeWrite = () => posted.push(stage.posts().length);
    await run();
    expect(posted).toEqual([1]);
    expect(stage.github.calls()).toEqual({queries: 1, mutations: 1, rest: 0, runs: 1});
  });

  test('are one query and two mutations for a script', async () => {
    await used();
    await run({rules: SCRIPTED});
    expect(stage.github.calls()).toEqual({queries: 1, mutations: 2, rest: 0, runs: 1});
    expect(stage.scriptRuns()).toBe(1);
  });

  test('are one query, a tree, a commit and a ref for the first use of a shard', async () => {
    await run();
    expect(stage.github.calls()).toEqual({queries: 1, mutations: 0, rest: 3, runs: 1});
  });
});

const errorsOf = ({log}: ActionRun) =>
  log.commands
    .filter(({name}) => name === 'error')
    .map(({data}) => data)
    .join('\n');
const warningsOf = ({log}: ActionRun) =>
  log.commands
    .filter(({name}) => name === 'warning')
    .map(({data}) => data)
    .join('\n');

describe('a failure', () => {
  test.each([
    [
      'GitHub cannot be reached',
      {isBuilt: true, env: {GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql'}},
      /could not be reached|failed/i,
    ],
    ['there is no token', {inputs: {'github-token': ''}}, /needs a token/],
  ])('%s: sends messages with a note, starts no script and fails the step', async (_, given, why) => {
    const result = await run({rules: SCRIPTED, ...given});
    expect([result.exitCode, result.outputs['outcome']]).toEqual([1, 'failed']);
    expect(statusesOf(result)).toEqual(['notification done', 'remediation failed']);
    expect(stage.posts().map(({body}) => body)).toEqual([expect.stringMatching(/not remembered|could not be read/i)]);
    expect(stage.scriptRuns()).toBe(0);
    expect(errorsOf(result)).toMatch(why);
  });

  test.each([
    ['403', {status: 403, body: {message: 'Resource not accessible by integration'}}],
    ['a permanent rate limit', {status: 429, body: {message: 'API rate limit exceeded'}}],
  ])('%s on read: sends the message, starts no script and fails the step', async (_, reply) => {
    stage.github.replyNext(reply, reply, reply);
    const result = await run({rules: SCRIPTED});
    expect([result.exitCode, statusesOf(result)]).toEqual([1, ['notification done', 'remediation failed']]);
    if (reply.status === 403) expect(errorsOf(result)).toMatch(/contents: write.*ruleset.*memory: off/);
  });

  test.each([
    ['is refused', {status: 403, body: {message: 'Repository rule violations found'}} as const],
    ['gets no answer', 'reset' as const],
  ])(
    'the intent %s: starts no script and fails the step, and a re-run is safe',
    async (_, refuse) => {
      await used();
      stage.github.refuseWrites = refuse;
      const first = await run({rules: SCRIPTED});
      expect([first.exitCode, statusesOf(first), stage.scriptRuns()]).toEqual([
        1,
        ['notification done', 'remediation failed'],
        0,
      ]);
      stage.github.refuseWrites = undefined;
      const second = await run({rules: SCRIPTED, changes: [first.decisions[0].change], attempt: '2'});
      expect([second.exitCode, stage.scriptRuns()]).toEqual([0, 1]);
    },
    30_000,
  );

  test('the outcome is refused: fails the step, records the outcome, and a re-run repairs the memory', async () => {
    await used();
    stage.github.refuseWrites = {status: 403, body: {message: 'Repository rule violations found'}};
    const first = await run();
    expect([first.exitCode, statusesOf(first)]).toEqual([1, ['notification done']]);
    expect(first.decisions[0].memory[0].unfinished).toMatchObject([
      {kind: 'message', destination: 'default', status: 'done'},
    ]);
    expect(errorsOf(first)).toMatch(/Repository rule violations/);
    stage.github.refuseWrites = undefined;
    const second = await run({changes: [first.decisions[0].change], attempt: '2'});
    expect([second.exitCode, stage.memoryOf().incidents.length]).toEqual([0, 1]);
  });

  test('a corrupt file: uses the newest valid version and warns', async () => {
    const first = await run();
    stage.github.put(shardOf({blueprint: BLUEPRINT, entity: 'checkout'}), '{"version": 1, "shard"');
    const second = await run({changes: [first.decisions[0].change], runId: '43'});
    expect([second.exitCode, second.outputs['outcome']]).toEqual([0, 'duplicate']);
    expect(warningsOf(second)).toMatch(/cannot be read: .*Used version/);
  });

  test('a file of a later release: neither reads nor overwrites it', async () => {
    const shard = shardOf({blueprint: BLUEPRINT, entity: 'checkout'});
    stage.github.put(shard, '{"version":2}');
    const result = await run({rules: SCRIPTED});
    expect([result.exitCode, stage.scriptRuns(), stage.posts().length]).toEqual([1, 0, 1]);
    expect(errorsOf(result)).toMatch(/Update the action/);
    expect(stage.github.text(shard)).toBe('{"version":2}');
  });

  test('a deleted branch: creates it and warns, and lost incidents end without a message', async () => {
    await run();
    stage.github.deleteBranch(shardOf({blueprint: BLUEPRINT, entity: 'checkout'}));
    const result = await run({changes: [changeOf({from: 'Degraded', to: 'Healthy', at: ago(1)})], runId: '43'});
    expect([result.exitCode, stage.posts().length]).toEqual([0, 1]);
    expect(warningsOf(result)).toMatch(/does not exist/);
    expect(stage.memoryOf().horizon).toBeGreaterThan(Date.now() / 1000 - 3700);
  });

  test('an edit by a person: applies it, and a warning names the author', async () => {
    await run();
    const shard = shardOf({blueprint: BLUEPRINT, entity: 'checkout'});
    const edited = (stage.github.text(shard) ?? '').replace(
      /"incidents":\[[\s\S]*?\],\n"unfinished"/,
      '"incidents":[],\n"unfinished"',
    );
    stage.github.put(shard, edited, {author: 'jane'});
    const result = await run({changes: [changeOf({from: 'Degraded', to: 'Healthy', at: ago(1)})], runId: '43'});
    expect([result.exitCode, stage.posts().length]).toEqual([0, 1]);
    expect(warningsOf(result)).toMatch(/was edited by jane/);
  });
});

describe('the clock', () => {
  const FOR = rulesFile(['to: Degraded, for: 5m, notify: {repeat: 30m}, remediate: {run: fix.sh}']);
  const tick = (given: Given = {}) =>
    run({
      rules: FOR,
      event: {},
      runId: '50',
      env: {GITHUB_EVENT_NAME: 'schedule'},
      ...given,
      inputs: {mode: 'clock', ...given.inputs},
    });
  const entityIs = (healthStatus: string) => {
    stage.port.blueprints.set('deploymentConfig', {});
    stage.port.entities.set('deploymentConfig/checkout', {properties: {healthStatus}});
  };

  test('makes one query if no work is due', async () => {
    const result = await tick({isBuilt: true});
    expect([result.exitCode, result.outputs['outcome'], result.stderr]).toEqual([0, 'nothing', '']);
    expect(stage.github.calls()).toEqual({queries: 1, mutations: 0, rest: 0, runs: 0});
    expect(warningsOf(result)).toBe('');
  });

  test('opens a waiting incident when it is due, and starts its script once', async () => {
    const waiting = await run({rules: FOR, changes: [changeOf({at: ago(6)})]});
    // The run that stores the incident also does its due work.
    expect([texts().length, waiting.outputs['outcome']]).toEqual([2, 'reacted']);
    expect(stage.scriptRuns()).toBe(1);
    expect((await tick()).outputs['outcome']).toBe('nothing');
  });

  test('opens an incident in its own run if Port still shows a bad value', async () => {
    await run({rules: FOR, changes: [changeOf({at: ago(1)})]});
    expect(stage.posts()).toEqual([]);
    const shard = shardOf({blueprint: BLUEPRINT, entity: 'checkout'});
    const past = Math.floor(Date.now() / 1000) - 400;
    const older = (stage.github.text(shard) ?? '')
      .replace(/"since":\d+/, `"since":${past}`)
      .replace(/"due":\d+/, `"due":${past + 300}`);
    stage.github.put(shard, older);
    entityIs('Degraded');
    const result = await tick({inputs: stage.portInputs()});
    expect([result.exitCode, result.stderr, result.outputs['outcome']]).toEqual([0, '', 'reacted']);
    expect([stage.posts().length, stage.scriptRuns()]).toEqual([1, 1]);
    expect(result.decisions).toMatchObject([
      {byClock: true, change: {entity: 'checkout'}, memory: [{what: 'firing'}, {what: 'run'}]},
    ]);
    for (const line of result.decisions) DecisionRecord.parse(line);
    expect(stage.memoryOf().incidents).toMatchObject([{state: 'open', attempts: 1}]);
  });

  test('does not report an incident that ended without an event', async () => {
    entityIs('Healthy');
    await run({rules: FOR, changes: [changeOf({at: ago(6)})], inputs: stage.portInputs()});
    expect([texts(), stage.scriptRuns(), stage.memoryOf().incidents]).toEqual([[], 0, []]);
  });

  test('fails without a memory', async () => {
    const result = await tick({inputs: {memory: 'off'}});
    expect([result.exitCode, errorsOf(result)]).toEqual([1, expect.stringMatching(/clock has no timers to check/)]);
  });
});
