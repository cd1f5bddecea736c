/** `mode: lint` end to end: runs the built bundle on a pull request, as GitHub's runner does. */
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {type ActionOptions, type ActionRun, runAction} from '../../helpers/processes/run-action.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import {HOSTILE} from '../../helpers/values/hostile.ts';
import {rulesFile} from '../../helpers/values/plans.ts';

const RULES = '.github/port-reactor.yml';
const TESTS = '.github/port-reactor.test.yml';
const BASE = 'ba5e0000000000000000000000000000000000ba';
const CHANGE = '{blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Degraded}';

let github: GitHubServer;

beforeEach(async () => {
  github = await startGitHubServer();
});
afterEach(() => github.close());

/** Runs on a pull request with only the input `mode`. Expects only our own workflow commands. */
async function lint(options: ActionOptions): Promise<ActionRun> {
  const ran = await runAction({
    event: {pull_request: {base: {sha: BASE}}},
    ...options,
    inputs: {mode: 'lint', ...options.inputs},
    env: {GITHUB_API_URL: github.url, GITHUB_EVENT_NAME: 'pull_request'},
  });
  expect(ran.stderr).toBe('');
  expect(ran.log.commands.filter(({name}) => !['add-mask', 'debug', 'error'].includes(name))).toEqual([]);
  expect(ran.stdout.replace(/^::add-mask::.*$/gm, '')).not.toContain('ghs_the-token-of-the-job');
  return ran;
}

const testsFile = (...tests: string[]) => `version: 1\ntests:\n${tests.map(one => `  - ${one}\n`).join('')}`;
const errorsOf = ({log}: ActionRun) => log.commands.filter(({name}) => name === 'error');

test('passes a pull request without mistakes or changes', async () => {
  const tests = testsFile(`{name: it degrades, change: ${CHANGE}, expect: {rules: [rule-1]}}`);
  github.commits.set(BASE, new Map(Object.entries({[RULES]: rulesFile(), [TESTS]: tests})));
  const ran = await lint({isBuilt: true, rules: rulesFile(), files: {[TESTS]: tests}});
  expect(ran).toMatchObject({exitCode: 0, outputs: {outcome: 'nothing', reactions: '[]', remediations: '[]'}});
  expect(errorsOf(ran)).toEqual([]);
  expect(ran.log.lines).toContain('Rule tests: 1 passed, 0 failed');
  expect(ran.summary).toContain('nothing changes for 1 test');
  expect(github.requests).toHaveLength(2);
});

test('annotates a mistake in the list of protected incidents only once', async () => {
  const list = 'version: 1\nprotected:\n  - { entiti: e0, at: 2026-11-03T04:12:00Z }\n';
  const ran = await lint({rules: rulesFile(), files: {'.github/port-reactor.protected.yml': list}});
  expect(ran.exitCode).toBe(1);
  const annotations = errorsOf(ran).map(({properties}) => properties);
  const places = annotations.filter(properties =>
    properties.includes('file=.github/port-reactor.protected.yml,line=3'),
  );
  expect(new Set(places).size).toBe(places.length);
  expect(places.length).toBeGreaterThan(0);
});

test('annotates mistakes at their lines and columns', async () => {
  const rules = `version: 1
rules:
  - name: a
    blueprint: deploymentConfig
    property: healthStatus
    to: Degraded
    notifyy: true
`;
  const workflow = `on: {pull_request: }
jobs:
  lint:
    runs-on: ubuntu-slim
    steps:
      - uses: actions/checkout@v6
      - uses: acme/port-reactor@v1
        with:
          mode: check
`;
  const ran = await lint({rules, files: {'.github/workflows/w.yml': workflow}});
  expect(ran).toMatchObject({exitCode: 1, outputs: {outcome: 'failed'}});
  const [first, second, last] = errorsOf(ran);
  expect(first).toMatchObject({properties: `title=Port Reactor,file=${RULES},line=7,col=5`});
  expect(first?.data).toMatch(/notifyy.*Did you mean "notify"/);
  expect(second).toMatchObject({properties: 'title=Port Reactor,file=.github/workflows/w.yml,line=9,col=17'});
  expect(last).toMatchObject({properties: '', data: '2 mistakes. The job summary and the log show all.'});
});

test('annotates a test that passed before and fails now, and shows other changes in the summary', async () => {
  const tests = (rules: string) => testsFile(`{name: it degrades, change: ${CHANGE}, expect: {rules: ${rules}}}`);
  const before = rulesFile(['to: Degraded, severity: critical, notify: true']);
  github.commits.set(BASE, new Map(Object.entries({[RULES]: before, [TESTS]: tests('[rule-1]')})));
  const rules = rulesFile(['to: Crashed, notify: true', 'name: later, from: Healthy, remediate: {job: heal}']);
  const ran = await lint({rules, files: {[TESTS]: tests('[rule-1]')}});
  expect(ran.exitCode).toBe(1);
  expect(errorsOf(ran)[0]).toMatchObject({
    properties: `title=Port Reactor%3A rule test fails,file=${TESTS},line=3,col=12`,
    data: expect.stringMatching(
      /^it degrades: rule rule-1: expected matches, got does not match: healthStatus went to/,
    ),
  });
  expect(ran.summary).toContain('1 pass → fail');
  expect(ran.summary).toMatch(/- rule rule-1&#10;\+ rule later&#10;- message to default&#10;- {3}.*CRITICAL/);
  expect(ran.summary).toMatch(/\+ job heal, by later for an-entity<\/pre>/);
});

test('never prints a workflow command from the files', async () => {
  const name = JSON.stringify(`x\n::set-output name=outcome::pwned\n${HOSTILE}`);
  const rules = rulesFile([`name: ${name}, ${name}: 1, notify: true`]);
  const tests = testsFile(`{name: ${name}, change: ${CHANGE}, expect: {rules: [${name}]}}`);
  for (const own of [rules, rulesFile()]) {
    const ran = await lint({rules: own, files: {[TESTS]: tests}});
    expect(ran.exitCode).toBe(1);
    expect(ran.outputs['outcome']).toBe('failed');
    expect(ran.summary).not.toMatch(/<!channel|<http/);
  }
});
