/**
 * `doctor` end to end against the built relay and local servers for Port, GitHub and Slack. Each hop is broken in turn. Some cases run the
 * built command line.
 */
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {automationsFor} from '../../../src/cli/init/automation.ts';
import {emptyMemory} from '../../../src/memory/format/format.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {startCliHere} from '../../helpers/processes/cli-here.ts';
import {type CliRun, runCli} from '../../helpers/processes/cli-process.ts';
import {type RelayProcess, startRelayProcess} from '../../helpers/processes/relay-process.ts';
import {type ActionRun, runAction} from '../../helpers/processes/run-action.ts';
import {type RecordedRequest, type Reply, startServer} from '../../helpers/servers/http-server.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {auditEntry} from '../../helpers/servers/port-audit-log.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {automationWebhook} from '../../helpers/values/automation-webhook.ts';

const REPOSITORY = 'acme/ops';
const RULES = `version: 1
rules:
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: true}
`;
const WORKFLOW = readFileSync(new URL('../../../.github/workflows/port-reactor.yml', import.meta.url), 'utf8');
const WORKFLOW_PATH = '.github/workflows/port-reactor.yml';
const SECRETS = ['SLACK_WEBHOOK_URL', 'PORT_CLIENT_ID', 'PORT_CLIENT_SECRET', 'DATABASE_URL'];
const RELAY = 'https://relay.example.com/webhooks/port';

interface Dispatched {
  readonly event_type: string;
  readonly client_payload: {readonly title: string};
}

interface Check {
  readonly hop: string;
  readonly status: 'ok' | 'failed' | 'advice' | 'not-checked';
  readonly sentence: string;
  readonly fix?: string;
}

let github: MemoryGitHub;
let port: PortServer;
let slack: SlackServer;
let relay: RelayProcess;
let home: string;
/** The files of the default branch. */
let files: Map<string, string>;
/** The workflow runs, oldest first, and the running actions in them. */
let runs: Record<string, unknown>[];
let working: Promise<ActionRun>[];
/** The rules of the checkout, if they differ from the default branch. */
let checkedOut: string;
/** Answers that replace the defaults, by the part of the route after the repository. */
let answers: Map<string, Reply>;

beforeAll(async () => {
  [github, port, slack] = await Promise.all([startMemoryGitHub(REPOSITORY), startPortServer(), startSlackServer()]);
  github.other = answerGitHub;
  reset();
  relay = await startRelay();
});
afterAll(async () => {
  await relay.end('SIGTERM');
  await Promise.all([github.close(), port.close(), slack.close()]);
});
beforeEach(reset);
afterEach(() => rmSync(home, {recursive: true, force: true}));

/** Restores the setup in which every hop works. */
function reset(): void {
  files = new Map([
    ['.github/port-reactor.yml', RULES],
    [WORKFLOW_PATH, WORKFLOW],
    ['action.yml', 'name: Port Reactor\n'],
  ]);
  answers = new Map();
  [runs, working, checkedOut] = [[], [], RULES];
  github.refuseWrites = undefined;
  github.deleteBranch(0);
  github.put(0, serialize(emptyMemory(0, Date.now())), {message: 'memory\n\nnonce: 1/1/1'});
  home = mkdtempSync(join(tmpdir(), 'port-reactor-'));
  mkdirSync(join(home, '.github'));
  writeFileSync(join(home, '.github/port-reactor.yml'), RULES);
  setUpPort();
}

function setUpPort(): void {
  port.replyAll = undefined;
  for (const kept of [port.blueprints, port.actions, port.runs]) kept.clear();
  port.audit.entries.splice(0);
  const healthStatus = {type: 'string', enum: ['Healthy', 'Degraded']};
  port.blueprints.set('deploymentConfig', {identifier: 'deploymentConfig', schema: {properties: {healthStatus}}});
  for (const automation of automationsFor(parseRules(RULES, 'rules'), RELAY)) {
    port.actions.set(automation.identifier, {...automation});
  }
  const change = aChange({at: new Date(Date.now() - 3_600_000).toISOString()});
  port.startRun('r_1', {action: 'port_reactor_deploymentConfig', payload: {body: automationWebhook(change, 'r_1')}});
  port.audit.record(auditEntry(change));
}

