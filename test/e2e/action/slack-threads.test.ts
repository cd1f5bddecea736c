/** Threads in Slack end to end. The runs share only the memory. The runs of the first test are processes of the built action. */
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {parseMemory} from '../../../src/memory/format/parse.ts';
import {type ActionOptions, runAction} from '../../helpers/processes/run-action.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {type SlackWebApi, startSlackWebApi} from '../../helpers/servers/slack-web-api.ts';
import {aChange, type ChangeOptions} from '../../helpers/values/changes.ts';
import {rulesFile} from '../../helpers/values/plans.ts';

let api: SlackWebApi;
let webhooks: SlackServer;
let github: MemoryGitHub;

beforeEach(async () => {
  [api, webhooks, github] = await Promise.all([startSlackWebApi(), startSlackServer(), startMemoryGitHub('acme/ops')]);
});
afterEach(() => Promise.all([api.close(), webhooks.close(), github.close()]));

const RULES = rulesFile(['to: [Degraded, Crashed], severity: critical, notify: true, remediate: {run: fix.sh}']);

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function changeOf(options: ChangeOptions): ReturnType<typeof aChange> {
  return aChange({entity: 'checkout', title: 'Checkout', ...options});
}

let runs = 0;

function run(changes: readonly unknown[], {inputs, isBuilt = false}: Pick<ActionOptions, 'inputs' | 'isBuilt'> = {}) {
  return runAction({
    isBuilt,
    rules: RULES,
    scripts: {'fix.sh': '#!/bin/sh\necho fixed\n'},
    event: {client_payload: {version: 1, title: 'title', partition: 3, partitions: 4, changes}},
    inputs: {
      memory: 'on',
      'slack-bot-token': api.token,
      'slack-channels': 'default=C0123ABCD',
      'slack-api-url': api.apiUrl,
      ...inputs,
    },
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      GITHUB_RUN_ID: String(100 + ++runs),
      GITHUB_RUN_ATTEMPT: '1',
    },
  });
}

function incidents(entity = 'checkout') {
  const shard = shardOf({blueprint: 'deploymentConfig', entity});
  const parsed = parseMemory(github.text(shard) ?? '', shard);
  if (parsed.kind !== 'memory') throw new Error(`memory-${shard} is ${parsed.kind}`);
  return parsed.memory.incidents;
}

test('keeps an incident in one thread across three processes, and never prints the token', async () => {
  const opened = await run([changeOf({at: ago(14)})], {isBuilt: true});
  expect([opened.exitCode, opened.stderr]).toEqual([0, '']);
  const {ts = ''} = api.messages[0] ?? {};
  expect(incidents()).toMatchObject([{told: {default: {channel: 'C0123ABCD', ts}}}]);
  await run([changeOf({from: 'Degraded', to: 'Crashed', at: ago(9)})], {isBuilt: true});
  const recovered = await run([changeOf({from: 'Crashed', to: 'Healthy', at: ago(2)})], {isBuilt: true});
  expect([recovered.exitCode, recovered.stderr]).toEqual([0, '']);
  expect(api.calls.slice(-2)).toEqual(['chat.update', 'chat.postMessage']);
  expect(api.messages.map(({body, threadTs, isBroadcast}) => [body.split(' · ')[0], threadTs, isBroadcast])).toEqual([
    ['🟢 *RECOVERED*', undefined, false],
    ['✅ *REMEDIATION DONE*', ts, false],
    ['🔴 *UPDATE*', ts, false],
    ['🟢 *RECOVERED*', ts, true],
  ]);
  expect(api.messages[0]?.text).toMatch(/^Recovered: Checkout \(deploymentConfig\): after 12 min, tried: fix\.sh/);
  for (const {stdout, summary} of [opened, recovered]) {
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(api.token);
    expect(summary).not.toContain(api.token);
    expect(stdout).toContain(`::add-mask::${api.token}`);
  }
});

test('replaces a deleted message, also in the memory', async () => {
  await run([changeOf({at: ago(14)})]);
  const [first] = api.messages;
  for (const {ts} of [...api.messages]) api.delete(ts);
  await run([changeOf({from: 'Degraded', to: 'Crashed', at: ago(9)})]);
  expect(api.messages).toHaveLength(1);
  expect(api.messages[0]?.ts).not.toBe(first?.ts);
  expect(incidents()).toMatchObject([{told: {default: {ts: api.messages[0]?.ts}}}]);
});

test('edits a message about incidents on both shards of a partition line by line', async () => {
  const named = Array.from({length: 60}, (_, index) => `entity-${index}`);
  const inShard = (wanted: number) =>
    named.filter(entity => shardOf({blueprint: 'deploymentConfig', entity}) === wanted).slice(0, 2);
  const entities = [...inShard(3), ...inShard(7)];
  expect(entities).toHaveLength(4);
  const all = (from: string, to: string, minutes: number) =>
    entities.map(entity => changeOf({entity, title: entity, from, to, at: ago(minutes)}));
  await run(all('Healthy', 'Crashed', 20));
  for (const [index, change] of all('Crashed', 'Healthy', 5).entries()) {
    await run([change]);
    const left = entities.length - index - 1;
    const head = left === 0 ? '🟢 *RECOVERED*' : `🔴 *${left} OF ${entities.length} STILL OPEN*`;
    expect(api.messages[0]?.body.startsWith(head)).toBe(true);
  }
  expect(api.messages[0]?.body.match(/ recovered after /g)).toHaveLength(entities.length);
});

test('fails the step with the reason if Slack refuses with status 200', async () => {
  api.replyNext({status: 200, body: {ok: false, error: 'not_in_channel'}});
  const {exitCode, stdout} = await run([changeOf({at: ago(1)})]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('"not_in_channel": the app is not in the channel');
});

test('without a token, sends a recovery as a separate message with its duration and a link to the first run', async () => {
  const inputs = {'slack-bot-token': '', 'slack-channels': '', 'slack-webhook-url': webhooks.webhook()};
  await run([changeOf({at: ago(14)})], {inputs});
  const first = 100 + runs;
  await run([changeOf({from: 'Degraded', to: 'Healthy', at: ago(2)})], {inputs});
  const recovery = webhooks.messages.at(-1);
  expect(recovery?.text).toMatch(/^Recovered: Checkout \(deploymentConfig\): after 12 min/);
  expect(recovery?.body).toMatch(new RegExp(`<[^|>]*/actions/runs/${first}\\|First run>`));
});
