import {once} from 'node:events';
import {createServer} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {systemClock} from '../../relay/process/clock.ts';
import {type RelayWorld, type RunningRelay, startRelay} from '../../relay/start.ts';
import {exchange, rawPost} from '../helpers/processes/raw-client.ts';
import {eventually} from '../helpers/processes/run-script.ts';
import {APP_ID, GitHubApp} from '../helpers/servers/github-app.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/servers/github-server.ts';
import type {Reply} from '../helpers/servers/http-server.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';
import {anEvent, NOW, recordLog, SECRET, signedHeaders, TOKEN} from './test-relay.ts';

let github: GitHubServer;
beforeAll(async () => {
  github = await startGitHubServer();
  github.files.set(
    '.github/port-reactor.yml',
    'version: 1\nrules: [{name: all, blueprint: deploymentConfig, notify: true}]',
  );
});
afterAll(() => github.close());

const running: RunningRelay[] = [];
afterEach(async () => {
  github.replyAll = undefined;
  github.app = undefined;
  for (const relay of running.splice(0)) await relay.close();
});

/** A relay on a free port with this environment. Its sleep never ends. */
async function start(env: Record<string, string> = {}, {now = () => NOW, sleep = never}: Partial<RelayWorld> = {}) {
  const {log, sink, lineWith} = recordLog();
  const settings = {
    PORT: '0',
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: SECRET,
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_TOKEN: TOKEN,
    GITHUB_API_URL: github.url,
    ...env,
  };
  const relay = await startRelay(settings, {fetch, now, clock: systemClock, random: () => 0, sleep, logTo: sink});
  running.push(relay);
  return {...relay, log, lineWith, url: `http://127.0.0.1:${relay.port}`};
}

const never = () => new Promise<void>(() => {});

/** Resolves with the first dispatch after this number of requests to GitHub. */
async function dispatchAfter(n: number): Promise<void> {
  if (!(await github.arrival(n + 1)).path.endsWith('/dispatches')) await dispatchAfter(n + 1);
}

function post(url: string, message: unknown, atMs = NOW): Promise<Response> {
  const body = JSON.stringify(message);
  return fetch(`${url}/webhooks/port`, {method: 'POST', headers: signedHeaders(body, {atMs}), body});
}

describe('startRelay', () => {
  test('listens on a free port, logs it, and dispatches webhooks to GitHub', async () => {
    const relay = await start();
    expect(relay.port).toBeGreaterThan(0);
    expect(relay.log[0]).toMatchObject({
      level: 'info',
      msg: 'listening',
      port: relay.port,
      host: '127.0.0.1',
      repository: 'acme/operations',
    });
    const before = github.dispatches.length;
    expect((await post(relay.url, anEvent())).status).toBe(202);
    expect(github.dispatches).toHaveLength(before + 1);
    expect(JSON.stringify(relay.log)).not.toContain(TOKEN);
  });

  test('reads the rules before the first webhook', async () => {
    const before = github.requests.length;
    const relay = await start();
    expect((await github.arrival(before + 1)).path).toBe('/repos/acme/operations/contents/.github/port-reactor.yml');
    expect(await relay.lineWith({msg: 'rules loaded'})).toMatchObject({rules: 1});
  });

  test('becomes ready without traffic, after reading the rules or the repository', async () => {
    for (const REACTOR_RULES of ['', 'none']) {
      const relay = await start({REACTOR_RULES});
      expect(await relay.lineWith({msg: 'ready'})).toMatchObject({level: 'info'});
      const answer = await fetch(`${relay.url}/readyz`);
      expect([answer.status, await answer.json()]).toEqual([200, {status: 'ready'}]);
    }
  });

  test('is not ready for an archived repository, although its rules can be read', async () => {
    github.replyAll = ({path}) =>
      path === '/repos/acme/operations' ? {status: 200, body: {archived: true}} : undefined;
    const relay = await start();
    expect(await relay.lineWith({msg: 'not ready'})).toMatchObject({level: 'warn'});
    expect((await fetch(`${relay.url}/readyz`)).status).toBe(503);
  });

  test('is not ready only because of rules on disk', async () => {
    github.replyAll = ({path}) => (path === '/repos/acme/operations' ? {status: 401} : undefined);
    const relay = await start({
      REACTOR_RULES: `file:${fileURLToPath(new URL('../../.github/port-reactor.yml', import.meta.url))}`,
    });
    await relay.lineWith({msg: 'rules loaded'});
    expect((await fetch(`${relay.url}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${relay.url}/metrics`)).text()).toMatch(/^port_reactor_relay_rules_in_force 1$/m);
  });

  test('assigns each delivery a unique id of 48 random bits', async () => {
    const relay = await start({REACTOR_RULES: 'none'});
    const ids = new Set<string | null>();
    for (let i = 0; i < 3; i++) ids.add((await post(relay.url, anEvent())).headers.get('x-reactor-delivery'));
    expect(ids.size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/);
  });

  test('warns of variables that are not settings, and starts', async () => {
    const relay = await start({REACTOR_PARTITION: 'hush'});
    const warning = 'REACTOR_PARTITION is not a setting of the relay. Did you mean REACTOR_PARTITIONS?';
    expect(await relay.lineWith({msg: warning})).toMatchObject({level: 'warn'});
    expect(JSON.stringify(relay.log)).not.toContain('hush');
  });

  test('refuses invalid settings before it listens', async () => {
    await expect(start({GITHUB_TOKEN: '', PORT: 'x'})).rejects.toThrow(/PORT must be .*\nGITHUB_TOKEN is missing/);
  });

  test('names the variable to change if the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const {port} = other.address() as AddressInfo;
    await expect(start({PORT: String(port)})).rejects.toThrow(
      `PORT: ${port} is in use by another program. Set PORT to`,
    );
    other.close();
  });

  test.each(['203.0.113.1', 'no-such-host.invalid'])('names the variable to change if HOST is %s', async HOST => {
    await expect(start({HOST})).rejects.toThrow(/HOST: .* Leave HOST unset/);
  });
});

