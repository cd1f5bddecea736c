import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../src/cli/program.ts';
import {aCliWorld, NOW, type TestWorld, type WorldOptions} from '../../helpers/processes/cli-world.ts';
import {auditEntry} from '../../helpers/servers/port-audit-log.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {aChange} from '../../helpers/values/a-change.ts';

const rules = (to: string) => `
version: 1
rules:
  - name: bad
    blueprint: deploymentConfig
    property: healthStatus
    to: ${to}
    notify: true
    remediate: { job: restart }
`;

/** An incident of `minutes` on each of the last `days` before now. */
function incidents(days: number, minutes = 20) {
  return Array.from({length: days}, (_, index) => {
    const start = NOW - (days - index) * 86_400_000;
    const at = (ms: number) => new Date(ms).toISOString();
    return [
      aChange({at: at(start), from: 'Healthy', to: 'Degraded'}),
      aChange({at: at(start + minutes * 60_000), from: 'Degraded', to: 'Healthy'}),
    ];
  }).flat();
}

const RECORDING = incidents(3)
  .map(change => `${JSON.stringify(change)}\n`)
  .join('');

let world: TestWorld;
let port: PortServer | undefined;
afterEach(async () => {
  world.remove();
  await port?.close();
  port = undefined;
});

async function backtest(args: readonly string[], {files = {}, ...options}: WorldOptions = {}): Promise<TestWorld> {
  const all = {'.github/port-reactor.yml': rules('[Degraded, Crashed]'), 'changes.ndjson': RECORDING, ...files};
  world = aCliWorld({files: all, ...options});
  await runProgram(['backtest', ...args], world);
  return world;
}

