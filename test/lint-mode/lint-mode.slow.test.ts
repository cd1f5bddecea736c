import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {react} from '../../src/action/react.ts';
import {fetch} from '../../src/base/http/fetch.ts';
import {createRecordingCore, type RecordingCore} from '../helpers/processes/recording-core.ts';
import {temporaryDirectory} from '../helpers/processes/run-script.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/servers/github-server.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';
import {HOSTILE} from '../helpers/values/hostile.ts';
import {rulesFile} from '../helpers/values/plans.ts';

const RULES = '.github/port-reactor.yml';
const TESTS = '.github/port-reactor.test.yml';
const BASE = 'ba5e0000000000000000000000000000000000ba';
const PULL_REQUEST = {action: 'opened', pull_request: {base: {sha: BASE}, head: {sha: 'abc'}}};

let github: GitHubServer;
let port: PortServer;
let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  [github, port] = await Promise.all([startGitHubServer(), startPortServer()]);
  ({path: root, remove} = await temporaryDirectory());
});
afterEach(async () => {
  await Promise.all([github.close(), port.close()]);
  await remove();
});

const testsFile = (...tests: string[]) => `version: 1\ntests:\n${tests.map(one => `  - ${one}\n`).join('')}`;
const CHANGE = '{blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Degraded}';
const A_TEST = `{name: it degrades, change: ${CHANGE}, expect: {rules: [rule-1]}}`;

interface Given {
  readonly event?: unknown;
  readonly inputs?: Record<string, string>;
}

/** Runs lint mode in a workspace with these files. The only default input is the token of the job. */
async function lintOf(files: Readonly<Record<string, string>>, {event = {}, inputs = {}}: Given = {}) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'work', name);
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, text);
  }
  const eventPath = join(root, 'event.json');
  writeFileSync(eventPath, JSON.stringify(event));
  const recorded = createRecordingCore({mode: 'lint', 'github-token': 'ghs_token', ...inputs});
  await react({
    core: recorded.core,
    env: {
      GITHUB_WORKSPACE: join(root, 'work'),
      GITHUB_STEP_SUMMARY: '/summary',
      GITHUB_REPOSITORY: 'acme/ops',
      GITHUB_API_URL: github.url,
      GITHUB_EVENT_PATH: eventPath,
    },
    fetch,
    now: Date.now,
    loadGitHub: () => import('../../src/clients/github/repository-files.ts'),
    cancelled: new AbortController().signal,
    loadCommand: () => Promise.reject(new Error('not needed')),
    loadLint: () => import('../../src/lint-mode/lint-mode.ts'),
    sleep: async () => {},
    sleepEvenIfCancelled: async () => {},
    loadMemory: () => Promise.reject(new Error('not needed')),
    loadReconcile: () => import('../../src/reconcile/reconcile-mode.ts'),
    loadYaml: () => import('../../src/rules/yaml/parse-yaml.ts'),
    write: () => {},
  });
  return recorded;
}

const placesOf = ({errors}: RecordingCore) =>
  errors.map(({file, startLine, startColumn}) => `${file}:${startLine}:${startColumn}`);