describe('close', () => {
  test('answers held webhooks, closes their connections, and accepts nothing new', async () => {
    const relay = await start({REACTOR_RULES: 'none'});
    let accept = () => {};
    const accepted = new Promise<{status: number}>(resolve => {
      accept = () => resolve({status: 204});
    });
    github.replyAll = ({path}) => (path.endsWith('/dispatches') ? accepted : undefined);
    const before = github.requests.length;
    const held = post(relay.url, anEvent());
    await dispatchAfter(before);
    const closed = relay.close();
    await eventually('nothing new is accepted', () =>
      fetch(`${relay.url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    accept();
    const answer = await held;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('connection')).toBe('close');
    await closed;
    expect(relay.log.map(({msg}) => msg).filter(msg => msg !== 'ready')).toEqual(['listening', 'closing', 'delivery']);
  });

  test('also answers connections that were waiting to be accepted', async () => {
    const relay = await start({REACTOR_RULES: 'none'});
    const body = JSON.stringify(anEvent());
    const request = rawPost('/webhooks/port', {...signedHeaders(body), connection: 'close'}, body);
    const answers = Array.from({length: 50}, () => exchange(relay.port, request));
    const first = connect(relay.port, '127.0.0.1');
    await once(first, 'connect'); // the kernel has connected all of them, Node has accepted a few
    await relay.close();
    expect((await Promise.all(answers)).map(answer => answer.slice(0, 12))).toEqual(Array(50).fill('HTTP/1.1 202'));
  });

  test('does not wait for connections that are idle or never sent a request', async () => {
    const relay = await start({REACTOR_RULES: 'none'});
    await (await fetch(`${relay.url}/healthz`)).text();
    const silent = connect(relay.port, '127.0.0.1');
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await Promise.all([relay.close(), ended]);
  }, 2_000);
});

describe('with a GitHub App', () => {
  const asApp = (app: GitHubApp, env: Record<string, string> = {}) => {
    github.app = app;
    return {GITHUB_TOKEN: '', GITHUB_APP_ID: String(APP_ID), GITHUB_APP_PRIVATE_KEY: app.pem, ...env};
  };
  const tokenRequests = () => github.requests.filter(({path}) => path.endsWith('/access_tokens'));

  test('reads rules and dispatches changes, and the log shows no key or token', async () => {
    const app = new GitHubApp(NOW);
    const relay = await start(asApp(app));
    await relay.lineWith({msg: 'rules loaded'});
    expect((await post(relay.url, anEvent())).status).toBe(202);
    expect(app.tokens).toHaveLength(1);
    const log = JSON.stringify(relay.log);
    expect(log).not.toContain(app.tokens[0]?.token);
    expect(log).not.toContain(app.pem.slice(100, 140));
  });

  test('requests the token before the first webhook', async () => {
    const [app, before] = [new GitHubApp(NOW), github.requests.length];
    await start(asApp(app, {REACTOR_RULES: 'none'}));
    expect((await github.arrival(before + 2)).path).toBe('/app/installations/777/access_tokens');
  });

  test('renews an expired token once for fifty webhooks', async () => {
    const app = new GitHubApp(NOW);
    const relay = await start(asApp(app, {REACTOR_MAX_DISPATCHES_PER_MINUTE: '10000'}), {now: () => app.nowMs});
    await relay.lineWith({msg: 'rules loaded'});
    const before = tokenRequests().length;
    app.nowMs += 3_600_000;
    const events = Array.from({length: 50}, (_, n) => anEvent({runId: `run_${n}`, entity: `e${n}`}));
    const answers = await Promise.all(events.map(event => post(relay.url, event, app.nowMs)));
    expect(answers.map(({status}) => status)).toEqual(Array(50).fill(202));
    expect(tokenRequests()).toHaveLength(before + 1);
  });

  test('that is not installed, reports this in the log and in the responses to webhooks', async () => {
    const app = new GitHubApp(NOW);
    app.installations = [];
    const relay = await start(asApp(app));
    const reason = expect.stringMatching(/^The GitHub App is not installed on acme\/operations/);
    expect(await relay.lineWith({msg: 'no access to GitHub yet'})).toMatchObject({level: 'warn', reason});
    const unread = await relay.lineWith({msg: "rules can't be read: every change is dispatched"});
    expect(unread).toMatchObject({reason});
    const answer = await post(relay.url, anEvent());
    expect([answer.status, await answer.json()]).toEqual([502, {error: reason}]);
  });
});

describe('with a client id of Port', () => {
  let port: PortServer;
  beforeEach(async () => {
    port = await startPortServer();
  });
  afterEach(() => port.close());

  const withPort = () => ({
    PORT_CLIENT_ID: port.credentials.clientId,
    PORT_API_URL: port.url,
    PORT_CLIENT_SECRET: `${SECRET},${port.credentials.clientSecret}`,
  });
  const ignoredEvent = anEvent({runId: 'run_9', blueprint: 'other'});

  test('closes the run of an ignored change with the reason, at the latest during shutdown', async () => {
    const run = port.startRun('run_9');
    const relay = await start(withPort());
    const answer = await post(relay.url, ignoredEvent);
    expect([answer.status, await answer.json()]).toMatchObject([200, {status: 'ignored', id: 'run_9'}]);
    await relay.close();
    expect(run).toEqual({
      status: 'SUCCESS',
      summary: 'Port Reactor: no rule reacts: no rule watches blueprint other',
      logs: [],
    });
    expect(JSON.stringify(relay.log)).not.toContain(port.credentials.clientSecret);
  });

  test('does not close the run of a dispatched change, because the action does', async () => {
    port.startRun('run_9');
    const relay = await start(withPort());
    expect((await post(relay.url, anEvent({runId: 'run_9'}))).status).toBe(202);
    await relay.close();
    expect(port.requests).toHaveLength(0);
  });

  test('answers without waiting for Port, and shuts down soon', async () => {
    port.replyAll = () => new Promise(() => {});
    const slept: number[] = [];
    const relay = await start(withPort(), {sleep: async ms => void slept.push(ms)});
    expect((await post(relay.url, ignoredEvent)).status).toBe(200);
    await relay.close();
    expect(slept).toEqual([3_000]);
    expect(await relay.lineWith({reason: 'the relay is shutting down'})).toMatchObject({level: 'warn', runs: 1});
  });

  test('gives the same answer if Port is down, with a warning', async () => {
    const sleep = async () => {}; // between the attempts
    const relay = await start({...withPort(), PORT_API_URL: 'http://127.0.0.1:1'}, {sleep});
    expect((await post(relay.url, ignoredEvent)).status).toBe(200);
    expect(await relay.lineWith({msg: 'runs of ignored changes stay open in Port'})).toMatchObject({level: 'warn'});
  });
});

describe('a change that no current rule matches', () => {
  const rulesFor = (blueprint: string) => `version: 1\nrules: [{name: all, blueprint: ${blueprint}, notify: true}]`;
  const path = '.github/port-reactor.yml';
  let nowMs: number;
  let before: string | undefined;
  beforeEach(() => {
    nowMs = NOW;
    before = github.files.get(path);
    github.files.set(path, rulesFor('other'));
  });
  afterEach(() => void github.files.set(path, String(before)));

  async function startWithoutMatch() {
    const relay = await start({}, {now: () => nowMs});
    await relay.lineWith({msg: 'rules loaded'});
    expect((await post(relay.url, anEvent())).status).toBe(200);
    nowMs += 100_000;
    return relay;
  }

  test('is dispatched if the rules have changed, because they are read again first', async () => {
    const relay = await startWithoutMatch();
    github.files.set(path, rulesFor('deploymentConfig'));
    expect((await post(relay.url, anEvent(), nowMs)).status).toBe(202);
  });

  test('is ignored if the rules have not changed', async () => {
    const relay = await startWithoutMatch();
    expect((await post(relay.url, anEvent(), nowMs)).status).toBe(200);
  });

  test.each<[string, Reply | 'hang']>([
    ['GitHub fails', {status: 500}],
    ['GitHub does not answer', 'hang'],
    ['the file is broken', {status: 200, headers: {'content-type': 'text/plain'}, body: 'rules: ['}],
  ])('is dispatched with a warning if the rules cannot be read because %s', async (_name, reply) => {
    const relay = await startWithoutMatch();
    github.replyAll = request => (request.path.includes('/contents/') ? reply : undefined);
    expect((await post(relay.url, anEvent(), nowMs)).status).toBe(202);
    if (reply !== 'hang') await relay.lineWith({level: 'warn', msg: "rules can't be read: every change is dispatched"});
  });
});
