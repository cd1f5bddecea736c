import {once} from 'node:events';
import {createServer} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {systemClock} from '../../relay/clock.ts';
import {type RunningRelay, startRelay} from '../../relay/start.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/github-server.ts';
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
  github.answerAll = undefined;
  for (const relay of running.splice(0)) await relay.close();
});

/** A relay on a free port, by its environment. */
async function start(env: Record<string, string> = {}) {
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
  const relay = await startRelay(settings, {fetch, now: () => NOW, clock: systemClock, random: () => 0, logTo: sink});
  running.push(relay);
  return {...relay, log, lineWith, url: `http://127.0.0.1:${relay.port}`};
}

function post(url: string, message: unknown): Promise<Response> {
  const body = JSON.stringify(message);
  return fetch(`${url}/webhooks/port`, {method: 'POST', headers: signedHeaders(body), body});
}

describe('startRelay', () => {
  test('listens on a free port, says which, and takes webhooks to GitHub', async () => {
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

  test('reads the rules ahead of the first webhook', async () => {
    const before = github.requests.length;
    const relay = await start();
    expect((await github.arrival(before + 1)).path).toBe('/repos/acme/operations/contents/.github/port-reactor.yml');
    expect(await relay.lineWith({msg: 'rules loaded'})).toMatchObject({rules: 1});
  });

  test('refuses wrong settings before it listens', async () => {
    await expect(start({GITHUB_TOKEN: '', PORT: 'x'})).rejects.toThrow(/PORT must be .*\nGITHUB_TOKEN is missing/);
  });

  test('says which variable to change where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const {port} = other.address() as AddressInfo;
    await expect(start({PORT: String(port)})).rejects.toThrow(
      `PORT: ${port} is in use by another program; set PORT to`,
    );
    other.close();
  });

  test.each(['203.0.113.1', 'no-such-host.invalid'])('says which variable to change where HOST is %s', async HOST => {
    await expect(start({HOST})).rejects.toThrow(/HOST: .* leave HOST unset/);
  });
});

describe('close', () => {
  test('answers what is held, closes its connection, and takes nothing new meanwhile', async () => {
    const relay = await start({REACTOR_RULES: 'none'});
    const before = github.requests.length;
    let accept = () => {};
    const accepted = new Promise<{status: number}>(resolve => {
      accept = () => resolve({status: 204});
    });
    github.answerAll = () => accepted;
    const held = post(relay.url, anEvent());
    await github.arrival(before + 1);
    const closed = relay.close();
    await expect(fetch(`${relay.url}/healthz`)).rejects.toThrow('fetch failed');
    accept();
    const answer = await held;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('connection')).toBe('close');
    await closed;
    expect(relay.log.map(({msg}) => msg)).toEqual(['listening', 'closing', 'delivery']);
  });

  test('waits neither for idle connections nor for such as never asked anything', async () => {
    const relay = await start({REACTOR_RULES: 'none'});
    await (await fetch(`${relay.url}/healthz`)).text();
    const silent = connect(relay.port, '127.0.0.1');
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await Promise.all([relay.close(), ended]);
  }, 2_000);
});
