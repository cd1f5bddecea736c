import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {react} from '../../src/action/react.ts';
import type {Fetch, World} from '../../src/base/deps.ts';
import {ReactorError} from '../../src/base/errors.ts';
import {fetch} from '../../src/base/http/fetch.ts';
import {createRecordingCore, type RecordingCore} from '../helpers/processes/recording-core.ts';
import {temporaryDirectory, writeExecutable} from '../helpers/processes/run-script.ts';
import {readRunnerLog} from '../helpers/processes/runner-log.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';
import {type SlackReply, type SlackServer, startSlackServer} from '../helpers/servers/slack-server.ts';
import {aChange, jsonValues} from '../helpers/values/changes.ts';
import {EAGER_RULES, hostileChanges, hostileTexts} from '../helpers/values/hostile.ts';
import {rulesFile} from '../helpers/values/plans.ts';
import {runs} from '../helpers/values/runs.ts';

let slack: SlackServer;
let port: PortServer;
let workspace: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  slack = await startSlackServer();
  port = await startPortServer();
  ({path: workspace, remove} = await temporaryDirectory());
  mkdirSync(join(workspace, '.github'));
});
afterEach(async () => {
  await Promise.all([slack.close(), port.close()]);
  await remove();
});

interface Given {
  readonly rules?: string;
  readonly inputs?: Record<string, string>;
  readonly world?: Partial<World>;
  /** The functions of `@actions/core` that throw. */
  readonly broken?: readonly string[];
}

interface Reacted extends RecordingCore {
  /** All text on stdout that `@actions/core` did not write. */
  readonly written: string;
}

/** Reacts to the event as a run with a Slack webhook does. */
async function reactTo(
  event: unknown,
  {rules = rulesFile(), inputs = {}, world = {}, broken = []}: Given = {},
): Promise<Reacted> {
  writeFileSync(join(workspace, '.github/port-reactor.yml'), rules);
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const recorded = createRecordingCore(
    {'slack-webhook-url': slack.webhook(), event: text, memory: 'off', ...inputs},
    broken,
  );
  let written = '';
  await react({
    core: recorded.core,
    env: {
      PATH: process.env['PATH'],
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: join(workspace, 'temp'),
      GITHUB_STEP_SUMMARY: '/summary',
    },
    fetch,
    now: Date.now,
    loadGitHub: () => import('../../src/clients/github/repository-files.ts'),
    cancelled: new AbortController().signal,
    loadCommand: () => Promise.reject(new Error('not needed')),
    loadLint: () => import('../../src/lint-mode/lint-mode.ts'),
    sleep: async () => {},
    sleepEvenIfCancelled: async () => {},
    loadMemory: () => import('../../src/memory/run/memory-run.ts'),
    loadReconcile: () => import('../../src/reconcile/reconcile-mode.ts'),
    loadYaml: () => import('../../src/rules/yaml/parse-yaml.ts'),
    write: said => {
      written += said;
    },
    ...world,
  });
  return Object.assign(recorded, {written});
}

const payloadOf = (...changes: unknown[]) => ({version: 1, title: 'title', partition: 3, changes});
const portInputs = () => ({
  'port-client-id': port.credentials.clientId,
  'port-client-secret': port.credentials.clientSecret,
  'port-api-url': port.url,
});

test('logs what the run does', async () => {
  await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\necho fixed\n');
  const changes = [aChange({id: 'run_1'}), aChange({id: '::error::run_2', entity: 'other', to: 'Unknown'})];
  const {infos, warnings} = await reactTo(payloadOf(...changes), {
    rules: rulesFile(['to: Degraded, notify: true, remediate: {run: fix.sh}', 'blueprint: database, notify: true']),
  });
  expect(infos).toEqual([
    '2 changes to decide on',
    'notification-service-prod: change run_1 at 2026-11-20T12:28:18.477Z',
    'notification-service-prod: rule-1 matches: healthStatus went from Healthy to Degraded',
    'other: change ::error::run_2 at 2026-11-20T12:28:18.477Z',
    'other: rule-1 does not match: healthStatus went to Unknown, not to Degraded',
    'rule-1: notification done: posted to default',
    'rule-1: remediation done: fix.sh ended with exit code 0',
  ]);
  expect(warnings).toEqual([]);
});

