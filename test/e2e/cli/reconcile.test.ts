/** Proof end to end that no change was lost: the built relay, action and command line against local servers. */
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {sign} from '../../../src/base/signature.ts';
import type {Change} from '../../../src/change/change.ts';
import {partitionOf} from '../../../src/dispatch/partition-of.ts';
import {runCliHere} from '../../helpers/processes/cli-here.ts';
import {type CliRun, runCli} from '../../helpers/processes/cli-process.ts';
import {type RelayProcess, startRelayProcess} from '../../helpers/processes/relay-process.ts';
import {type ActionRun, runAction} from '../../helpers/processes/run-action.ts';
import {APP_ID, GitHubApp} from '../../helpers/servers/github-app.ts';
import type {RecordedRequest, Reply} from '../../helpers/servers/http-server.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {auditEntry} from '../../helpers/servers/port-audit-log.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {automationWebhook} from '../../helpers/values/automation-webhook.ts';

const REPOSITORY = 'acme/ops';
const SECRET = 'test-client-secret';
const RULES = `version: 1
rules:
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: true}
  - {name: cpu-changed, blueprint: database, property: cpuUtil, notify: true}
`;
const MINUTE = 60_000;

interface Dispatched {
  readonly event_type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any part of it
  readonly client_payload: any;
}

let github: MemoryGitHub;
let port: PortServer;
let slack: SlackServer;
let relay: RelayProcess | undefined;
/** Dispatches that GitHub accepted and that no run has read yet. */
let queue: Dispatched[];
let dispatches: Dispatched[];

beforeEach(async () => {
  [github, port, slack] = await Promise.all([startMemoryGitHub(REPOSITORY), startPortServer(), startSlackServer()]);
  [queue, dispatches, relay] = [[], [], undefined];
  github.other = answerGitHub;
});
afterEach(async () => {
  await relay?.end('SIGTERM');
  await Promise.all([github.close(), port.close(), slack.close()]);
});

function answerGitHub({method, path, headers, json, text}: RecordedRequest): Reply | undefined {
  if (method === 'POST' && path === `/repos/${REPOSITORY}/dispatches`) {
    expect(Buffer.byteLength(text)).toBeLessThan(50 * 1024);
    queue.push(json as Dispatched);
    dispatches.push(json as Dispatched);
    return {status: 204};
  }
  if (method === 'GET' && path === `/repos/${REPOSITORY}/contents/.github/port-reactor.yml`) {
    const type = 'application/vnd.github.raw+json; charset=utf-8';
    if (headers['accept']?.includes('raw')) return {status: 200, headers: {'content-type': type}, body: RULES};
    return {status: 200, body: {type: 'file', encoding: 'base64', content: Buffer.from(RULES).toString('base64')}};
  }
  return undefined;
}

const env = () => ({
  PORT_CLIENT_ID: port.credentials.clientId,
  PORT_CLIENT_SECRET: port.credentials.clientSecret,
  PORT_API_URL: port.url,
  GITHUB_REPOSITORY: REPOSITORY,
  GITHUB_TOKEN: 'ghs_1',
  GITHUB_API_URL: github.url,
  GITHUB_GRAPHQL_URL: github.graphqlUrl,
  SLACK_WEBHOOK_URL: slack.webhook('alarms'),
});

async function reconcile(...args: string[]): Promise<CliRun & {readonly result: Record<string, unknown>}> {
  return reconcileBy(runCliHere, ...args);
}

/** @param start runs a command in this process, or the built command line */
async function reconcileBy(start: typeof runCli, ...args: string[]) {
  const run = await start(['reconcile', '--json', ...args], env());
  return {...run, result: JSON.parse(run.stdout) as Record<string, unknown>};
}

/** Delivers all webhooks at the same time. */
async function deliver(bodies: readonly string[]): Promise<void> {
  const url = `http://127.0.0.1:${relay?.port}/webhooks/port`;
  const statuses = await Promise.all(
    bodies.map(async body => {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signed = {'x-port-timestamp': timestamp, 'x-port-signature': sign(SECRET, timestamp, body)};
      const headers = {'content-type': 'application/json', ...signed};
      return (await fetch(url, {method: 'POST', headers, body})).status;
    }),
  );
  expect(statuses.filter(status => status !== 202 && status !== 200)).toEqual([]);
}

/** Opens a run in Port. @returns its webhook */
function webhookOf(change: Change, runId: string): string {
  const body = automationWebhook(change, runId);
  port.startRun(runId, {action: 'port_reactor_x', payload: {url: 'https://relay.example.com/webhooks/port', body}});
  return JSON.stringify(body);
}