describe('a recording', () => {
  test('counts all open incidents if the list is cut', async () => {
    const many = Array.from({length: 130}, (_, n) =>
      aChange({entity: `e-${n}`, at: new Date(NOW - 3_600_000 + n).toISOString(), from: 'Healthy', to: 'Degraded'}),
    );
    const files = {'changes.ndjson': many.map(change => `${JSON.stringify(change)}\n`).join('')};
    const {output} = await backtest(['changes.ndjson', '--html', 'page.html'], {files});
    expect(output).toContain('130 open at the end');
    expect(output).toContain('… and 110 more (--json and --html show 100)');
    expect(readFileSync(join(world.cwd, 'page.html'), 'utf8')).toContain('… and 30 more.');
  });

  test('can also be given with --from', async () => {
    const {output} = await backtest(['changes.ndjson', '--json']);
    world.remove();
    expect((await backtest(['--from', 'changes.ndjson', '--json'])).output).toBe(output);
  });

  test('given as the argument and with --from is an invalid usage', async () => {
    const {errorOutput, exitCode} = await backtest(['changes.ndjson', '--from', 'other.ndjson']);
    expect(exitCode).toBe(2);
    expect(errorOutput).toContain('two recordings: changes.ndjson and --from other.ndjson. Give one of them');
  });

  test('as text has matches, messages, jobs, incidents, days and cost', async () => {
    const {output, exitCode} = await backtest(['changes.ndjson']);
    expect(exitCode).toBe(0);
    expect(output).toContain('6 changes of changes.ndjson, 2026-11-17 12:28 to 2026-11-19 12:48 (UTC)');
    expect(output).toContain('bad  3 matches · 6 messages (firing 3, recovered 3) · runs: restart 3');
    expect(output).toContain('3 incidents: p50 20 min, p95 20 min, longest 20 min');
    expect(output).toContain('  default ███ 6, most on 2026-11-17: 2');
    expect(output).toContain('at most 9 minutes of GitHub Actions: 6 runs + 3 hand-over jobs');
  });

  test('as JSON', async () => {
    const {output} = await backtest(['changes.ndjson', '--json']);
    expect(JSON.parse(output)).toMatchObject({
      changes: 6,
      messages: 6,
      rules: [
        {rule: 'bad', matches: 3, messages: 6, scripts: {restart: 3}, incidents: {opened: 3, seconds: {p50: 1200}}},
      ],
      days: [{day: '2026-11-17', messages: {default: 2}}, {day: '2026-11-18'}, {day: '2026-11-19'}],
      destinations: {default: 6},
      open: [],
      cost: {runs: 6, handOverJobs: 3, clockRuns: 0, minutes: 9},
    });
  });

  test('from standard input, with limits of time', async () => {
    const {output} = await backtest(['-', '--json', '--since', '2d', '--until', '2026-11-18T13:00:00Z'], {
      input: RECORDING,
    });
    expect(JSON.parse(output)).toMatchObject({
      recording: {name: 'standard input'},
      changes: 2,
      to: '2026-11-18T13:00:00.000Z',
    });
  });

  test('with unreadable lines fails, and the others are counted', async () => {
    const {output, errorOutput, exitCode} = await backtest(['bad.ndjson'], {
      files: {'bad.ndjson': `{oops\n${RECORDING}`},
    });
    expect(exitCode).toBe(1);
    expect(errorOutput).toMatch(/^1 event of bad\.ndjson can't be read:\nbad\.ndjson:1: is not JSON/);
    expect(output).toContain('6 messages');
    expect(errorOutput).not.toContain('jq');
  });

  test('with a JSON document over several lines shows how to convert it', async () => {
    const {errorOutput, exitCode} = await backtest(['event.json'], {
      files: {'event.json': '{\n"action": "UPDATE"\n}\n'},
    });
    expect(exitCode).toBe(1);
    expect(errorOutput).toMatch(/^3 events of event\.json can't be read:/);
    expect(errorOutput).toContain('one JSON document per line. To convert a JSON file: jq -c .');
  });

  test('as a page', async () => {
    const {output, cwd} = await backtest(['changes.ndjson', '--html', 'page.html']);
    expect(output).toContain('The page: page.html');
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('<h1>Backtest of');
  });

  test('without changes has a message', async () => {
    const {output, exitCode} = await backtest(['empty.ndjson'], {files: {'empty.ndjson': ''}});
    expect(output).toContain('No changes in empty.ndjson');
    expect(exitCode).toBe(0);
  });
});

test('fails if a protected incident is no longer reported', async () => {
  const list = (entity: string) =>
    `version: 1\nprotected: [{ entity: ${entity}, at: ${new Date(NOW - 3 * 86_400_000).toISOString()} }]\n`;
  const file = '.github/port-reactor.protected.yml';
  const entity = 'notification-service-prod';
  const kept = await backtest(['changes.ndjson'], {files: {[file]: list(entity)}});
  expect(kept.output).toMatch(/Protected incidents\n {2}✔ notification-service-prod at 2026-11-17T\S+: reported/);
  expect(kept.exitCode).toBe(0);
  kept.remove();
  const lost = await backtest(['changes.ndjson'], {
    files: {[file]: list(entity), '.github/port-reactor.yml': rules('Crashed')},
  });
  expect(lost.output).toContain(': no longer reported');
  expect(lost.exitCode).toBe(1);
  lost.remove();
  const unknown = await backtest(['changes.ndjson', '--protected', 'list.yml', '--json'], {
    files: {'list.yml': list('other')},
  });
  expect(JSON.parse(unknown.output)).toMatchObject({
    protected: [{incident: expect.stringContaining('other at'), status: 'unknown'}],
  });
  expect(unknown.exitCode).toBe(0);
});

test('compares with another commit of the rules', async () => {
  world = aCliWorld({files: {'.github/port-reactor.yml': rules('Crashed'), 'changes.ndjson': RECORDING}});
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: world.cwd,
      stdio: 'pipe',
    });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'first');
  writeFileSync(join(world.cwd, '.github/port-reactor.yml'), rules('[Degraded, Crashed]'));
  await runProgram(['backtest', 'changes.ndjson', '--base', 'main'], world);
  expect(world.output).toContain('Compared with main  0 → 6 messages: 6 new, 0 gone, 0 changed');
  expect(world.output).toContain('+ 2026-11-17 12:28 notification-service-prod → default: firing (bad)');
  world.clear();
  await runProgram(['backtest', 'changes.ndjson', '--base', '--output=x'], world);
  expect(world.exitCode).toBe(2);
  expect(world.errorOutput).toContain("git can't read .github/port-reactor.yml at this ref");
});

