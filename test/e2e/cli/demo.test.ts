/** The command `demo` as users run it: the built command line as a separate process. */
import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../src/cli/program.ts';
import {aCliWorld} from '../../helpers/processes/cli-world.ts';
import {isRunning} from '../../helpers/processes/run-script.ts';
import {startServer, type TestServer} from '../../helpers/servers/http-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'dist/cli/index.js');
const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
const started = new Set<ChildProcess>();

/** A demo mostly waits for its processes, so the demos of the tests run at the same time. */
let plain: Demo & {readonly tookMs: Promise<number>};
let ownSecret: Demo;
let changedRules: Demo;
let ownSlack: TestServer;

beforeAll(async () => {
  const startedAtMs = Date.now();
  const demo = startDemo(['--out', 'simulated']);
  plain = {...demo, tookMs: demo.ended.then(() => Date.now() - startedAtMs)};
  ownSlack = await startServer(() => ({status: 200, body: 'ok'}));
  ownSecret = startDemo(['--serve', '--port', '0'], {
    PORT_CLIENT_SECRET: 'new-secret,old-secret',
    SLACK_WEBHOOK_URL: `${ownSlack.url}/services/T1/B1/own-slack`,
  });
  changedRules = startDemo([], {}, copyWith('above: 80', 'above: 95'));
});
afterAll(async () => {
  for (const child of started) {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  }
  await ownSlack.close();
  rmSync(folder, {recursive: true, force: true});
});

/** Copies the project and replaces a text in its rules. Returns the command line of the copy. */
function copyWith(before: string, after: string): string {
  const copy = join(folder, 'changed');
  for (const path of ['dist', '.github']) cpSync(join(ROOT, path), join(copy, path), {recursive: true});
  const rules = join(copy, '.github/port-reactor.yml');
  writeFileSync(rules, readFileSync(rules, 'utf8').replace(before, after));
  return join(copy, 'dist/cli/index.js');
}