test('reports only success for a repository without mistakes', async () => {
  const ran = await lintOf({[RULES]: rulesFile(), [TESTS]: testsFile(A_TEST)});
  expect(ran).toMatchObject({errors: [], failures: [], secrets: ['ghs_token']});
  expect(Object.fromEntries(ran.outputs)).toEqual({
    outcome: 'nothing',
    reactions: '[]',
    remediations: '[]',
    'remediations-by-job': '{}',
  });
  expect(ran.infos).toEqual([
    expect.stringMatching(/^No workflow in .github.workflows uses the action/),
    expect.stringMatching(/^Not compared with Port's blueprints\. Run `port-reactor lint --fetch` once/),
    'This run is not for a pull request, so there is no base to compare with.',
    'Rule tests: 1 passed, 0 failed',
    'no mistakes and no failed rule tests',
  ]);
  expect(ran.summary).toContain('✅ Port Reactor, lint: no mistakes and no failed rule tests');
  expect(ran.summary).toContain('there is no base to compare with');
  expect(github.requests).toEqual([]);
});

test('annotates each mistake at its line and column, and fails the step', async () => {
  const rules = 'version: 2\nrules:\n  - name: a\n    blueprint: b\n    propertyy: x\n    notify: true\n';
  const ran = await lintOf({[RULES]: rules, [TESTS]: testsFile(A_TEST)});
  expect(ran.errors).toEqual([
    {title: 'Port Reactor', file: RULES, startLine: 1, startColumn: 10, message: expect.stringMatching(/must be 1/)},
    {
      title: 'Port Reactor',
      file: RULES,
      startLine: 5,
      startColumn: 5,
      message: expect.stringMatching(/propertyy.*Did you mean "property"/),
    },
  ]);
  expect(ran.infos).toContainEqual(expect.stringContaining(`${RULES}:5:5: `));
  expect(ran.infos).toContain('The rule tests were not run: the rules cannot be loaded.');
  expect(ran.failures).toEqual(['2 mistakes. The job summary and the log show all.']);
  expect(ran.outputs.get('outcome')).toBe('failed');
  expect(ran.summary).toContain('❌ Port Reactor, lint: 2 mistakes');
});

test('runs rule tests against the valid rules', async () => {
  const rules = rulesFile(['to: Degraded, notify: true', 'to: Crashed, notfy: true']);
  const ran = await lintOf({[RULES]: rules, [TESTS]: testsFile(A_TEST)});
  expect(ran.errors).toEqual([
    expect.objectContaining({file: RULES, startLine: 4, message: expect.stringMatching(/"notfy" is not a key/)}),
  ]);
  expect(ran.infos.join()).not.toContain('were not run');
});

test('annotates a failed rule test at its line, with the expected and the actual result', async () => {
  const wrong = `{name: it crashes, change: ${CHANGE}, expect: {rules: [], remediations: [{run: fix.sh}]}}`;
  const rules = rulesFile(['to: Degraded, notify: true', 'to: Crashed, remediate: {run: fix.sh}']);
  const ran = await lintOf({[RULES]: rules, [TESTS]: testsFile(A_TEST, wrong), 'fix.sh': '#!/bin/sh\n'});
  const own = ran.errors.filter(({title}) => title === 'Port Reactor: rule test fails');
  expect(own).toEqual([
    {
      title: 'Port Reactor: rule test fails',
      file: TESTS,
      startLine: 4,
      startColumn: 12,
      message:
        'it crashes: rule rule-1: expected does not match, got matches: healthStatus went from Healthy to Degraded. remediation fix.sh: expected is started, got is not started: rule-2: healthStatus went to Degraded, not to Crashed',
    },
  ]);
  expect(ran.infos).toContain('Rule tests: 1 passed, 1 failed');
  expect(ran.failures[0]).toMatch(/1 failed rule test/);
});

test('rule tests use the destinations of the workflow: an unknown name leads to the fallback', async () => {
  const secret = '$'.concat('{{ secrets.X }}');
  const inputs = {'slack-webhook-url': secret, 'slack-webhooks': `ops=${secret}`};
  const workflow = {on: 'push', jobs: {react: {steps: [{uses: 'acme/port-reactor@v1', with: inputs}]}}};
  const rules = rulesFile(['notify: true'], 'routes: [{slack: "{{ after.properties.ch }}", fallback: ops}]');
  const change = CHANGE.replace('}', ', properties: {ch: search}}');
  const messageTo = (slack: string) =>
    `{name: to ${slack}, change: ${change}, expect: {messages: [{slack: ${slack}}]}}`;
  const files = {[RULES]: rules, [TESTS]: testsFile(messageTo('ops'), messageTo('search'))};
  const {infos} = await lintOf({...files, '.github/workflows/react.yml': JSON.stringify(workflow)});
  expect(infos).toContain('Rule tests: 1 passed, 1 failed');
  expect(infos).toContainEqual(
    expect.stringMatching(/: to search: message to search: expected a message, got no message\. message to ops/),
  );
  expect(infos).not.toContainEqual(expect.stringContaining('taken as they come'));
  const alone = await lintOf({...files, '.github/workflows/react.yml': 'on: push'});
  expect(alone.infos).toContain('Rule tests: 1 passed, 1 failed');
  expect(alone.infos).toContain(
    'Destination names were not checked: no workflow in this repository defines them. To check them, add `destinations: [a, b]` at the top of the tests.',
  );
});

test('annotates nine of many mistakes, one per line first, and lists all in the log and the summary', async () => {
  const rules = `version: 1\nrules:\n${Array.from({length: 12}, (_, n) => `  - {name: r${n}, a: 1, bb: 2}\n`).join('')}`;
  const ran = await lintOf({[RULES]: rules});
  expect(placesOf(ran).map(place => place.split(':')[1])).toEqual(['3', '4', '5', '6', '7', '8', '9', '10', '11']);
  const mistakes = ran.infos.filter(info => info.startsWith(`${RULES}:`)).length;
  expect(mistakes).toBeGreaterThan(20);
  expect(ran.failures).toEqual([
    `${mistakes} mistakes. GitHub shows 9 of them as annotations. The job summary and the log show all.`,
  ]);
  expect(ran.summary.match(/<tr><td><code>/g)).toHaveLength(mistakes);
});

describe('the comparison with the base of a pull request', () => {
  const base = (files: Record<string, string>) => github.commits.set(BASE, new Map(Object.entries(files)));

  test('reports new and removed rules and tests, and tests with other reactions', async () => {
    base({
      [RULES]: rulesFile(['to: Degraded, notify: true', 'name: removed, to: Crashed, notify: true']),
      [TESTS]: testsFile(A_TEST, `{name: old, change: ${CHANGE}, expect: {rules: [rule-1]}}`),
    });
    const ran = await lintOf(
      {
        [RULES]: rulesFile(['to: Crashed, notify: true', 'name: fresh, from: Healthy, notify: true']),
        [TESTS]: testsFile(A_TEST, `{name: new, change: ${CHANGE}, expect: {rules: [fresh]}}`),
      },
      {event: PULL_REQUEST},
    );
    expect(github.requests.map(({query}) => query.get('ref'))).toEqual([BASE, BASE]);
    expect(placesOf(ran)).toEqual([`${TESTS}:3:12`]);
    expect(ran.infos).toContain(
      'Compared with the base: 1 added, 1 removed, 1 pass → fail, 1 edited or removed tests that would fail unedited, 3 with other reactions',
    );
    expect(ran.summary).toContain('<code>ba5e000</code>');
    expect(ran.summary).toContain('1 added: <code>fresh</code>, 1 removed: <code>removed</code>, 1 changed: ');
    expect(ran.summary).toContain('passes → fails');
    expect(ran.summary).toContain('- rule rule-1&#10;+ rule fresh');
  });

  test('reports that nothing changes', async () => {
    const files = {[RULES]: rulesFile(), [TESTS]: testsFile(A_TEST)};
    base(files);
    const ran = await lintOf(files, {event: PULL_REQUEST});
    expect(ran.summary).toContain('<p>Rules: the same.</p>\n<p>Rule tests: nothing changes for 1 test.</p>');
  });

  test('reports what the base does not have as new', async () => {
    base({'README.md': ''});
    const ran = await lintOf({[RULES]: rulesFile(), [TESTS]: testsFile(A_TEST)}, {event: PULL_REQUEST});
    expect(ran.infos).toContain('The base, ba5e000, does not have this rules file. It is new.');
    expect(ran.infos).toContain('The base, ba5e000, has no rule tests.');
    expect(ran.summary).toContain('1 added: <code>rule-1</code>');
    expect(ran.summary).toContain('new: passes');
    expect(ran.failures).toEqual([]);
  });

  test('continues without a base that cannot be read', async () => {
    base({});
    github.replyNext({status: 403, body: {message: 'Resource not accessible by integration'}});
    const ran = await lintOf({[RULES]: rulesFile()}, {event: PULL_REQUEST});
    expect(ran.infos).toContainEqual(
      expect.stringMatching(
        /^Not compared with the base, which can't be read: GitHub answered 403 \(Resource not accessible.*contents: read/,
      ),
    );
    expect(ran.failures).toEqual([]);
  });

  test('does not treat a base that cannot be seen as empty', async () => {
    github.commits.set('another', new Map());
    const ran = await lintOf({[RULES]: rulesFile()}, {event: PULL_REQUEST});
    expect(ran.infos.join('\n')).toMatch(/which can't be read: GitHub shows no commit ba5e0/);
    expect(ran.summary).not.toContain('it is new');
  });

  test('reports mistakes of the base and compares the rest', async () => {
    base({[RULES]: 'rules: 7', [TESTS]: testsFile(A_TEST)});
    const ran = await lintOf({[RULES]: rulesFile(), [TESTS]: testsFile(A_TEST)}, {event: PULL_REQUEST});
    expect(ran.infos).toContainEqual(expect.stringMatching(/^The base, ba5e000, could not be compared completely: /));
    expect(ran.failures).toEqual([]);
  });

  test('uses the events of each side', async () => {
    const event = (to: string) =>
      JSON.stringify({
        action: 'UPDATE',
        resourceType: 'entity',
        trigger: {at: '2026-01-01T00:00:00.000Z', by: {}},
        context: {blueprintIdentifier: 'deploymentConfig', entityIdentifier: 'x'},
        diff: {before: {properties: {healthStatus: 'Healthy'}}, after: {properties: {healthStatus: to}}},
      });
    const tests = testsFile('{name: recorded, event: ./night.json, expect: {rules: [rule-1]}}');
    const rules = rulesFile(['to: Degraded, notify: true']);
    base({[RULES]: rules, [TESTS]: tests, 'night.json': event('Degraded')});
    const ran = await lintOf({[RULES]: rules, [TESTS]: tests, 'night.json': event('Crashed')}, {event: PULL_REQUEST});
    expect(ran.summary).toContain('recorded <i>(edited)</i></td><td>passes → fails</td><td>the same</td>');
  });

  test('reports that the input `github-token` is not set', async () => {
    const ran = await lintOf({[RULES]: rulesFile()}, {event: PULL_REQUEST, inputs: {'github-token': ''}});
    expect(ran.infos.join('\n')).toMatch(/can't be read: the input `github-token` is not set/);
  });
});

describe('blueprints', () => {
  const rules = rulesFile(['property: healthstatus, notify: true']);
  const blueprint = {identifier: 'deploymentConfig', schema: {properties: {healthStatus: {type: 'string'}}}};

  test('are read from the folder of the rules', async () => {
    const ran = await lintOf({[RULES]: rules, '.github/blueprints/a.json': JSON.stringify(blueprint)});
    expect(placesOf(ran)).toEqual([`${RULES}:3:59`]);
    expect(ran.errors[0]?.message).toMatch(/Did you mean "healthStatus"/);
  });

  const inputs = () => ({
    'port-client-id': port.credentials.clientId,
    'port-client-secret': port.credentials.clientSecret,
    'port-api-url': port.url,
  });

  test('are read from Port if there are credentials', async () => {
    port.blueprints.set('deploymentConfig', blueprint);
    const ran = await lintOf({[RULES]: rules}, {inputs: inputs()});
    expect(placesOf(ran)).toEqual([`${RULES}:3:59`]);
    expect(ran.secrets).toContain(port.credentials.clientSecret);
  });

  test('that Port refuses to show fail the step, because the rules were not checked against them', async () => {
    const ran = await lintOf({[RULES]: rules}, {inputs: {...inputs(), 'port-client-secret': 'wrong'}});
    expect(ran.errors).toEqual([]);
    expect(ran.failures).toEqual([expect.stringMatching(/^Port could not be reached/)]);
    expect(ran.summary).toContain('❌ Port Reactor, lint: Port could not be reached');
    expect(ran.infos).toContainEqual(expect.stringMatching(/^The blueprints could not be read from Port: /));
  });
});

test('shows the fix if the repository is not checked out', async () => {
  const ran = await lintOf({'README.md': ''});
  expect(ran.failures).toEqual([expect.stringMatching(/^There is no rules file .*\n.*actions\/checkout/)]);
  expect(ran.outputs.get('outcome')).toBe('failed');
});

test('refuses an unknown mode', async () => {
  await expect(lintOf({}, {inputs: {mode: 'check'}})).rejects.toThrow(
    'mode: must be one of react, lint, clock, command',
  );
});

test('keeps hostile text from adding commands to the log or markup to the summary', async () => {
  const name = JSON.stringify(`\n::error::x\n${HOSTILE}`);
  const wrong = `{name: ${name}, change: {blueprint: deploymentConfig, entity: ${name}, property: healthStatus, to: ${name}}, expect: {rules: [], messages: [{text: ${name}}]}}`;
  github.commits.set(BASE, new Map([[RULES, rulesFile([`name: ${name}, to: Degraded, notify: true`])]]));
  const rules = rulesFile([`name: ${name}, notify: true`, `name: x, bad: ${name}, ${name}: 1`]);
  for (const own of [rules, rulesFile([`name: ${name}, notify: true`])]) {
    const ran = await lintOf({[RULES]: own, [TESTS]: testsFile(wrong)}, {event: PULL_REQUEST});
    expect(ran.errors.length).toBeGreaterThan(0);
    const lines = [...ran.infos, ...ran.failures, ...ran.errors.map(({message}) => message)];
    for (const text of lines) expect(text).not.toMatch(/^::|\n::|##\[/);
    expect(ran.summary).not.toMatch(/<!channel|<http|^::|##\[|`/m);
  }
});
