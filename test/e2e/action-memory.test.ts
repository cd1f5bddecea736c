/** The action with the incident memory, end to end: the built bundle against local servers. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {shardOf} from '../../src/memory/format/keys.ts';
import {parseMemory} from '../../src/memory/format/parse.ts';
import {DecisionRecord} from '../../src/report/decision-record-schema.ts';
import {aChange, type ChangeOptions} from '../helpers/changes.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../helpers/memory-github.ts';
import {rulesFile} from '../helpers/plans.ts';
import {type PortServer, startPortServer} from '../helpers/port-server.ts';
import {type ActionOptions, type ActionRun, runAction} from '../helpers/run-action.ts';
import {type SlackServer, startSlackServer} from '../helpers/slack-server.ts';

let slack: SlackServer;
let port: PortServer;
let github: MemoryGitHub;

beforeEach(async () => {
  [slack, port, github] = await Promise.all([startSlackServer(), startPortServer(), startMemoryGitHub('acme/ops')]);
});
afterEach(() => Promise.all([slack.close(), port.close(), github.close()]));

const RULES = rulesFile(['to: [Degraded, Crashed], notify: true']);
const SCRIPTED = rulesFile(['to: [Degraded, Crashed], notify: true, remediate: {run: fix.sh}']);

/** Minutes ago. */
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function changeOf(options: ChangeOptions = {}) {
  return aChange({at: ago(2), entity: 'checkout', ...options});
}

const payloadOf = (changes: readonly unknown[], partition: number | string = 3) => ({
  client_payload: {version: 1, title: 'title', partition, partitions: 4, changes},
});

interface Given extends ActionOptions {
  readonly changes?: readonly unknown[];
  readonly partition?: number | string;
  readonly runId?: string;
  readonly attempt?: string;
}

/** A script that counts its runs in Slack's stand-in: what is posted to `runs` is a run. */
const fixScript = () => `#!/usr/bin/env bash\ncurl -s -X POST '${slack.url}/script' -d "$REACTOR_ENTITY" >/dev/null\n`;
const scriptRuns = () => slack.requests.filter(({path}) => path === '/script').length;
const texts = () => slack.messages.map(({text}) => text);

function run({
  changes = [changeOf()],
  partition,
  runId = '42',
  attempt = '1',
  ...options
}: Given = {}): Promise<ActionRun> {
  return runAction({
    rules: RULES,
    scripts: {'fix.sh': fixScript()},
    event: payloadOf(changes, partition),
    ...options,
    inputs: {memory: 'on', 'slack-webhook-url': slack.webhook(), ...options.inputs},
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      GITHUB_RUN_ID: runId,
      GITHUB_RUN_ATTEMPT: attempt,
      ...options.env,
    },
  });
}

function memoryOf(entity = 'checkout', blueprint = 'deploymentConfig') {
  const shard = shardOf({blueprint, entity});
  const parsed = parseMemory(github.text(shard) ?? '', shard);
  if (parsed.kind !== 'memory') throw new Error(`memory-${shard} is ${JSON.stringify(parsed)}`);
  return parsed.memory;
}

const statusesOf = ({outputs}: ActionRun) =>
  (JSON.parse(outputs['reactions'] ?? '[]') as {kind: string; status: string}[]).map(
    ({kind, status}) => `${kind} ${status}`,
  );

/** A shard that is there already. */
async function used(entity = 'checkout'): Promise<void> {
  const shard = shardOf({blueprint: 'deploymentConfig', entity});
  const horizon = Math.floor(Date.now() / 1000) - 3600;
  github.put(shard, `{"version":1,"shard":${shard},"horizon":${horizon},"incidents":[],"unfinished":{},"done":{}}`, {
    message: 'first [skip ci]\n\nnonce: 1/1/1',
  });
}