interface Demo {
  readonly child: ChildProcess;
  /** The output so far. */
  readonly output: () => string;
  /** Resolves when the output contains the text. */
  prints(text: string | RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
}

function startDemo(args: readonly string[], env: Record<string, string> = {}, cli = CLI): Demo {
  const options = {cwd: folder, env: {PATH: process.env['PATH'] ?? '', TMPDIR: folder, TZ: 'UTC', ...env}};
  const child = spawn(process.execPath, [cli, 'demo', ...args], options);
  started.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const prints = async (text: string | RegExp) => {
    const isPrinted = () => (typeof text === 'string' ? output.includes(text) : text.test(output));
    while (!isPrinted()) {
      const more = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
      if (more === undefined && !isPrinted()) throw new Error(`it ended before it printed ${text}:\n${output}`);
    }
  };
  return {child, output: () => output, prints, ended};
}

describe('demo', () => {
  let output = '';
  let code: number | null = null;
  let tookMs = 0;
  const out = join(folder, 'simulated');

  beforeAll(async () => {
    code = await plain.ended;
    output = plain.output();
    tookMs = await plain.tookMs;
  }, 30_000);

  test('passes its checks in less than 20 s', () => {
    expect(output).toMatch(/✔ All checks passed: 6 webhooks, 5 runs, 6 Slack messages in /);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(20_000);
  });

  test('shows the result of each of the six webhooks', () => {
    const chapters = output.split(/\n\d\/6 {2}/).slice(1);
    const answers = chapters.map(chapter => /Relay +(\d+ \w+)/.exec(chapter)?.[1]);
    expect(answers).toEqual([
      ...['202 dispatched', '202 dispatched', '202 dispatched', '200 ignored'],
      ...['202 dispatched', '202 dispatched'],
    ]);
    expect(chapters[0]).toMatch(/● health-changed +healthStatus went from Healthy to Degraded/);
    expect(chapters[0]).toMatch(/● deployment-degraded/);
    expect(chapters[0]).toMatch(/│ 🔴 CRITICAL · Notification Service Production\n/);
    expect(chapters[0]).toContain('Scaled production/notification-service from 3 to 4 replicas, all of them ready.');
    expect(chapters[1]).toMatch(/○ notification skipped: not repeated: this change was handled before/);
    expect(chapters[1]).not.toContain('Slack');
    expect(chapters[2]).toMatch(/● database-cpu-high +cpuUtil went from 72 to 91/);
    expect(chapters[2]).toContain('Ended 3 stale sessions in database orders');
    expect(chapters[3]).toMatch(/200 ignored: health-changed: healthStatus did not change/);
    expect(chapters[4]).toMatch(/│ 🟢 RECOVERED · Notification Service Production\n/);
    expect(chapters[4]).toMatch(/│ Recovered after \d+ s, \d+ s after scale-up\.sh/);
    expect(chapters[5]).toMatch(/│ 🔴 REOPENED · Notification Service Production\n/);
    expect(chapters[5]).toMatch(/○ remediation skipped: scale-up\.sh not run: the cooldown ends at /);
  });

  test('prints plain text of at most 100 columns into a pipe', () => {
    expect(output).not.toContain('\u001b');
    for (const line of output.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  });

  test('writes a folder for each run, and a page', () => {
    expect(
      readdirSync(out)
        .filter(name => !name.startsWith('.'))
        .sort(),
    ).toEqual(['index.html', 'run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'tools']);
    const read = (name: string) => readFileSync(join(out, 'run-1', name), 'utf8');
    expect(JSON.parse(read('event.json'))).toMatchObject({
      action: 'port-catalog-change',
      client_payload: {version: 1, title: 'notification-service-prod: healthStatus Healthy → Degraded'},
    });
    expect(JSON.parse(read('decisions.jsonl'))).toMatchObject({change: {entity: 'notification-service-prod'}});
    expect(JSON.parse(read('outputs.json'))).toMatchObject({
      outcome: 'reacted',
      rule: 'deployment-degraded',
      to: 'Degraded',
    });
    expect(JSON.parse(read('slack.json'))).toHaveLength(2);
    expect(read('summary.html')).toContain('Port Reactor: reacted');
    expect(read('log.txt')).toContain('##[group].github/remediations/scale-up.sh for notification-service-prod');
    expect(output).toContain(join(out, 'index.html'));
  });

  test('never writes a secret', () => {
    const texts = readdirSync(out, {recursive: true, encoding: 'utf8', withFileTypes: true})
      .filter(entry => entry.isFile())
      .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(texts.length).toBeGreaterThan(20);
    for (const text of [output, ...texts])
      expect(text).not.toMatch(/services\/T0PORTDEMO|demo_[0-9a-f]{32}|not-a-real-password/);
  });
});

describe('demo --serve', () => {
  test('accepts the webhooks of the commands that it prints, and ends with Ctrl-C', async () => {
    const demo = startDemo(['--serve', '--port', '0', '--out', 'served']);
    await demo.prints('Ctrl-C ends it.');
    const [, page = ''] = /Runs +(http:\S+)/.exec(demo.output()) ?? [];
    const commands = demo
      .output()
      .replace(/^[\s\S]*?(?=^# The secret)/m, '')
      .replace(/^Ctrl-C[\s\S]*$/m, '');
    const {stdout} = await promisify(execFile)('sh', ['-e', '-c', commands], {cwd: folder});
    expect(stdout).toMatch(/^202 dispatched, id: [\s\S]*\{"status":"dispatched"/);
    await demo.prints(/Run #6 +✔ notification-service-prod: healthStatus Healthy → Crashed/);
    await demo.prints(/Run #7 +✔ notification-service-prod: healthStatus Healthy → Degraded/);
    const list = await (await fetch(page)).text();
    expect(list).toContain('7 workflow runs');
    expect((await fetch(`${page}/acme/operations/actions/runs/6`)).url).toBe(`${page}/run-6/index.html`);
    const relay = await relayOf(demo.child);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(0);
    expect(isRunning(relay)).toBe(false);
    expect(readdirSync(join(folder, 'served'))).toEqual(expect.arrayContaining(['run-6', 'run-7']));
  }, 30_000);

  test("signs with the user's secret without printing it, and posts to the user's Slack", async () => {
    const demo = ownSecret;
    await demo.prints('Ctrl-C ends it.');
    demo.child.kill('SIGTERM');
    expect(await demo.ended).toBe(0);
    expect(ownSlack.requests.map(({path}) => path)).toEqual(Array.from({length: 6}, () => '/services/T1/B1/own-slack'));
    expect(demo.output()).toMatch(/All checks passed[\s\S]*\$\{PORT_CLIENT_SECRET%%,\*\}/);
    expect(demo.output()).not.toMatch(/new-secret|old-secret|own-slack|export PORT_CLIENT_SECRET/);
  }, 30_000);

  test('ends immediately with all its processes if it is stopped while it runs', async () => {
    const demo = startDemo(['--serve', '--port', '0']);
    await demo.prints('1/6');
    const relay = await relayOf(demo.child);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(1);
    expect(isRunning(relay)).toBe(false);
  }, 30_000);
});

/** The process id of the relay that the demo started. */
async function relayOf(demo: ChildProcess): Promise<number> {
  const {stdout} = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  const processes = stdout.split('\n').map(line => line.trim().split(/\s+/));
  const relay = processes.find(
    ([, parent, ...args]) => parent === String(demo.pid) && args.join(' ').includes('relay'),
  );
  expect(relay).toBeDefined();
  return Number(relay?.[0]);
}

describe('demo shows the fix', () => {
  test('if the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const {port} = other.address() as AddressInfo;
    const demo = startDemo(['--port', String(port)]);
    expect(await demo.ended).toBe(1);
    other.close();
    expect(demo.output()).toContain(`port ${port} is in use by another program. Choose another with --port`);
  });

  test('if the rules lead to other results', async () => {
    const demo = changedRules;
    expect(await demo.ended).toBe(1);
    const [, failures = ''] = /Some checks failed([\s\S]*)The runs/.exec(demo.output()) ?? [];
    expect(failures).toContain('- 3/6  The CPU of a database rises above 80 %: status: 200 instead of 202');
  }, 30_000);

  test('if the project is not built', async () => {
    const copy = join(folder, 'unbuilt');
    cpSync(join(ROOT, 'dist/cli'), join(copy, 'dist/cli'), {recursive: true});
    const demo = startDemo([], {}, join(copy, 'dist/cli/index.js'));
    expect(await demo.ended).toBe(1);
    expect(demo.output()).toMatch(/dist\/index\.js is missing\. Run npm ci && npm run build/);
    expect(demo.output()).toMatch(/port-reactor\.yml is missing\. To restore it, run: git checkout/);
  });

  test.each([
    ['--port x', ['--port', 'x'], {}, '--port must be a number from 0 (any) to 65535, not x'],
    ['--port 65536', ['--port', '65536'], {}, 'not 65536'],
    [
      'SLACK_WEBHOOK_URL',
      [],
      {SLACK_WEBHOOK_URL: 'hooks.slack.com/x'},
      'SLACK_WEBHOOK_URL is not an http or https URL',
    ],
    [
      'WEBHOOK_PROXY_URL',
      ['--serve'],
      {WEBHOOK_PROXY_URL: 'smee.io/x'},
      'WEBHOOK_PROXY_URL is not an http or https URL',
    ],
  ])('for invalid usage: %s', async (_, args, env, message) => {
    const world = aCliWorld({env});
    await runProgram(['demo', ...args], world);
    expect(world.errorOutput).toContain(message);
    expect(world.errorOutput).not.toMatch(/hooks\.slack\.com|smee\.io/);
    expect(world.exitCode).toBe(2);
    world.remove();
  });
});
