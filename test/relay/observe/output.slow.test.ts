/** The log output of the built relay: readers that stop or disconnect, and full disks. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {createOutput} from '../../../relay/observe/output.ts';
import {exchange, openRawClient, rawPost} from '../../helpers/processes/raw-client.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import {anEvent, SECRET, signedHeaders} from '../test-relay.ts';

const ENTRY = process.env['RELAY_ENTRY'] ?? fileURLToPath(new URL('../../../dist/relay/index.js', import.meta.url));

/** A fixed port, because the log, which would name a free one, is not available in these tests. */
let port: number;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relay-log-'));
  writeFileSync(join(folder, 'rules.yml'), 'version: 1\nrules: [{name: r, blueprint: other, notify: true}]');
  port = await freePort();
});
afterAll(() => rmSync(folder, {recursive: true}));

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
});

async function start(stdout: 'pipe' | number): Promise<ChildProcess> {
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: SECRET,
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_TOKEN: 'token',
    GITHUB_API_URL: 'http://127.0.0.1:9',
    REACTOR_RULES: `file:${join(folder, 'rules.yml')}`,
  };
  const child = spawn(process.execPath, [ENTRY], {env, stdio: ['ignore', stdout, 'inherit']});
  started.push(child);
  const isUp = Buffer.from('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await eventually('the relay answers', async () => (await exchange(port, isUp)) !== '');
  return child;
}

async function freePort(): Promise<number> {
  const {createServer} = await import('node:net');
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port: free} = server.address() as {port: number};
  server.close();
  return free;
}

/** More than one, because a busy machine switches slowly between two processes. The relay accepts 32. */
const PARALLEL_REQUESTS = 20;

/** Each webhook is ignored, with a line of about 3 KB in the log. */
async function sendIgnored(count: number): Promise<void> {
  const body = JSON.stringify(anEvent({blueprint: 'b'.repeat(1_000), entity: 'e'.repeat(2_000)}));
  const request = rawPost('/webhooks/port', signedHeaders(body, {atMs: Date.now()}), body);
  const client = await openRawClient(port);
  for (let left = count; left > 0; left -= PARALLEL_REQUESTS) {
    const answers = await Promise.all(
      Array.from({length: Math.min(left, PARALLEL_REQUESTS)}, () => client.send(request)),
    );
    expect(answers.filter(({status}) => status !== 200)).toEqual([]);
  }
  client.close();
}

async function dropped(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^port_reactor_relay_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

async function endOf(child: ChildProcess): Promise<unknown> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exited;
  return code;
}

describe('the relay continues, and stops on a signal,', () => {
  test('if the reader of its log stops reading', async () => {
    const child = await start('pipe');
    child.stdout?.pause();
    await sendIgnored(450); // 1.4 MB of log: the relay keeps 1 MiB, the pipe less
    expect(await dropped()).toBeGreaterThan(50);
    expect(await endOf(child)).toBe(0);
  }, 60_000);

  test('if the reader of its log disconnects', async () => {
    const child = await start('pipe');
    child.stdout?.destroy();
    await sendIgnored(50);
    expect(await dropped()).toBeGreaterThanOrEqual(40);
    expect(await endOf(child)).toBe(0);
  });

  test('if the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    const child = await start(full);
    closeSync(full);
    await sendIgnored(50);
    expect(await dropped()).toBeGreaterThanOrEqual(50);
    expect(await endOf(child)).toBe(0);
  });

  test('and a reader that reconnects gets the number of missed lines', async () => {
    const child = await start('pipe');
    child.stdout?.pause();
    await sendIgnored(450);
    let text = '';
    child.stdout
      ?.setEncoding('utf8')
      .resume()
      .on('data', piece => {
        text += piece;
      });
    expect(await dropped()).toBeGreaterThan(0);
    const missed = () =>
      [...text.matchAll(/"lines":(\d+),"msg":"log lines were dropped/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    while (missed() < (await dropped())) await sendIgnored(1);
    const lines = text.trimEnd().split('\n');
    expect(() => lines.slice(0, -1).map(line => JSON.parse(line))).not.toThrow();
  }, 60_000);
});

test('a file gets every line, including the last before the exit', async () => {
  const path = join(folder, 'relay.log');
  const file = openSync(path, 'w');
  const child = await start(file);
  closeSync(file);
  await sendIgnored(100);
  expect(await endOf(child)).toBe(0);
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line).msg);
  expect(lines.filter(msg => msg === 'delivery')).toHaveLength(100);
  expect(lines).toContain('closing');
});

test('lines beyond 1 MiB that wait for a reader are dropped and counted', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, 'r+'); // opens without waiting for the other side
  const output = createOutput(openSync(path, 'w'));
  const line = `${'x'.repeat(1023)}\n`;
  for (let n = 0; n < 2_000; n++) output.write(line);
  expect(output.dropped).toBeGreaterThan(900);
  expect(output.dropped).toBeLessThan(1_000);
  const startMs = performance.now();
  await output.drain(50);
  expect(performance.now() - startMs).toBeLessThan(1_000);
  closeSync(reader);
});