test('reports what the event is if it is not a change', async () => {
  const {infos, outputs, summary} = await reactTo({resourceType: 'run', action: 'UPDATE', context: {}});
  expect(infos[0]).toMatch(/^No decision is needed\. The message is an event about a run, not an entity change/);
  expect(outputs.get('outcome')).toBe('nothing');
  expect(summary).toContain('an event about a run');
});

test('reacts once to a duplicate change, and logs it', async () => {
  const change = aChange();
  const {infos, outputs} = await reactTo(payloadOf(change, change));
  expect(slack.messages).toHaveLength(1);
  expect(infos).toContain('1 change appeared more than once in this event. Duplicates are ignored.');
  expect(outputs.get('outcome')).toBe('reacted');
});

test.each([1, 5, 500])('%d changes in one run are one message', async n => {
  const changes = Array.from({length: n}, (_, index) => aChange({entity: `service-${index}`}));
  const {outputs} = await reactTo(payloadOf(...changes));
  expect(slack.messages).toHaveLength(1);
  expect(slack.messages[0]?.body).toContain(n === 1 ? 'Notification Service' : `*${n} changes*`);
  expect(JSON.parse(outputs.get('reactions') ?? '')).toHaveLength(n);
});

test('a dry run decides and renders, and does not act', async () => {
  await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\n');
  const run = port.startRun('r_1');
  const {outputs, summary} = await reactTo(payloadOf(aChange({runId: 'r_1'})), {
    rules: rulesFile(['notify: true, remediate: {run: fix.sh}', 'remediate: {job: scale}']),
    inputs: {...portInputs(), 'dry-run': 'true'},
  });
  expect(outputs.get('outcome')).toBe('dry-run');
  expect(outputs.get('remediations')).toBe('[]');
  expect(summary).toContain('The Slack message');
  expect([...slack.requests, ...port.requests]).toEqual([]);
  expect(run.status).toBe('IN_PROGRESS');
});

test('with `memory: off`, a cut value that could only end an incident is not an error', async () => {
  const change = aChange({
    property: 'cpuUtil',
    from: 1,
    to: 2,
    truncated: ['before.properties.*', 'after.properties.*'],
  });
  const {errors, outputs} = await reactTo(payloadOf(change), {
    rules: rulesFile(['to: Degraded, if: "false", notify: true']),
  });
  expect(errors).toEqual([]);
  expect(outputs.get('outcome')).toBe('nothing');
});

test('fails with the reason if a change could not be decided because it was cut', async () => {
  const change = aChange({truncated: ['before.properties.*', 'after.properties.*']});
  const rules = rulesFile(['property: cpuUtil, above: 80, notify: true']);
  const {errors, failures, outputs, summary} = await reactTo(payloadOf(change), {rules});
  expect(outputs.get('outcome')).toBe('failed');
  expect(failures).toEqual(['1 decision could not be made. See the job summary for details.']);
  expect(errors[0]?.message).toContain('cpuUtil is not known: it was removed from the payload');
  expect(summary).toContain('❓');
  expect(slack.requests).toEqual([]);
});

test('decides the changes of one event from the oldest to the newest', async () => {
  const later = aChange({id: 'later', at: '2026-01-01T00:00:02.000Z'});
  const earlier = aChange({id: 'earlier', at: '2026-01-01T01:00:01.000+01:00'});
  const {outputs} = await reactTo(payloadOf(later, earlier));
  const reactions = JSON.parse(outputs.get('reactions') ?? '[]') as {change: string}[];
  expect(reactions.map(({change}) => change)).toEqual(['earlier', 'later']);
});

