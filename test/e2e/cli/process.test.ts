/** The built command line as a process: its streams and its exit code. */
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, test} from '@jest/globals';
import {startServer} from '../../helpers/servers/http-server.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';

const MAIN = resolve('dist/cli/index.js');

async function run(args: readonly string[], env: Record<string, string> = {}, input = '') {
  const child = spawn(process.execPath, [MAIN, ...args], {env: {PATH: process.env['PATH'] ?? '', ...env}});
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return {stdout, stderr, code: code as number};
}

test('uses the real arguments, environment, standard input, output, network and exit code', async () => {
  const relay = await startServer(({text: body}) => ({status: 202, body: {status: 'dispatched', id: body}}));
  const {stdout, stderr, code} = await run(
    ['send', '--relay', relay.url, '--json', '-'],
    {PORT_CLIENT_SECRET: 's', no_proxy: '*'},
    '{"a": 1}',
  );
  await relay.close();
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({status: 202, answer: {status: 'dispatched', id: '{"a": 1}'}});
  expect(Number(relay.requests[0]?.headers['x-port-timestamp'])).toBeCloseTo(Date.now() / 1000, -2);
  expect(code).toBe(0);
});

test('exits with 2 for invalid usage, with a message on standard error', async () => {
  const {stdout, stderr, code} = await run(['send']);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^port-reactor send can't start:\n- --relay/);
  expect(code).toBe(2);
});

test.each([[['test']], [['explain', 'test/fixtures/port/automation-update.json', '--json']], [['--help']]])(
  'prints a one-line error if the output cannot be written: %j',
  args => {
    const readOnly = openSync('package.json', 'r');
    const {stderr, status} = spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', readOnly, 'pipe'],
    });
    closeSync(readOnly);
    expect({stderr, status}).toEqual({
      stderr: expect.stringMatching(/^port-reactor can't write to standard output \(EBADF: [^\n]*elsewhere\n$/),
      status: 1,
    });
  },
);

test('keeps the exit code if the error message cannot be written', () => {
  const readOnly = openSync('package.json', 'r');
  const {stdout, status} = spawnSync(process.execPath, [MAIN, 'send'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', readOnly],
  });
  closeSync(readOnly);
  expect({stdout, status}).toEqual({stdout: '', status: 2});
});

test('exits with 1 if the command failed', async () => {
  const args = ['--relay', 'http://127.0.0.1:9', '--entity', 'e', '--property', 'p', '--from', '1', '--to', '2'];
  const {stderr, code} = await run(['send', ...args], {PORT_CLIENT_SECRET: 's'});
  expect(stderr).toMatch(/failed: connect ECONNREFUSED 127\.0\.0\.1:9/);
  expect(code).toBe(1);
});

test('reads an event from standard input, and exits with 0', async () => {
  const event = readFileSync('test/fixtures/port/automation-update.json', 'utf8');
  const {stdout, stderr, code} = await run(['explain', '-', '--json'], {}, event);
  expect({stderr, code}).toEqual({stderr: '', code: 0});
  expect(JSON.parse(stdout).changes).toMatchObject([{rules: [{rule: 'health-changed', matched: true}, {}, {}]}]);
});

const TESTS = TRIES_ALL ? 1000 : 250;

test(`runs ${TESTS} rule tests in less than 4 ms of processor time each`, async () => {
  const one = `change: {blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Degraded}
    expect:
      rules: [health-changed, deployment-degraded]
      messages: [{slack: default, text: Degraded}]
      remediations: [{run: .github/remediations/scale-up.sh}]`;
  const tests = Array.from({length: TESTS}, (_one, index) => `  - name: test ${index}\n    ${one}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'thousand-'));
  const file = join(folder, 'thousand.yml');
  writeFileSync(file, `version: 1\ntests:\n${tests.join('')}`);
  // Processor time, because wall time depends on other work on the machine.
  const command = `TIMEFORMAT='%U %S'; time '${process.execPath}' '${MAIN}' test '${file}'`;
  const {stdout, stderr, status} = spawnSync('bash', ['--norc', '-c', command], {encoding: 'utf8', env: {LC_ALL: 'C'}});
  rmSync(folder, {recursive: true});
  expect(stdout).toContain(`\n${TESTS} passed in `);
  expect(status).toBe(0);
  const [user = '', system = ''] = (stderr.trim().split('\n').at(-1) ?? '').split(' ');
  expect(Number(user) + Number(system)).toBeLessThan(0.004 * TESTS + 0.3); // with the start. 1,000 on a quiet machine: 2.4 s on Node 20, 1.7 s on Node 24
});