describe('one reaction per change', () => {
  test('an incident opens and recovers, and both are reported once', async () => {
    const opened = await run();
    expect([opened.exitCode, opened.stderr, opened.outputs['outcome']]).toEqual([0, '', 'reacted']);
    const recovered = await run({
      changes: [changeOf({from: 'Degraded', to: 'Healthy', at: ago(1)})],
      runId: '43',
    });
    expect(recovered.outputs['outcome']).toBe('reacted');
    expect(texts()).toEqual([
      expect.stringMatching(/Healthy → Degraded/),
      expect.stringMatching(/^Recovered: .*1 min/),
    ]);
    expect(memoryOf().incidents).toMatchObject([{state: 'closed', told: {default: {}}}]);
    expect(recovered.decisions[0].memory).toMatchObject([
      {what: 'recovered', before: {state: 'open'}, after: {state: 'closed'}},
    ]);
    for (const line of [...opened.decisions, ...recovered.decisions]) DecisionRecord.parse(line);
  });

  test.each([
    ['a second delivery, in another run', {runId: '43'}],
    ['a re-run', {attempt: '2'}],
    ['a replay by hand', {runId: '44', env: {GITHUB_EVENT_NAME: 'workflow_dispatch'}}],
    ['a dispatch past a stuck concurrency group', {runId: '45', partition: '3b'}],
  ])('%s does nothing, and says so', async (_, again) => {
    const first = await run({rules: SCRIPTED});
    expect(statusesOf(first)).toEqual(['notification done', 'remediation done']);
    port.startRun('r_2');
    const changes = [{...(first.decisions[0].change as object), id: 'r_2', runId: 'r_2'}];
    const inputs = {
      'port-client-id': port.credentials.clientId,
      'port-client-secret': port.credentials.clientSecret,
      'port-api-url': port.url,
    };
    const second = await run({rules: SCRIPTED, changes, inputs, ...again});
    expect([second.exitCode, second.outputs['outcome']]).toEqual([0, 'duplicate']);
    expect(statusesOf(second)).toEqual(['notification skipped', 'remediation skipped']);
    expect(texts().filter(text => !text.startsWith('Remediation'))).toHaveLength(1);
    expect(scriptRuns()).toBe(1);
    expect(port.runs.get('r_2')).toMatchObject({status: 'SUCCESS', summary: expect.stringContaining('handled before')});
  });

  test('two deliveries in one batch count once', async () => {
    const change = changeOf();
    const result = await run({rules: SCRIPTED, changes: [change, {...change, id: 'other'}]});
    expect(result.outputs['outcome']).toBe('reacted');
    expect(statusesOf(result)).toEqual(
      expect.arrayContaining(['notification done', 'remediation done', 'notification skipped', 'remediation skipped']),
    );
    expect(texts().filter(text => !text.startsWith('Remediation'))).toHaveLength(1);
    expect(scriptRuns()).toBe(1);
  });

  test('a message that failed is sent by the re-run, and the script does not run again', async () => {
    slack.answerNext({status: 404, body: 'no_service'});
    const first = await run({rules: SCRIPTED});
    expect([first.exitCode, statusesOf(first)]).toEqual([1, ['notification failed', 'remediation done']]);
    const second = await run({rules: SCRIPTED, changes: [first.decisions[0].change], attempt: '2'});
    expect(second.exitCode).toBe(0);
    expect(texts().filter(text => /Degraded/.test(text) && !text.startsWith('Remediation'))).toHaveLength(1);
    expect(scriptRuns()).toBe(1);
  });
});

describe('the calls to GitHub', () => {
  test('nothing matched and nothing ended: none', async () => {
    await run({changes: [changeOf({from: 'Degraded', to: 'Unknown', property: 'other'})]});
    expect(github.calls()).toEqual({queries: 0, mutations: 0, rest: 0});
  });

  test('the memory is off: none', async () => {
    await run({inputs: {memory: 'off'}});
    expect(github.calls()).toEqual({queries: 0, mutations: 0, rest: 0});
    expect(texts()).toHaveLength(1);
  });

  test('notifications: one query, and one mutation for each shard', async () => {
    await used();
    const many = Array.from({length: 20}, (_, index) =>
      changeOf({at: ago(20 - index), to: index % 2 ? 'Healthy' : 'Degraded', from: index % 2 ? 'Degraded' : 'Healthy'}),
    );
    await run({changes: many});
    expect(github.calls()).toEqual({queries: 1, mutations: 1, rest: 0});
    expect(memoryOf().unfinished).toEqual({});
  });

  test('with a script: one query and two mutations', async () => {
    await used();
    await run({rules: SCRIPTED});
    expect(github.calls()).toEqual({queries: 1, mutations: 2, rest: 0});
    expect(scriptRuns()).toBe(1);
  });

  test('the first use of a shard: one query, and tree, commit and ref', async () => {
    await run();
    expect(github.calls()).toEqual({queries: 1, mutations: 0, rest: 3});
  });
});