describe('with Port credentials', () => {
  test('closes the runs of all changes with their results', async () => {
    const runs = ['r_1', 'r_2'].map(id => port.startRun(id));
    const changes = [aChange({runId: 'r_1'}), aChange({runId: 'r_2', to: 'Unknown'})];
    await reactTo(payloadOf(...changes), {rules: rulesFile(['to: Degraded, notify: true']), inputs: portInputs()});
    expect(runs.map(({status}) => status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(runs[0]?.summary).toContain('posted to default');
    expect(runs[1]?.summary).toBe('No rule reacts to this change.');
  });

  test('closes the run of a failure as a failure', async () => {
    const run = port.startRun('r_1');
    slack.replyNext({status: 404, body: 'no_service'});
    const {failures} = await reactTo(payloadOf(aChange({runId: 'r_1'})), {inputs: portInputs()});
    expect(run.status).toBe('FAILURE');
    expect(failures).toHaveLength(1);
  });

  test('warns, without a failure, if Port is down', async () => {
    await port.close();
    const {warnings, failures, outputs, summary} = await reactTo(payloadOf(aChange({runId: 'r_1'})), {
      inputs: portInputs(),
    });
    expect(warnings.map(({message}) => message)).toEqual([
      expect.stringMatching(/^Port run r_1 could not be closed: .*ECONNREFUSED/),
    ]);
    expect(failures).toEqual([]);
    expect(outputs.get('outcome')).toBe('reacted');
    expect(summary).toContain('could not be closed');
  });
});

test('posts nothing for a drill, not even about invalid rules, which fail its run', async () => {
  const drill = {...aChange({entity: 'port-reactor-drill-1', to: 'Degraded'}), source: 'drill'};
  const rules = `${rulesFile(['to: Degraded, notify: true'])}  - {name: broken, blueprint: b, notifi: true}\n`;
  const {failures} = await reactTo(payloadOf(drill), {rules});
  expect(slack.messages).toEqual([]);
  expect(failures).toEqual([expect.stringContaining('a mistake')]);
  await reactTo(payloadOf(drill, aChange({id: 'other', to: 'Healthy'})), {rules});
  expect(slack.messages.map(({text}) => text)).toEqual([expect.stringMatching(/^Your rules are broken/)]);
});

describe('a mistake', () => {
  const GOOD = 'to: Degraded, notify: true';
  const brokenMessages = () => slack.messages.filter(({text}) => text.startsWith('Your rules are broken'));
  const alerts = () => slack.messages.filter(({text}) => text.startsWith('Info: '));

  test.each<[string, Given, RegExp, string | undefined]>([
    [
      'a mistyped key of a rule',
      {rules: rulesFile([GOOD, 'notfy: true'])},
      /\.github\/port-reactor\.yml:4:\d+: .*notfy/,
      '.github/port-reactor.yml',
    ],
    [
      'a missing script',
      {rules: rulesFile([GOOD, 'remediate: {run: gone.sh}'])},
      /\.github\/port-reactor\.yml:4:\d+: .*there is no file "gone.sh"/,
      '.github/port-reactor.yml',
    ],
    [
      'a bad route',
      {rules: rulesFile([GOOD], 'routes: [{match: {teem: x}, slack: x}]')},
      /port-reactor\.yml:2:\d+: .*teem/,
      '.github/port-reactor.yml',
    ],
    [
      'an empty secret of another destination',
      {rules: rulesFile([GOOD]), inputs: {'slack-webhooks': 'payments='}},
      /slack-webhooks: line 1 \("payments"\): the URL/,
      undefined,
    ],
    [
      'half of the Port credentials',
      {rules: rulesFile([GOOD]), inputs: {'port-client-id': 'id'}},
      /port-client-secret: is missing/,
      undefined,
    ],
  ])('fails the run and is posted to default, but the rest works: %s', async (_name, given, mistake, file) => {
    const {outputs, errors, failures, summary, secrets} = await reactTo(payloadOf(aChange()), given);
    expect(alerts()).toHaveLength(1);
    expect(brokenMessages()).toHaveLength(1);
    expect(brokenMessages()[0]?.text).toMatch(mistake);
    expect(brokenMessages()[0]?.body).toMatch(mistake);
    expect(outputs.get('outcome')).toBe('failed');
    expect(JSON.parse(outputs.get('reactions') ?? '')[0]).toMatchObject({rule: 'rule-1', status: 'done'});
    expect(errors[0]?.file).toBe(file);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(mistake);
    expect(summary).toContain('Broken');
    for (const secret of secrets) expect(brokenMessages()[0]?.body).not.toContain(secret);
  });

  test('in a missing script still posts the message of its rule, and the remediation fails with the name of the script', async () => {
    const rules = rulesFile([`${GOOD}, remediate: {run: gone.sh}`]);
    const {outputs} = await reactTo(payloadOf(aChange()), {rules});
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]?.body).not.toContain('running');
    expect(JSON.parse(outputs.get('reactions') ?? '')).toMatchObject([
      {kind: 'notification', status: 'done'},
      {
        kind: 'remediation',
        status: 'failed',
        detail: expect.stringMatching(/^was not run: there is no file "gone.sh"/),
      },
    ]);
    expect(slack.messages.map(({text}) => text)).toContainEqual(
      expect.stringMatching(/^Remediation failed: .*there is no file "gone.sh"/),
    );
    expect(outputs.get('outcome')).toBe('failed');
  });

  describe('in the event', () => {
    const half = {...aChange({entity: 'half'}), team: 'not a list'};
    const unread = () => slack.messages.filter(({text}) => text.startsWith('A change could not be read'));

    test('fails the run and is posted to default, but the readable changes are decided', async () => {
      const {outputs, failures} = await reactTo(payloadOf(half, aChange(), half), {rules: rulesFile([GOOD])});
      expect(alerts()).toHaveLength(1);
      expect(unread()).toHaveLength(1);
      expect(unread()[0]?.text).toMatch(
        /client_payload\.changes\.0\.team: must be a list of strings, and 1 more change$/,
      );
      expect(outputs.get('outcome')).toBe('failed');
      expect(failures[0]).toMatch(/2 changes could not be read[\s\S]*client_payload\.changes\.2\.team/);
      expect(JSON.parse(outputs.get('reactions') ?? '')).toMatchObject([{rule: 'rule-1', status: 'done'}]);
    });

    test.each<[string, unknown, RegExp]>([
      ['no readable change', payloadOf(half), /changes\.0\.team/],
      ['a later version', {...payloadOf(aChange()), version: 2}, /version/],
      ['text that is not JSON', 'x', /not JSON/],
    ])('is posted to default: %s', async (_name, event, message) => {
      const {outputs, failures} = await reactTo(event, {rules: rulesFile([GOOD])});
      expect(unread()[0]?.text).toMatch(message);
      expect(failures[0]).toMatch(message);
      expect(outputs.get('outcome')).toBe('failed');
    });
  });

  test('is posted once for many changes and mistakes, even if no rule matches', async () => {
    const rules = rulesFile([GOOD, ...Array.from({length: 14}, () => 'notfy: true')]);
    const changes = Array.from({length: 20}, (_, i) => aChange({entity: `e${i}`, from: 'Degraded', to: 'Healthy'}));
    const {outputs} = await reactTo(payloadOf(...changes), {rules});
    expect(slack.messages).toHaveLength(1);
    expect(slack.messages[0]?.text).toMatch(/, and 13 more mistakes$/);
    expect(outputs.get('outcome')).toBe('failed');
  });

  test.each([
    ['is not YAML', 'rules: ['],
    ['is of a later version', rulesFile().replace('version: 1', 'version: 2')],
    ['has no rules', 'version: 1'],
  ])('decides nothing if the file %s, and closes the Port runs as failures', async (_name, rules) => {
    const runs = ['r_1', 'r_2'].map(id => port.startRun(id));
    const changes = runs.map((_run, index) => aChange({runId: `r_${index + 1}`, entity: `e${index}`}));
    const {outputs, failures, errors} = await reactTo(payloadOf(...changes), {rules, inputs: portInputs()});
    expect(slack.messages.map(({text}) => text)).toEqual([
      expect.stringMatching(/^Your rules are broken: \.github\/port-reactor\.yml:\d+:\d+: /),
    ]);
    expect(slack.messages[0]?.body).toContain('No change is decided until this is fixed.');
    expect(runs).toMatchObject([
      {status: 'FAILURE', summary: expect.stringMatching(/^the rules are broken: .*port-reactor\.yml:/)},
      {status: 'FAILURE'},
    ]);
    expect(outputs.get('outcome')).toBe('failed');
    expect(readFileSync(outputs.get('decisions') ?? '', 'utf8')).toBe('');
    expect([failures.length, errors[0]?.startLine]).toEqual([1, expect.any(Number)]);
  });

  test('decides nothing if there is no rules file', async () => {
    const {outputs} = await reactTo(payloadOf(aChange()), {inputs: {rules: 'gone.yml', 'github-token': ''}});
    expect(slack.messages.map(({text}) => text)).toEqual([
      expect.stringMatching(/^Your rules are broken: The rules file gone\.yml can't be read: it does not exist/),
    ]);
    expect(outputs.get('outcome')).toBe('failed');
  });

  test('closes the Port run of a change with reactions as a failure', async () => {
    const run = port.startRun('r_1');
    const rules = rulesFile([GOOD, 'notfy: true']);
    await reactTo(payloadOf(aChange({runId: 'r_1'})), {rules, inputs: portInputs()});
    expect(run).toMatchObject({status: 'FAILURE', summary: expect.stringMatching(/^the rules are broken: /)});
  });

  test('is a warning if there is no default destination or Slack refuses', async () => {
    const rules = rulesFile(['to: Degraded, notify: {slack: ops}', 'notfy: true']);
    const inputs = {'slack-webhook-url': '', 'slack-webhooks': `ops=${slack.webhook('ops')}`};
    const without = await reactTo(payloadOf(aChange()), {rules, inputs});
    expect(slack.messages).toHaveLength(1);
    expect(without.warnings[0]?.message).toMatch(
      /^Slack was not notified that the rules are broken: there is no default/,
    );
    slack.replyNext({status: 200, body: ''});
    const refused = await reactTo(payloadOf(aChange({to: 'Healthy'})), {rules});
    expect(refused.warnings[0]?.message).toMatch(/rules are broken: Slack answered 200/);
    expect(refused.outputs.get('outcome')).toBe('failed');
  });

  test('is not posted in a dry run, which also fails', async () => {
    const rules = rulesFile([GOOD, 'notfy: true']);
    const {outputs, summary} = await reactTo(payloadOf(aChange()), {rules, inputs: {'dry-run': 'true'}});
    expect(slack.requests).toEqual([]);
    expect(outputs.get('outcome')).toBe('failed');
    expect(summary).toContain('would notify the default destination that the rules are broken');
  });

  test('stops remediations if the invalid part can forbid them', async () => {
    await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\ntouch ran\n');
    const silence = 'silences: [{match: {}, until: 9999-01-01T00:00Z, owner: jane, reson: freeze, remediate: mute}]';
    const rules = rulesFile(['notify: true, remediate: {run: fix.sh}', 'remediate: {job: scale}'], silence);
    const {outputs} = await reactTo(payloadOf(aChange()), {rules});
    expect(existsSync(join(workspace, 'ran'))).toBe(false);
    expect(outputs.get('remediations-by-job')).toBe('{}');
    const why =
      'was not run: silences[0] of the rules has mistakes and may forbid it. Fix it, then re-run the workflow.';
    expect(JSON.parse(outputs.get('reactions') ?? '')).toMatchObject([
      {kind: 'notification', status: 'done'},
      {kind: 'remediation', status: 'failed', run: 'fix.sh', detail: why},
      {kind: 'remediation', status: 'failed', job: 'scale', detail: why},
    ]);
    expect(slack.messages.map(({body}) => body).join()).not.toContain('result follows');
    expect(slack.messages.map(({body}) => body).join()).toContain('silences[0] of the rules has mistakes');
  });
});

describe('a dry run reports a failure', () => {
  test.each<[string, string, string | undefined, RegExp]>([
    ['a destination that is not configured', 'notify: {slack: nowhere}', undefined, /no Slack destination "nowhere"/],
    ['a script without a shebang', 'remediate: {run: fix.sh}', 'echo fixed\n', /must name its interpreter/],
    ['a script that is not executable', 'remediate: {run: .github/port-reactor.yml}', undefined, /is not executable/],
    ['an interpreter that is not installed', 'remediate: {run: fix.sh}', '#!/no/such/shell\n', /not installed/],
    ['Windows line breaks', 'remediate: {run: fix.sh}', '#!/bin/sh\r\necho\r\n', /CR LF/],
  ])('as the real run does: %s', async (_name, rule, script, expected) => {
    if (script !== undefined) await writeExecutable(join(workspace, 'fix.sh'), script);
    const details = [];
    for (const dry of ['true', 'false']) {
      const {outputs, errors} = await reactTo(payloadOf(aChange()), {
        rules: rulesFile([rule]),
        inputs: {'dry-run': dry},
      });
      expect(outputs.get('outcome')).toBe('failed');
      expect(errors[0]?.message).toMatch(expected);
      const [reaction] = JSON.parse(outputs.get('reactions') ?? '') as {status: string; detail: string}[];
      details.push([reaction?.status, reaction?.detail]);
    }
    expect(details[0]).toEqual(details[1]);
  });
});

describe('throws before it acts', () => {
  test.each<[string, unknown, Given, RegExp]>([
    ['wrong inputs', payloadOf(aChange()), {inputs: {'dry-run': 'maybe'}}, /dry-run/],
  ])('%s', async (_name, event, given, message) => {
    const refused = reactTo(event, given);
    await expect(refused).rejects.toBeInstanceOf(ReactorError);
    await expect(refused).rejects.toThrow(message);
    expect(slack.requests).toEqual([]);
  });
});

describe('for any input', () => {
  /** Reacts, and returns the ReactorError if one was thrown. */
  async function thrownBy(event: unknown, given: Given): Promise<ReactorError | undefined> {
    try {
      await reactTo(event, given);
      return undefined;
    } catch (error) {
      if (error instanceof ReactorError) return error;
      throw error;
    }
  }

  test('reacts to the event or refuses it with a reason', async () => {
    const events = fc.oneof(
      jsonValues,
      hostileTexts,
      fc.record({
        version: fc.constantFrom(1, 2, '1'),
        title: jsonValues,
        partition: jsonValues,
        changes: fc.array(jsonValues),
      }),
      fc.array(fc.oneof(hostileChanges(), jsonValues), {maxLength: 3}).map(changes => payloadOf(...changes)),
      fc.record({
        action: fc.constantFrom('UPDATE', 'DELETE'),
        context: jsonValues,
        diff: jsonValues,
        trigger: jsonValues,
      }),
    );
    await fc.assert(
      fc.asyncProperty(events, async event => {
        const error = await thrownBy(typeof event === 'string' && event !== '' ? event : JSON.stringify(event), {
          rules: EAGER_RULES,
          inputs: {'dry-run': 'true'},
        });
        expect(error?.message).not.toBe('');
      }),
      {numRuns: runs(200)},
    );
  });

  test('reports failures as outcomes after it has acted, and does not throw', async () => {
    const replies = fc.constantFrom<SlackReply>(
      {status: 500},
      {status: 404, body: 'no_service'},
      {status: 429, headers: {'retry-after': '100'}},
      'reset',
    );
    const weathers = fc.record({
      changes: fc.array(hostileChanges(), {minLength: 1, maxLength: 3}),
      replies: fc.array(replies, {maxLength: 5}),
      fetch: fc.constantFrom<Fetch>(
        fetch,
        () => Promise.reject(new Error('no network')),
        () => Promise.reject('no'),
        () => {
          throw new TypeError('a bug');
        },
      ),
      broken: fc.subarray(['setOutput', 'summary']),
      hasWebhook: fc.boolean(),
      hasFolder: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(weathers, async ({changes, replies, fetch, broken, hasWebhook, hasFolder}) => {
        const slack = await startSlackServer();
        slack.replyNext(...replies);
        const tempDir = join(workspace, hasFolder ? 'temp' : '.github/port-reactor.yml');
        const {failures, outputs} = await reactTo(payloadOf(...changes.map((change, i) => ({...change, id: `${i}`}))), {
          rules: EAGER_RULES,
          inputs: {'slack-webhook-url': hasWebhook ? slack.webhook() : ''},
          broken,
          world: {fetch, env: {GITHUB_WORKSPACE: workspace, RUNNER_TEMP: tempDir, GITHUB_STEP_SUMMARY: '/summary'}},
        });
        const isToldAll = broken.length === 0 && hasFolder;
        if (isToldAll) expect(failures).toHaveLength(outputs.get('outcome') === 'failed' ? 1 : 0);
        else expect(failures).toHaveLength(1);
        if (failures.length === 0) expect(slack.messages.length).toBeGreaterThan(0);
        await slack.close();
      }),
      {numRuns: runs(60)},
    );
  });

  test('text of the catalog never controls the runner', async () => {
    const file = `${EAGER_RULES}  - {name: fix, blueprint: deploymentConfig, property: healthStatus, remediate: {run: fix.sh}}\n`;
    await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\nprintf %s "$REACTOR_ENTITY $REACTOR_TO"\n');
    await fc.assert(
      fc.asyncProperty(hostileChanges(), async change => {
        const {infos, written} = await reactTo(payloadOf(change), {rules: file});
        const {commands, lines, isStopped} = readRunnerLog(`${infos.join('\n')}\n${written}`);
        expect(commands.filter(({name}) => !['group', 'endgroup'].includes(name))).toEqual([]);
        expect(lines.length).toBe(infos.length);
        expect(isStopped).toBe(false);
      }),
      {numRuns: runs(40)},
    );
    expect(existsSync(join(workspace, 'pwned'))).toBe(false);
  });
});

describe('the destination of a notification', () => {
  const routes = 'routes: [{slack: "{{ after.properties.channel }}", fallback: ops}]';
  const inputs = () => ({'slack-webhooks': `ops=${slack.webhook('ops')}\npayments=${slack.webhook('payments')}`});
  const reactIn = (channel: unknown, rest = '', keys = 'notify: true') =>
    reactTo(
      {client_payload: {version: 1, title: 't', partition: 0, changes: [aChange({properties: {channel}})]}},
      {rules: rulesFile([keys], `${routes}${rest}`), inputs: inputs()},
    );

  test.each([
    ['#Payments', 'payments'],
    ['#nowhere', 'ops'],
    [undefined, 'ops'],
  ])('is the configured one that the entity has: %s', async (channel, expected) => {
    const {outputs} = await reactIn(channel);
    expect(slack.messages.map(({webhook}) => webhook)).toEqual([expected]);
    const [reaction] = JSON.parse(outputs.get('reactions') ?? '[]');
    expect(reaction).toMatchObject({destination: expected, route: 'routes[0]', status: 'done'});
  });

  test('is not used during a silence, and only the record has the muted reaction', async () => {
    const silence = '\nsilences: [{match: {}, until: 9999-01-01T00:00Z, owner: jane, reason: freeze}]';
    const {outputs} = await reactIn('payments', silence);
    expect(slack.requests).toHaveLength(0);
    expect(outputs.get('outcome')).toBe('nothing');
    expect([outputs.get('rule'), outputs.get('severity')]).toEqual(['', '']);
    expect(JSON.parse(outputs.get('reactions') ?? '[]')).toEqual([
      {
        change: expect.any(String),
        rule: 'rule-1',
        kind: 'notification',
        status: 'skipped',
        detail: 'muted by silences[0] of jane: freeze, until 9999-01-01T00:00Z',
        destination: 'payments',
        route: 'routes[0]',
      },
    ]);
  });
});