const inputs = (): Record<string, string> => ({
  memory: 'on',
  'slack-webhook-url': slack.webhook(),
  'port-client-id': port.credentials.clientId,
  'port-client-secret': port.credentials.clientSecret,
  'port-api-url': port.url,
});

let runIds = 0;
function step(given: Partial<Parameters<typeof runAction>[0]>): Promise<ActionRun> {
  const addresses = {GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: github.graphqlUrl};
  return runAction({
    rules: RULES,
    ...given,
    inputs: {...inputs(), ...given.inputs},
    env: {...addresses, GITHUB_RUN_ID: String(++runIds), ...given.env},
  });
}

/** Runs the workflow for each dispatch, one after the other. */
async function runQueue(): Promise<ActionRun[]> {
  const runs: ActionRun[] = [];
  for (const {client_payload} of queue.splice(0)) runs.push(await step({event: {client_payload}}));
  expect(runs.map(({exitCode}) => exitCode)).toEqual(runs.map(() => 0));
  return runs;
}

const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * MINUTE).toISOString();

/** 50 changes: 30 of deployments that degrade, 10 of databases, and 10 that no rule watches. */
function fiftyChanges(): Change[] {
  const degraded = Array.from({length: 30}, (_, n) => aChange({entity: `deployment-${n}`, at: at(50 - n)}));
  const databases = Array.from({length: 10}, (_, n) =>
    aChange({
      ...{blueprint: 'database', entity: `db-${n % 5}`, property: 'cpuUtil'},
      ...{from: n, to: n + 1, at: at(45 - n)},
    }),
  );
  const others = Array.from({length: 10}, (_, n) =>
    aChange({entity: `quiet-${n}`, property: 'memoryUtil', from: 20, to: 90, at: at(40 - n)}),
  );
  return [...degraded, ...databases, ...others];
}

test('finds, dispatches and decides exactly the 3 undelivered changes of 50', async () => {
  const changes = fiftyChanges();
  port.audit.record(...changes.map(change => auditEntry(change)));
  const lost = [changes[3], changes[17], changes[34]] as Change[];
  const [late, twice] = [changes[8], changes[12]] as [Change, Change];
  relay = await startRelayProcess({...env(), PORT: '0', HOST: '127.0.0.1', PORT_CLIENT_SECRET: SECRET});
  const inTime = changes.filter(change => change !== late && !lost.includes(change));
  const webhooks = inTime.map((change, n) => webhookOf(change, `r_${n}`));
  await deliver([...webhooks, webhookOf(twice, 'r_again')]);
  await runQueue();
  await deliver([webhookOf(late, 'r_late')]);
  await runQueue();
  expect(dispatches.length).toBeGreaterThan(0);

  dispatches.length = 0;
  const dry = await reconcile('--since', '24h', '--dry-run');
  expect(dry.result).toMatchObject({changes: 50, missing: 3, dryRun: true});
  expect(dispatches).toEqual([]);
  expect(github.text(0, 'reconcile.json')).toBeUndefined();

  const first = await reconcileBy(runCli, '--since', '24h');
  expect(first.stderr).toBe('');
  expect(first.code).toBe(0);
  expect(first.result).toMatchObject({
    ...{ok: true, changes: 50, irrelevant: 10, handled: 37, superseded: 0, witnessed: 0, missing: 3},
    unreadable: [],
  });
  const sent = dispatches.flatMap(({client_payload}) => client_payload.changes);
  expect(sent.map(({entity}) => entity).toSorted()).toEqual(lost.map(({entity}) => entity).toSorted());
  for (const {event_type, client_payload} of dispatches) {
    expect(event_type).toBe('port-catalog-change');
    for (const change of client_payload.changes) {
      expect(change).toMatchObject({source: 'audit'});
      expect(client_payload).toMatchObject({partition: partitionOf(change, 4), partitions: 4});
    }
  }

  const messages = slack.messages.length;
  await runQueue();
  expect(slack.messages.length).toBeGreaterThan(messages);
  const second = await reconcile('--since', '24h');
  expect(second.code).toBe(0);
  expect(second.result).toMatchObject({changes: 50, irrelevant: 10, handled: 40, missing: 0, dispatched: []});
  expect(queue).toEqual([]);
  expect(JSON.parse(github.text(0, 'reconcile.json') ?? '')).toMatchObject({changes: 50, handled: 40, awaited: []});
  expect(github.messages(0).filter(message => !message.includes('nonce: '))).toEqual([]);
});

test('refuses a --since within the last ten minutes, because it would read no change', async () => {
  const run = await runCliHere(['reconcile', '--since', '10m'], env());
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toContain('--since 10m is too short');
});