describe("Port's audit log", () => {
  const env = () => ({
    PORT_CLIENT_ID: port?.credentials.clientId,
    PORT_CLIENT_SECRET: port?.credentials.clientSecret,
    PORT_API_URL: port?.credentials.apiUrl,
  });
  const auditRequests = () => port?.requests.filter(({path}) => path === '/v1/audit-log') ?? [];

  test('is read once, then only newer entries are read', async () => {
    port = await startPortServer();
    port.audit.record(...incidents(40).map(change => auditEntry(change)));
    const {output, cwd, errorOutput} = await backtest(['--json', '--cache', 'cache/audit.ndjson'], {env: env()});
    expect(errorOutput).toBe('');
    expect(JSON.parse(output)).toMatchObject({recording: {name: "Port's audit log"}, messages: 60, changes: 60});
    expect(statSync(join(cwd, 'cache/audit.ndjson')).mode & 0o777).toBe(0o600);
    const first = auditRequests().length;
    expect(first).toBeGreaterThan(0);

    world.clear();
    await runProgram(['backtest', '--json', '--cache', 'cache/audit.ndjson', '--since', '20d'], world);
    expect(JSON.parse(world.output)).toMatchObject({messages: 40});
    expect(auditRequests()).toHaveLength(first);

    world.clear();
    port.audit.record(auditEntry(aChange({at: new Date(NOW - 60_000).toISOString()})));
    await runProgram(
      ['backtest', '--json', '--cache', 'cache/audit.ndjson', '--until', new Date(NOW).toISOString(), '--since', '20d'],
      world,
    );
    expect(JSON.parse(world.output)).toMatchObject({messages: 41});
    const from = auditRequests().at(-1)?.query.get('from') ?? '';
    expect(Date.parse(from)).toBeGreaterThan(NOW - 12 * 60_000);
  });

  test('is kept in the cache folder of the account', async () => {
    port = await startPortServer();
    world = aCliWorld();
    const home = world.cwd;
    const {exitCode} = await backtest(['--json'], {env: {...env(), XDG_CACHE_HOME: home}});
    expect(exitCode).toBe(0);
    expect(readdirSync(join(home, 'port-reactor')).toSorted()).toEqual([
      expect.stringMatching(/^audit-.*\.ndjson$/),
      expect.stringMatching(/^audit-.*\.ndjson\.json$/),
    ]);
  });

  test('with an unreadable entry fails', async () => {
    port = await startPortServer();
    port.audit.record(auditEntry(aChange({at: new Date(NOW - 86_400_000).toISOString()}), {action: 'EXPLODED'}));
    const {exitCode, errorOutput} = await backtest(['--cache', 'a.ndjson'], {env: env()});
    expect(exitCode).toBe(1);
    expect(errorOutput).toContain("1 event of Port's audit log can't be read");
  });
});

test.each([
  [['missing.ndjson'], 1, "The recording missing.ndjson can't be read"],
  [[], 2, 'PORT_CLIENT_ID is not set'],
  [['changes.ndjson', '--since', 'soon'], 2, '--since soon is neither a time span'],
  [['changes.ndjson', '--clock', '5'], 2, '--clock 5 is not a time span, for example 10m'],
  [['changes.ndjson', '--clock', '5s'], 2, '--clock must be at least 1m, or off'],
  [['changes.ndjson', '--since', '1d', '--until', '2d'], 2, '--since must be before --until'],
  [['changes.ndjson', '--base', 'nowhere'], 2, "--base nowhere: git can't read"],
])('%j', async (args, code, says) => {
  const {exitCode, errorOutput} = await backtest(args);
  expect(errorOutput).toContain(says);
  expect(exitCode).toBe(code);
});
