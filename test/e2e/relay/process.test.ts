/** The built relay as a child process: signals, and connections of every kind. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {decodeClientPayload} from '../../../src/change/payload/client-payload.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import type {Reply} from '../../helpers/servers/http-server.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';
import {anEvent, type LogLine, SECRET, signedHeaders, TOKEN} from '../../relay/test-relay.ts';

/** `RELAY_ENTRY` names another bundle, for example a new build. */
const ENTRY = process.env['RELAY_ENTRY'] ?? fileURLToPath(new URL('../../../dist/relay/index.js', import.meta.url));
const ACCEPTED: Reply = {status: 204};

let github: GitHubServer;
beforeAll(async () => {
  github = await startGitHubServer();
});
afterAll(() => github.close());

const started: (() => void)[] = [];
afterEach(() => {
  for (const end of started.splice(0)) end();
});

/** @param prelude shell commands that run before the shell starts the relay */
async function startChild(env: Record<string, string> = {}, prelude = ':') {
  const settings = {
    PATH: process.env['PATH'] ?? '',
    PORT: '0',
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: SECRET,
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_TOKEN: TOKEN,
    GITHUB_API_URL: github.url,
    REACTOR_RULES: 'none',
    ...env,
  };
  const command = `${prelude}; exec "$0" "$1"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, ENTRY], {
    env: settings,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code, signal]) => ({code, signal}));
  const log: LogLine[] = [];
  const lines = createInterface({input: child.stdout});
  lines.on('line', line => log.push(JSON.parse(line)));
  const [first] = (await once(lines, 'line')) as [string];
  const {port} = JSON.parse(first) as {port: number};
  return {child, exited, log, port, until: (msg: string) => lineWith(msg, log, lines)};
}

async function lineWith(msg: string, log: readonly LogLine[], lines: NodeJS.EventEmitter): Promise<void> {
  while (!log.some(line => line.msg === msg)) await once(lines, 'line');
}

/** Makes GitHub hold every dispatch until `release`. */
function stallDispatches() {
  let release = (_reply: Reply) => {};
  const released = new Promise<Reply>(resolve => {
    release = resolve;
  });
  let arrived = () => {};
  const arrival = new Promise<void>(resolve => {
    arrived = resolve;
  });
  github.replyAll = ({path}) => {
    if (!path.endsWith('/dispatches')) return undefined;
    arrived();
    return released;
  };
  return {release: (reply: Reply) => release(reply), arrival};
}

function webhookBytes(runId: string): string {
  const body = JSON.stringify(anEvent({runId}));
  const headers = Object.entries(signedHeaders(body, {atMs: Date.now()})).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `POST /webhooks/port HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n${headers.join('')}\r\n${body}`;
}

/** Sends the bytes on a new connection. `ended` is everything received when the connection ends. */
async function send(port: number, bytes: string): Promise<{socket: Socket; ended: Promise<string>}> {
  const socket = connect(port, '127.0.0.1');
  started.push(() => socket.destroy());
  let received = '';
  socket.on('data', chunk => {
    received += chunk;
  });
  const ended = new Promise<string>(resolve => {
    socket.on('error', () => resolve(received)).on('close', () => resolve(received));
  });
  await once(socket, 'connect');
  socket.write(bytes);
  return {socket, ended};
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise(resolve => {
    socket.on('error', () => resolve(true));
    socket.on('connect', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

const signal = (child: ChildProcess, name: NodeJS.Signals) => void child.kill(name);

/** SIGTERM is not in the default list, because the tests below send it. */
describe.each<NodeJS.Signals>(['SIGINT', 'SIGHUP', ...(TRIES_ALL ? (['SIGTERM'] as const) : [])])('%s', name => {
  test('refuses new connections, answers held webhooks and exits with 0', async () => {
    const {child, exited, until, port, log} = await startChild();
    const {release, arrival} = stallDispatches();
    const {ended} = await send(port, webhookBytes('run_held'));
    await arrival;
    signal(child, name);
    await until('closing');
    while (!(await isRefused(port))); // connections in the queue are accepted first
    release(ACCEPTED);
    const answer = await ended;
    expect(answer).toMatch(/^HTTP\/1\.1 202 /);
    expect(answer).toMatch(/connection: close/i);
    expect(await exited).toEqual({code: 0, signal: null});
    expect(log.at(-1)).toMatchObject({msg: 'delivery', status: 202, id: 'run_held'});
  });
});

describe('during shutdown', () => {
  test('answers 503 if GitHub does not accept a dispatch in time', async () => {
    const {child, exited, port} = await startChild({
      REACTOR_ACK_TIMEOUT_SECONDS: '1',
      REACTOR_MAX_DISPATCHES_PER_MINUTE: '1000',
    });
    const {arrival} = stallDispatches();
    const {ended} = await send(port, webhookBytes('run_stalled'));
    await arrival;
    signal(child, 'SIGTERM');
    const answer = await ended;
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/retry-after: \d+/i);
    expect(await exited).toEqual({code: 0, signal: null});
  });

  test('does not wait for idle or silent connections or incomplete requests', async () => {
    const {child, exited, port} = await startChild({
      REACTOR_ACK_TIMEOUT_SECONDS: '0.5',
      REACTOR_MAX_DISPATCHES_PER_MINUTE: '1000',
    });
    github.replyAll = undefined;
    const idle = await send(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle.socket, 'data');
    const others = [
      await send(port, ''),
      await send(port, 'POST /webhooks/port HTTP/1.1\r\nHost'),
      await send(
        port,
        'POST /webhooks/port HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
      ),
    ];
    signal(child, 'SIGTERM');
    expect(await exited).toEqual({code: 0, signal: null});
    await Promise.all([idle, ...others].map(({ended}) => ended));
  });

  test('answers all pipelined webhooks of a connection in order', async () => {
    const {child, exited, until, port} = await startChild();
    const {release, arrival} = stallDispatches();
    const {ended} = await send(port, webhookBytes('run_1') + webhookBytes('run_2'));
    await arrival;
    signal(child, 'SIGTERM');
    await until('closing');
    release(ACCEPTED);
    const answer = await ended;
    expect(answer.match(/"id":"run_\d"/g)).toEqual(['"id":"run_1"', '"id":"run_2"']);
    expect(await exited).toEqual({code: 0, signal: null});
  });

  test('ends immediately on a second signal', async () => {
    const {child, exited, until, port} = await startChild({REACTOR_ACK_TIMEOUT_SECONDS: '60'});
    const {arrival} = stallDispatches();
    const {ended} = await send(port, webhookBytes('run_given_up'));
    await arrival;
    signal(child, 'SIGTERM');
    await until('closing');
    signal(child, 'SIGTERM');
    expect(await exited).toEqual({code: 1, signal: null});
    expect(await ended).toBe('');
  });
});

describe('hundreds of connections with unfinished bodies', () => {
  const BYTE =
    'POST /webhooks/port HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{';

  /** The limit of `ulimit -n` in the shell that starts the relay. */
  test('do not keep out webhooks of Port, even with few file descriptors, and are logged once a second', async () => {
    const {port, log} = await startChild({REACTOR_MAX_DISPATCHES_PER_MINUTE: '10000'}, 'ulimit -n 128');
    github.replyAll = undefined;
    for (let n = 0; n < 300; n++) {
      await send(port, BYTE);
      if (n % 10 !== 0) continue;
      const answer = (await send(port, webhookBytes(`run_${n}`).replace('\r\n', '\r\nConnection: close\r\n'))).ended;
      expect(await answer).toMatch(/^HTTP\/1\.1 202 /);
    }
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const [, turnedAway] = /^port_reactor_relay_connections_turned_away_total (\d+)$/m.exec(metrics) ?? [];
    expect(Number(turnedAway)).toBeGreaterThan(150);
    const warnings = () => log.filter(({msg}) => msg === 'connections were closed because there were too many');
    const warned = () => warnings().reduce((sum, {connections}) => sum + Number(connections), 0);
    await eventually('the log counts them all', async () => warned() >= Number(turnedAway));
    const times = warnings().map(({time}) => Date.parse(String(time)));
    expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) >= 990)).toBe(true);
    expect(log.filter(({outcome}) => outcome === 'hung-up')).toEqual([]);
  }, 30_000);
});

/** Other systems queue at most 128 connections, regardless of the server's backlog. */
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'accepts all webhooks that arrive while the relay gets no CPU time, in order',
  async () => {
    const {child, port} = await startChild({REACTOR_MAX_DISPATCHES_PER_MINUTE: '10000'});
    github.replyAll = undefined;
    const before = github.dispatches.length;
    const ids = Array.from({length: 700}, (_, n) => `run_${n}`);
    signal(child, 'SIGSTOP');
    const answers: Promise<string>[] = [];
    for (const id of ids) {
      const bytes = webhookBytes(id).replace('\r\n', '\r\nConnection: close\r\n');
      answers.push((await send(port, bytes)).ended); // the kernel establishes the connection
    }
    signal(child, 'SIGCONT');
    const statuses = (await Promise.all(answers)).map(answer => answer.slice(9, 12));
    expect(new Set(statuses)).toEqual(new Set(['202']));
    const dispatched = github.dispatches
      .slice(before)
      .flatMap(({client_payload: payload}) => decodeClientPayload(payload).changes.map(({id}) => id));
    expect(dispatched).toEqual(ids);
  },
  30_000,
);