function answerGitHub({method, path, headers, json}: RecordedRequest): Reply | undefined {
  const route = path.replace(`/repos/${REPOSITORY}`, '').replace(/^\//, '');
  const scripted = answers.get(`${method} ${decodeURIComponent(route)}`);
  if (scripted !== undefined) return scripted;
  if (!path.startsWith(`/repos/${REPOSITORY}`)) return undefined;
  if (method === 'POST' && route === 'dispatches') {
    const {event_type: type} = json as {event_type: string};
    if (type === '') return {status: 422, body: {message: 'Invalid request.'}};
    startRun(json as Dispatched);
    return {status: 204};
  }
  if (method !== 'GET') return undefined;
  const [, file] = /^contents\/(.*)$/.exec(decodeURIComponent(route)) ?? [];
  if (file !== undefined) return contents(file, headers['accept'] ?? '');
  const asked = runs.find(({id}) => route === `actions/runs/${id}`);
  if (asked !== undefined) return ok(asked);
  switch (route) {
    case '':
      return ok({full_name: REPOSITORY, default_branch: 'main', permissions: {pull: true, push: true}});
    case 'actions/workflows':
      return ok({workflows: [{id: 1, path: WORKFLOW_PATH, state: 'active'}]});
    case 'actions/permissions':
      return {status: 403, body: {message: 'Resource not accessible'}};
    case 'actions/runs':
      return ok({workflow_runs: runs.toReversed()});
    case 'actions/secrets':
      return ok({secrets: SECRETS.map(name => ({name}))});
    case 'branches/main':
      return ok({name: 'main', protected: true});
    default:
      return decodeURIComponent(route).startsWith('rules/branches/') ? ok([]) : undefined;
  }
}

function ok(body: unknown): Reply {
  return {status: 200, body};
}

function contents(path: string, accept: string): Reply | undefined {
  const inside = [...files.keys()].filter(name => name.startsWith(`${path}/`));
  if (inside.length > 0) return ok(inside.map(name => ({type: 'file', path: name, name: name.split('/').at(-1)})));
  const text = files.get(path);
  if (text === undefined) return undefined;
  if (!accept.includes('raw'))
    return ok({type: 'file', encoding: 'base64', content: Buffer.from(text).toString('base64')});
  return {status: 200, headers: {'content-type': 'application/vnd.github.raw+json; charset=utf-8'}, body: text};
}

/** A run of the workflow, with the built action in it. */
function startRun(event: Dispatched): void {
  const now = () => new Date().toISOString();
  const {title} = event.client_payload;
  const url = `https://github.com/${REPOSITORY}/actions/runs/${runs.length + 1}`;
  const run: Record<string, unknown> = {id: runs.length + 1, display_title: title, html_url: url, created_at: now()};
  runs.push(run);
  Object.assign(run, {status: 'in_progress', updated_at: now()});
  answers.set(`GET actions/runs/${run['id']}/jobs`, ok({jobs: [{status: 'in_progress', started_at: now()}]}));
  const inputs = {memory: 'on', 'slack-webhook-url': slack.webhook()};
  const addresses = {GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: github.graphqlUrl};
  const action = runAction({rules: checkedOut, event, inputs, env: addresses});
  const end = ({exitCode}: ActionRun) =>
    Object.assign(run, {
      status: 'completed',
      conclusion: exitCode === 0 ? 'success' : 'failure',
      updated_at: now(),
    });
  working.push(
    action.then(done => {
      end(done);
      return done;
    }),
  );
}

function startRelay(env: Record<string, string> = {}): Promise<RelayProcess> {
  return startRelayProcess({
    PORT: '0',
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: port.credentials.clientSecret,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_TOKEN: 'ghs_1',
    GITHUB_API_URL: github.url,
    ...env,
  });
}

const env = () => ({
  PORT_CLIENT_ID: port.credentials.clientId,
  PORT_CLIENT_SECRET: port.credentials.clientSecret,
  PORT_API_URL: port.url,
  GITHUB_REPOSITORY: REPOSITORY,
  GITHUB_TOKEN: 'ghs_1',
  GITHUB_API_URL: github.url,
  GITHUB_GRAPHQL_URL: github.graphqlUrl,
  SLACK_WEBHOOK_URL: slack.webhook(),
});

type Env = Readonly<Record<string, string | undefined>>;

type Run = typeof runCli;

/** Runs `doctor` in this process, where waits are a twentieth as long. */
const runHere: Run = (args, given, cwd) =>
  startCliHere(args, {
    ...{env: given ?? {}, cwd: cwd ?? home},
    sleep: async milliseconds => void (await sleep(milliseconds / 20)),
  }).finished;

/** @param run runs in this process by default */
async function doctor(
  args: readonly string[] = [],
  changed: Env = {},
  run: Run = runHere,
): Promise<CliRun & {checks: Check[]}> {
  const all = Object.entries({...env(), ...changed}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const given = args.includes('--relay') ? args : ['--relay', relayUrl(), ...args];
  const ended = await run(['doctor', '--json', ...given], Object.fromEntries(all), home);
  const {checks} = JSON.parse(ended.stdout) as {checks: Check[]};
  return {...ended, checks};
}

/** Points the automations in Port to the local relay, because the public address is not reachable here. */
function relayUrl(): string {
  const url = `http://127.0.0.1:${relay.port}`;
  for (const action of port.actions.values()) {
    const method = action['invocationMethod'] as {url: string};
    if (method.url === RELAY) action['invocationMethod'] = {...method, url: `${url}/webhooks/port`};
  }
  return url;
}

function of(checks: readonly Check[], hop: string): Check[] {
  return checks.filter(check => check.hop === hop);
}

test('passes every hop without a dispatch, a write or a message', async () => {
  const {checks, code, stderr} = await doctor([], {}, runCli);
  expect(checks.filter(({status}) => status === 'failed')).toEqual([]);
  expect(checks.filter(({status}) => status === 'not-checked').map(({hop}) => hop)).toEqual(['slack']);
  expect(new Set(checks.map(({hop}) => hop)).size).toBe(15);
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  expect(slack.requests).toEqual([]);
  expect(github.messages(0)).toHaveLength(1);
});

interface Broken {
  readonly name: string;
  readonly hop: string;
  readonly sentence: RegExp;
  readonly fix?: RegExp;
  readonly break?: () => void;
  readonly env?: Env;
  readonly args?: readonly string[];
  /** Other hops that fail for the same reason and report it. */
  readonly beside?: readonly string[];
}

const edit = (path: string, from: string | RegExp, to: string) => () => {
  const text = files.get(path) ?? '';
  expect(text).toMatch(from);
  files.set(path, text.replace(from, to));
};
const automation = () => [...port.actions.values()][0] as Record<string, Record<string, unknown>>;
const forbidden = {status: 403, body: {message: 'Resource not accessible by personal access token'}};
const AUTOMATION = 'port_reactor_deploymentConfig';

const BROKEN: readonly Broken[] = [
  {
    name: 'the rules have a mistake',
    hop: 'rules',
    sentence: /port-reactor\.yml:3:\d+: .*"tto" is not a key here/,
    break: () => {
      const text = RULES.replace('to: Degraded', 'tto: Degraded');
      files.set('.github/port-reactor.yml', text);
      writeFileSync(join(home, '.github/port-reactor.yml'), text);
    },
    beside: ['automations', 'audit-log'],
  },
  {
    name: 'the local rules differ from those of the default branch',
    hop: 'rules',
    sentence: /differs from the file on main of acme\/ops/,
    fix: /Merge/,
    break: edit('.github/port-reactor.yml', 'Degraded', 'Crashed'),
  },
  {
    name: 'the default branch has no rules',
    hop: 'rules',
    sentence: /main of acme\/ops has no \.github\/port-reactor\.yml/,
    break: () => files.delete('.github/port-reactor.yml'),
  },
  {
    name: 'Port does not accept the credentials',
    hop: 'port-credentials',
    sentence: /401.*credentials are not valid.*PORT_API_URL/,
    env: {PORT_CLIENT_ID: 'another'},
  },
  {
    name: 'another server answers in place of Port',
    hop: 'port-credentials',
    sentence: /not Port's API/,
    break: () => {
      port.replyAll = () => ({status: 200, body: '<html>'});
    },
  },
  {
    name: 'Port cannot be reached',
    hop: 'port-credentials',
    sentence: /127\.0\.0\.1:9\/.*failed/,
    env: {PORT_API_URL: 'http://127.0.0.1:9'},
  },
  {
    name: 'an automation is missing',
    hop: 'automations',
    sentence: new RegExp(`no automation ${AUTOMATION}, so changes of deploymentConfig are not posted`),
    fix: /^port-reactor init --relay http/,
    break: () => port.actions.clear(),
  },
  {
    name: 'an automation is switched off',
    hop: 'automations',
    sentence: new RegExp(`${AUTOMATION} is disabled`),
    break: () => Object.assign(automation(), {publish: false}),
  },
  {
    name: 'an automation has an old condition',
    hop: 'automations',
    sentence: /outdated condition.*expressions: .*oldProperty/,
    break: () => {
      const {trigger} = automation();
      const condition = {type: 'JQ', combinator: 'or', expressions: ['.diff.before.oldProperty != null']};
      Object.assign(automation(), {trigger: {...trigger, condition}});
    },
  },
  {
    name: 'an automation posts to another address',
    hop: 'automations',
    sentence: /posts to https:\/\/old\.example\.com\/webhooks\/port, not to the relay/,
    break: () => {
      const {invocationMethod} = automation();
      Object.assign(automation(), {
        invocationMethod: {...invocationMethod, url: 'https://old.example.com/webhooks/port'},
      });
    },
  },
  ...['Written by a person', 'Managed by port-reactor init from the rules'].map(description => ({
    name: `a change is posted twice (${description})`,
    hop: 'automations',
    sentence: new RegExp(`copy is a duplicate of ${AUTOMATION}: .* arrive twice`),
    fix: /Delete copy/,
    break: () => {
      relayUrl();
      port.actions.set('copy', {...automation(), identifier: 'copy', description});
    },
  })),
  {
    name: 'the blueprint was deleted',
    hop: 'automations',
    sentence: /no blueprint "deploymentConfig"/,
    break: () => port.blueprints.clear(),
  },
  {
    name: 'the audit log needs an administrator',
    hop: 'audit-log',
    sentence: /The audit log cannot be read.*403/,
    fix: /administrator/,
    break: () => {
      port.replyAll = ({path}) => (path === '/v1/audit-log' ? {status: 403, body: {ok: false}} : undefined);
    },
  },
  {
    name: 'the audit log has another time for the change',
    hop: 'audit-log',
    sentence: /at \S+, which differs by 3 s: reconcile cannot match/,
    break: () => {
      const entry = port.audit.entries[0] as {trigger: {at: string}};
      entry.trigger.at = new Date(Date.parse(entry.trigger.at) + 3_000).toISOString();
    },
  },
  {
    name: 'the audit log does not have the change',
    hop: 'audit-log',
    sentence: /does not contain the change of/,
    break: () => void port.audit.entries.splice(0),
  },
  {
    name: 'the relay cannot be reached',
    hop: 'relay',
    sentence: /The relay could not be reached.*127\.0\.0\.1:9\/readyz/,
    args: ['--relay', 'http://127.0.0.1:9'],
    beside: ['automations'],
  },
  {
    name: 'the relay uses another secret',
    hop: 'signature',
    sentence: /rejects a webhook that is signed with PORT_CLIENT_SECRET/,
    env: {PORT_CLIENT_SECRET: 'the-wrong-secret-of-here'},
    beside: ['port-credentials'],
  },
  {
    name: 'GitHub does not accept the token',
    hop: 'dispatch',
    sentence: /does not accept GITHUB_TOKEN: GitHub answered 401 \(Bad credentials\)/,
    break: () => answers.set('GET ', {status: 401, body: {message: 'Bad credentials'}}),
  },
  {
    name: 'the repository does not exist',
    hop: 'dispatch',
    sentence: /cannot see the repository acme\/ops/,
    break: () => answers.set('GET ', {status: 404, body: {message: 'Not Found'}}),
  },
  {
    name: 'the repository is archived',
    hop: 'dispatch',
    sentence: /is archived/,
    break: () => answers.set('GET ', ok({default_branch: 'main', archived: true})),
  },
  {
    name: 'the token has no permission to write',
    hop: 'dispatch',
    sentence: /cannot dispatch/,
    fix: /Contents: write/,
    break: () => answers.set('GET ', ok({default_branch: 'main', permissions: {pull: true, push: false}})),
  },
  {
    name: 'the token has no permission to dispatch',
    hop: 'dispatch',
    sentence: /cannot dispatch to acme\/ops: GitHub answered 403 \(Resource/,
    break: () => answers.set('POST dispatches', forbidden),
  },
  {
    name: 'the default branch has no workflow',
    hop: 'workflow',
    sentence: /main of acme\/ops has no workflow/,
    break: () => files.delete(WORKFLOW_PATH),
  },
  {
    name: 'the workflow starts for other events',
    hop: 'workflow',
    sentence: /the relay sends port-catalog-change, which "deployed" does not match/,
    break: edit(WORKFLOW_PATH, '[port-catalog-change]', '[deployed]'),
  },
  {
    name: 'the workflow does not start for dispatches',
    hop: 'workflow',
    sentence: /does not start for dispatches of the relay/,
    break: edit(WORKFLOW_PATH, /repository_dispatch: .*\n.*\n/, ''),
  },
  {
    name: 'the workflow is not YAML',
    hop: 'workflow',
    sentence: /port-reactor\.yml:\d+: /,
    break: edit(WORKFLOW_PATH, 'jobs:', 'jobs: ]'),
  },
  {
    name: 'the job has no permission to write the memory',
    hop: 'workflow',
    sentence: /contents: write/,
    break: edit(WORKFLOW_PATH, 'contents: write', 'contents: read'),
  },
  {
    name: 'GitHub has disabled the workflow',
    hop: 'workflow-enabled',
    sentence: /60 days without activity/,
    fix: /^gh workflow enable port-reactor\.yml --repo acme\/ops$/,
    break: () =>
      answers.set('GET actions/workflows', ok({workflows: [{path: WORKFLOW_PATH, state: 'disabled_inactivity'}]})),
  },
  {
    name: 'Actions is disabled',
    hop: 'workflow-enabled',
    sentence: /Actions is disabled/,
    break: () => answers.set('GET actions/permissions', ok({enabled: false})),
  },
  {
    name: 'GitHub cancels a waiting run',
    hop: 'queue',
    sentence: /needs `queue: max`/,
    break: edit(WORKFLOW_PATH, /\n {2}queue: max/, ''),
  },
  {
    name: 'the token cannot write the memory',
    hop: 'memory',
    sentence: /cannot be written: GitHub refused access/,
    fix: /Contents: write/,
    break: () => {
      github.refuseWrites = {status: 200, body: {data: null, errors: [{type: 'FORBIDDEN', message: 'No access'}]}};
    },
    beside: ['dispatch', 'signature'],
  },
  {
    name: 'a new branch for the memory is refused',
    hop: 'memory',
    sentence: /403 .* to a new branch port-reactor\/memory-0/,
    break: () => {
      github.deleteBranch(0);
      github.refuseWrites = forbidden;
    },
    beside: ['dispatch', 'signature'],
  },
  {
    name: 'the memory is corrupt',
    hop: 'memory',
    sentence: /memory\.json on port-reactor\/memory-0 is missing or not valid/,
    break: () => void github.put(0, '{"version": 1, "inc'),
  },
  {
    name: 'a ruleset covers the branches of the memory',
    hop: 'ruleset',
    sentence:
      /The ruleset "all branches" of acme\/ops does not let port-reactor\/memory-0 be written without a pull request/,
    fix: /port-reactor\/memory-\*/,
    break: () => {
      answers.set('GET rules/branches/port-reactor/memory-0', ok([{type: 'pull_request', ruleset_id: 7}]));
      answers.set('GET rulesets/7', ok({id: 7, name: 'all branches', current_user_can_bypass: 'never'}));
    },
  },
  {
    name: 'a secret is missing',
    hop: 'secrets',
    sentence: /passes secrets\.SLACK_WEBHOOK_URL to the action, but acme\/ops has no secret of this name/,
    fix: /^gh secret set SLACK_WEBHOOK_URL --repo acme\/ops$/,
    break: () => answers.set('GET actions/secrets', ok({secrets: SECRETS.slice(1).map(name => ({name}))})),
  },
  {
    name: 'a destination of the rules is not configured',
    hop: 'slack',
    sentence: /defines no Slack destination "payments"/,
    break: () => {
      const text = RULES.replace('notify: true', 'notify: {slack: payments}');
      files.set('.github/port-reactor.yml', text);
      writeFileSync(join(home, '.github/port-reactor.yml'), text);
    },
  },
  {
    name: 'the address of Slack is invalid',
    hop: 'slack',
    sentence: /SLACK_WEBHOOK_URL: the value is not an http or https URL/,
    env: {SLACK_WEBHOOK_URL: 'hooks.slack.com/services/T1/B1/secret'},
  },
  {
    name: 'Slack refuses the message',
    hop: 'slack',
    sentence: /default: the test message was not sent\. Slack answered 404 "no_service"/,
    args: ['--post'],
    break: () => slack.replyNext({status: 404, body: 'no_service'}),
  },
];

describe('reports a broken hop and checks the others, if', () => {
  test.each(BROKEN)('$name', async ({hop, sentence, fix = /(?:)/, env: changed, args, beside = [], ...row}) => {
    relayUrl();
    row.break?.();
    const {checks, code, stdout} = await doctor(args, changed);
    const wrong = checks.filter(({status}) => status === 'failed');
    const own = of(wrong, hop);
    expect(own.map(check => check.sentence).join('\n')).toMatch(sentence);
    expect(own.map(check => check.fix ?? '').join('\n')).toMatch(fix);
    expect(wrong.filter(check => check.hop !== hop && !beside.includes(check.hop))).toEqual([]);
    expect(wrong.filter(check => check.fix === undefined)).toEqual([]);
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/ghs_1|test-client-secret|the-wrong-secret-of-here|T0123456789/);
  });
});

describe('reports a relay that', () => {
  async function doctorAt(other: RelayProcess) {
    try {
      return await doctor(['--relay', `http://127.0.0.1:${other.port}`]);
    } finally {
      await other.end('SIGTERM');
    }
  }

  test('uses another secret', async () => {
    const {checks} = await doctorAt(await startRelay({PORT_CLIENT_SECRET: 'another-secret'}));
    expect(of(checks, 'relay').map(({status}) => status)).toEqual(['ok']);
    expect(of(checks, 'signature')[0]?.sentence).toMatch(/Its own PORT_CLIENT_SECRET differs, or a clock is incorrect/);
  });

  test('cannot reach GitHub', async () => {
    const {checks} = await doctorAt(await startRelay({GITHUB_API_URL: 'http://127.0.0.1:9'}));
    expect(of(checks, 'relay')[0]?.sentence).toMatch(/not ready.*GitHub could not be reached/);
    expect(of(checks, 'signature').map(({status}) => status)).toEqual(['ok']);
  });

  test('has a clock that is ten minutes slow', async () => {
    const date = new Date(Date.now() - 600_000).toUTCString();
    const slow = await startServer(({path}) =>
      path === '/readyz'
        ? {status: 200, headers: {date}, body: {status: 'ready'}}
        : {status: 401, headers: {date}, body: {error: 'The signature is too old.'}},
    );
    const {checks, code} = await doctor(['--relay', slow.url]);
    await slow.close();
    expect(of(checks, 'clock').map(({sentence}) => sentence)).toEqual([
      expect.stringMatching(/^The clock of the relay is (10 min|9 min 59 s) behind that of Port\./),
    ]);
    expect(code).toBe(1);
  });

  test('is another server', async () => {
    const other = await startServer(() => ({status: 404, body: '<html>Not found</html>'}));
    const {checks} = await doctor(['--relay', other.url]);
    await other.close();
    expect(of(checks, 'relay')[0]?.sentence).toMatch(/readyz answered 404, which is not the answer of a relay/);
  });
});

test('checks the relay of the automations without --relay', async () => {
  const url = relayUrl();
  const {stdout, code} = await runHere(['doctor', '--json'], env(), home);
  const {checks} = JSON.parse(stdout) as {checks: Check[]};
  expect(of(checks, 'relay')[0]?.sentence).toBe(`${url}/readyz reports that the relay is ready.`);
  expect(code).toBe(0);
});

test('sends a test message to each destination with --post', async () => {
  const {checks, code} = await doctor(['--post'], {SLACK_WEBHOOKS: `payments=${slack.webhook('payments')}`});
  expect(of(checks, 'slack').map(({sentence}) => sentence)).toEqual([
    'default: Slack accepted the test message.',
    'payments: Slack accepted the test message.',
  ]);
  const sent = slack.messages.slice(-2);
  expect(sent.map(({webhook}) => webhook).toSorted()).toEqual(['default', 'payments']);
  for (const {text, body} of sent) {
    expect(text).toMatch(/test message/);
    expect(body).toMatch(/Test message from Port Reactor.*doctor --post/s);
  }
  expect(code).toBe(0);
});

test('reports hops that it cannot check in this environment, and passes', async () => {
  const {checks, code} = await doctor([], {GITHUB_TOKEN: undefined, PORT_CLIENT_ID: undefined, SLACK_WEBHOOK_URL: ''});
  const unchecked = checks.filter(({status}) => status === 'not-checked');
  expect(checks.filter(({status}) => status === 'failed')).toEqual([]);
  expect(of(unchecked, 'dispatch')[0]?.sentence).toBe('GITHUB_TOKEN is not set');
  expect(of(unchecked, 'audit-log')[0]?.sentence).toBe('PORT_CLIENT_ID is not set');
  expect(of(unchecked, 'slack')[0]?.sentence).toBe('SLACK_WEBHOOK_URL is not set');
  expect(of(checks, 'signature').map(({status}) => status)).toEqual(['ok']);
  expect(code).toBe(0);
});

test('reports a missing permission of the token, and passes', async () => {
  for (const route of ['actions/secrets', 'actions/workflows']) answers.set(`GET ${route}`, forbidden);
  const {checks, code} = await doctor();
  expect(of(checks, 'secrets')[0]?.sentence).toMatch(/403.*Give the token Secrets: read/);
  expect(of(checks, 'workflow-enabled')[0]?.sentence).toMatch(/403.*Give the token Actions: read/);
  expect(code).toBe(0);
});

test('advises to protect the default branch', async () => {
  answers.set('GET branches/main', ok({name: 'main', protected: false}));
  const {checks, code} = await doctor();
  expect(of(checks, 'ruleset').map(({status}) => status)).toEqual(['ok', 'advice']);
  expect(code).toBe(0);
});

test('prints one line per hop and a verdict', async () => {
  port.actions.clear();
  const {stdout, code} = await runCli(['doctor', '--relay', relayUrl()], env(), home);
  expect(stdout).toMatch(/^✔ Rules +\.github\/port-reactor\.yml, the local file: 1 rule\./m);
  expect(stdout).toMatch(/^✘ Port automations +Port has no automation/m);
  expect(stdout).toMatch(/^ +Fix: port-reactor init --relay/m);
  expect(stdout).toMatch(/^- Slack destinations +not checked: default: nothing was sent/m);
  expect(stdout).toMatch(/^✘ 1 hop failed\. 1 hop of 15 not checked\.$/m);
  expect(code).toBe(1);
});

describe('--drill', () => {
  test('measures the time of each hop up to a run, without a message or a memory write', async () => {
    const messages = slack.messages.length;
    const {checks, code, stdout} = await doctor(['--drill']);
    const {drill} = JSON.parse(stdout) as {drill: {id: string; run: string; afterMs: Record<string, number>}};
    expect(of(checks, 'drill')).toEqual([
      {hop: 'drill', status: 'ok', sentence: expect.stringMatching(/^The relay answered after .*it finished after /)},
    ]);
    expect(drill.run).toBe(`https://github.com/${REPOSITORY}/actions/runs/1`);
    expect(Object.keys(drill.afterMs)).toEqual(['answered', 'created', 'started', 'finished']);
    expect(runs.map(run => run['display_title'])).toEqual([`${drill.id}: created`]);
    const [action] = await Promise.all(working);
    expect(action?.outputs).toMatchObject({outcome: 'nothing', reactions: '[]'});
    expect(action?.decisions).toHaveLength(1);
    expect(action?.decisions[0]).toMatchObject({change: {source: 'drill', entity: drill.id}, reactions: []});
    expect(action?.summary).toMatch(/is a drill of port-reactor doctor\. Drills need no decision\./);
    expect(slack.messages).toHaveLength(messages);
    expect(github.messages(0)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test('fails with invalid rules, without a message in Slack', async () => {
    const messages = slack.messages.length;
    checkedOut = RULES.replace('property:', 'properti:');
    const {checks, code} = await doctor(['--drill']);
    expect(of(checks, 'drill')[0]).toMatchObject({
      status: 'failed',
      sentence: expect.stringMatching(/ended with failure/),
    });
    await Promise.all(working);
    expect(slack.messages).toHaveLength(messages);
    expect(code).toBe(1);
  });

  test('is not sent if a hop before the run is broken', async () => {
    answers.set('POST dispatches', forbidden);
    const {checks} = await doctor(['--drill']);
    expect(of(checks, 'drill')).toEqual([
      {hop: 'drill', status: 'not-checked', sentence: 'see Permission to dispatch'},
    ]);
    expect(runs).toEqual([]);
  });
});

test('exits with 2 for invalid usage', async () => {
  const nothing = await runCli(['doctor'], {}, home);
  expect(nothing).toMatchObject({code: 2, stderr: expect.stringMatching(/there is nothing to check/)});
  const noUrl = await runCli(['doctor', '--relay', 'relay.example.com'], env(), home);
  expect(noUrl).toMatchObject({code: 2, stderr: expect.stringMatching(/not an http or https URL/)});
});