test('works with a GitHub App in the same way as with a token', async () => {
  const app = new GitHubApp(Date.now());
  app.installations = [{id: 1, repositories: [REPOSITORY], permissions: {contents: 'write', metadata: 'read'}}];
  github.other = request => app.answer(request, request.path) ?? answerGitHub(request);
  port.audit.record(auditEntry(aChange({entity: 'checkout', at: at(15)})));
  const {GITHUB_TOKEN: _, ...rest} = env();
  const credentials = {GITHUB_APP_ID: String(APP_ID), GITHUB_APP_PRIVATE_KEY: app.pem};
  const run = await runCliHere(['reconcile', '--json'], {...rest, ...credentials});
  expect([run.code, run.stderr]).toEqual([0, '']);
  expect(JSON.parse(run.stdout)).toMatchObject({missing: 1});
  expect(dispatches).toHaveLength(1);
  const [issued] = app.tokens;
  const asked = github.requests.filter(({path}) => path === '/graphql' || path.endsWith('/dispatches'));
  expect(new Set(asked.map(({headers}) => headers['authorization']))).toEqual(new Set([`Bearer ${issued?.token}`]));
});

test('dispatches the change of an orphaned run outside the queue, and posts to Slack directly', async () => {
  const change = aChange({entity: 'checkout', at: at(15)});
  port.audit.record(auditEntry(change));
  expect(await reconcile()).toMatchObject({code: 0, result: {missing: 1}});
  const [{client_payload: first}] = queue.splice(0) as [Dispatched]; // GitHub accepted it, but no run starts

  const early = await reconcile();
  expect(early).toMatchObject({code: 1, result: {ok: false, missing: 1, dispatched: [], dispatchedAgain: []}});
  expect(early.result['waiting']).toMatchObject([{entity: 'checkout'}]);
  expect(slack.messages).toEqual([]);

  const alarm = await reconcile('--alarm-after', '0s');
  expect(alarm).toMatchObject({code: 1, result: {missing: 1}});
  expect(alarm.result['dispatchedAgain']).toMatchObject([{entity: 'checkout', partition: `${first.partition}b`}]);
  expect(queue).toMatchObject([{client_payload: {partition: `${first.partition}b`, partitions: 4}}]);
  expect(slack.messages).toMatchObject([
    {webhook: 'alarms', text: expect.stringMatching(/^1 change not decided for .*checkout/)},
  ]);

  await runQueue();
  expect(await reconcile()).toMatchObject({code: 0, result: {handled: 1, missing: 0}});
  expect(slack.messages.filter(({webhook}) => webhook === 'default')).toHaveLength(1);
});

test('accounts for a change that the memory no longer has by its closed run in Port', async () => {
  const change = aChange({entity: 'checkout', at: at(15)});
  port.audit.record(auditEntry(change));
  webhookOf(change, 'r_1');
  const event = {
    client_payload: {version: 1, title: 't', partition: 1, partitions: 4, changes: [{...change, runId: 'r_1'}]},
  };
  await step({event, inputs: {memory: 'off'}});
  expect(port.runs.get('r_1')).toMatchObject({status: 'SUCCESS'});
  expect(await reconcile()).toMatchObject({code: 0, result: {changes: 1, witnessed: 1, missing: 0}});
  expect(queue).toEqual([]);
});

test('does the same in a workflow with mode: reconcile, and closes runs that stayed open', async () => {
  const [lost, handled] = [aChange({entity: 'lost', at: at(20)}), aChange({entity: 'known', at: at(30)})];
  port.audit.record(auditEntry(lost), auditEntry(handled));
  await step({event: {client_payload: {version: 1, title: 't', partition: 1, partitions: 4, changes: [handled]}}});
  webhookOf(handled, 'r_open');
  const given = {inputs: {mode: 'reconcile'}, env: {GITHUB_EVENT_NAME: 'schedule'}};
  const round = await step({isBuilt: true, ...given});
  expect(round.exitCode).toBe(0);
  expect(round.outputs).toMatchObject({outcome: 'reacted', reactions: '[]'});
  expect(round.summary).toContain('2 changes, 2 accounted for');
  expect(queue).toMatchObject([{client_payload: {changes: [{entity: 'lost', source: 'audit'}]}}]);
  expect(port.runs.get('r_open')).toMatchObject({status: 'SUCCESS', link: expect.stringContaining('/actions/runs/')});
  const next = await step(given);
  expect(next.exitCode).toBe(1);
  expect(next.stdout).toContain('still undecided: 1');
  await runQueue();
  expect((await step(given)).outputs).toMatchObject({outcome: 'nothing'});
});
