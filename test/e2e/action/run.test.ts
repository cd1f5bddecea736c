/** The action end to end, started as by GitHub's runner, against local servers. At least one test of each kind runs the built action. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {DecisionRecord} from '../../../src/report/decision-record-schema.ts';
import {type ActionOptions, type ActionRun, runAction, startAction} from '../../helpers/processes/run-action.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import {startGitHubServer} from '../../helpers/servers/github-server.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {readMrkdwn, type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {aChange} from '../../helpers/values/changes.ts';
import {portBody} from '../../helpers/values/fixtures.ts';
import {aHostileChange, HOSTILE} from '../../helpers/values/hostile.ts';
import {rulesFile} from '../../helpers/values/plans.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';

const SCRIPT = '#!/usr/bin/env bash\n';

let slack: SlackServer;
let port: PortServer;

beforeEach(async () => {
  slack = await startSlackServer();
  port = await startPortServer();
});
afterEach(() => Promise.all([slack.close(), port.close()]));

const payloadOf = (...changes: unknown[]) => ({version: 1, title: 'title', partition: 3, changes});
const dispatchOf = (...changes: unknown[]) => ({action: 'port-catalog-change', client_payload: payloadOf(...changes)});

/** Runs the action with a Slack webhook, and checks its output with `expectOnlyOwnCommands`. */
async function run({inputs, ...options}: ActionOptions = {}): Promise<ActionRun> {
  const result = await runAction({
    rules: rulesFile(),
    event: dispatchOf(aChange()),
    ...options,
    inputs: {'slack-webhook-url': slack.webhook(), ...inputs},
  });
  expectOnlyOwnCommands(result);
  return result;
}

/** Expects only our own workflow commands, an empty stderr and no secret outside of a mask. */
function expectOnlyOwnCommands({log, stdout, stderr}: ActionRun): void {
  const ours = ['add-mask', 'debug', 'error', 'warning', 'group', 'endgroup'];
  expect(log.commands.filter(({name}) => !ours.includes(name))).toEqual([]);
  expect(log.isStopped).toBe(false);
  expect(stderr).toBe('');
  const unmasked = stdout.replace(/^::add-mask::.*$/gm, '');
  expect(unmasked).not.toContain('/services/');
  expect(unmasked).not.toContain('ghs_the-token-of-the-job');
}

const portInputs = () => ({
  'port-client-id': port.credentials.clientId,
  'port-client-secret': port.credentials.clientSecret,
  'port-api-url': port.url,
});

const errorsOf = ({log}: ActionRun) => log.commands.filter(({name}) => name === 'error');

test('reacts to a dispatch with one message, one script run, a closed run in Port and a decision record', async () => {
  const portRun = port.startRun('r_1');
  port.blueprints.set('deploymentConfig', {});
  port.entities.set('deploymentConfig/notification-service-prod', {properties: {healthStatus: 'Degraded'}});
  const result = await run({
    isBuilt: true,
    rules: rulesFile([
      'to: Degraded, severity: critical, notify: true, remediate: {run: bin/fix.sh}',
      'to: Crashed, notify: true',
    ]),
    scripts: {'bin/fix.sh': `${SCRIPT}echo "scaling $REACTOR_ENTITY from $REACTOR_FROM to $REACTOR_TO"\n`},
    event: dispatchOf(aChange({runId: 'r_1'})),
    inputs: portInputs(),
  });
  expect(result.exitCode).toBe(0);
  expect(slack.messages.map(({text}) => text)).toEqual([
    expect.stringMatching(
      /^Critical: Notification Service Production \(deploymentConfig\): healthStatus Healthy → Degraded/,
    ),
    expect.stringMatching(/^Remediation done: Notification Service Production: bin\/fix\.sh ended with exit code 0$/),
  ]);
  expect(result.log.stopped).toEqual(['scaling notification-service-prod from Healthy to Degraded']);
  expect(portRun).toMatchObject({status: 'SUCCESS', link: 'https://github.com/acme/ops/actions/runs/42'});
  expect(result.outputs).toMatchObject({
    outcome: 'reacted',
    remediations: '[]',
    'remediations-by-job': '{}',
    rule: 'rule-1',
    entity: 'notification-service-prod',
    blueprint: 'deploymentConfig',
    property: 'healthStatus',
    from: 'Healthy',
    to: 'Degraded',
    severity: 'critical',
  });
  expect(JSON.parse(result.outputs['reactions'] ?? '')).toMatchObject([
    {change: 'r_1', rule: 'rule-1', kind: 'notification', status: 'done'},
    {change: 'r_1', rule: 'rule-1', kind: 'remediation', status: 'done', run: 'bin/fix.sh', exitCode: 0},
  ]);
  const [record] = result.decisions.map(line => DecisionRecord.parse(line));
  expect(record?.rules.map(({matched}) => matched)).toEqual([true, false]);
  expect(result.summary).toContain('Port Reactor: reacted');
  expect(result.log.lines).toContain('rule-1: notification done: posted to default');
});

test('decides a packed payload like a plain one', async () => {
  const changes = [aChange({runId: 'r_1'}), aChange({runId: 'r_2', entity: 'other', from: 'Crashed', to: 'Healthy'})];
  const packed = gzipSync(JSON.stringify(changes)).toString('base64');
  const result = await run({
    rules: rulesFile(['to: Degraded, notify: true']),
    event: {client_payload: {version: 1, title: '', partition: 0, partitions: 4, packed, count: 2}},
  });
  expect(result.exitCode).toBe(0);
  expect(result.decisions.map(line => DecisionRecord.parse(line).change.id)).toEqual(['r_1', 'r_2']);
  expect(slack.messages).toHaveLength(1);
});

test('fails the step with the reason if a packed payload was truncated in transit', async () => {
  const packed = gzipSync(JSON.stringify([aChange()])).toString('base64');
  const payload = {version: 1, title: '', partition: 0, partitions: 4, packed, count: 2};
  const result = await run({event: {client_payload: payload}});
  expect(result.exitCode).toBe(1);
  expect(errorsOf(result).map(({data}) => data)).toEqual([
    expect.stringMatching(/client_payload\.count: is 2, but packed contains 1 change/),
  ]);
});

test('sends each destination the messages that are routed to it', async () => {
  const result = await run({
    rules: rulesFile(['notify: true', 'notify: {slack: payments}']),
    inputs: {'slack-webhooks': `payments=${slack.webhook('payments')}`},
  });
  expect(result.exitCode).toBe(0);
  expect(slack.messages.map(({webhook}) => webhook).sort()).toEqual(['default', 'payments']);
});

describe('the input `event` accepts', () => {
  test.each([
    'automation-update',
    'automation-event',
    'automation-whole',
    'automation-port',
    'changelog-update',
    'github-inputs',
    'github-port-payload',
    'agent-automation',
    'audit-update',
  ])('%s', async name => {
    const result = await run({event: {}, inputs: {event: JSON.stringify(portBody(name))}});
    expect(result.exitCode).toBe(0);
    expect(result.outputs).toMatchObject({
      outcome: 'reacted',
      entity: 'notification-service-prod',
      from: 'Healthy',
      to: 'Degraded',
    });
    expect(slack.messages).toHaveLength(1);
  });
});

describe('does not react', () => {
  test.each<[string, ActionOptions]>([
    ['if the value did not change', {event: dispatchOf(aChange({from: 'Healthy', to: 'Healthy'}))}],
    ['if no rule matches', {rules: rulesFile(['to: Crashed, notify: true'])}],
    ['if no rule watches the blueprint', {event: dispatchOf(aChange({blueprint: 'other'}))}],
  ])('%s, and records the reason', async (_name, options) => {
    const result = await run(options);
    expect(result).toMatchObject({exitCode: 0, outputs: {outcome: 'nothing', reactions: '[]'}});
    expect(slack.requests).toEqual([]);
    const [record] = result.decisions.map(line => DecisionRecord.parse(line));
    expect(record?.rules).toMatchObject([{rule: 'rule-1', matched: false, reason: expect.stringMatching(/\w/)}]);
  });

  test('if the event is not a change', async () => {
    const result = await run({event: {}, inputs: {event: JSON.stringify(portBody('run-event'))}});
    expect(result).toMatchObject({exitCode: 0, outputs: {outcome: 'nothing'}, decisions: []});
    expect(result.log.lines[0]).toMatch(/^No decision is needed. The message is an event about a run/);
    expect(result.summary).toContain('an event about a run');
  });

  test('in a dry run, and shows the planned reactions', async () => {
    const result = await run({
      rules: rulesFile(['notify: true, remediate: {run: fix.sh}']),
      scripts: {'fix.sh': `${SCRIPT}touch ran\n`},
      event: dispatchOf(aChange({runId: 'r_1'})),
      inputs: {...portInputs(), 'dry-run': 'true'},
    });
    expect(result).toMatchObject({exitCode: 0, outputs: {outcome: 'dry-run'}});
    expect(JSON.parse(result.outputs['reactions'] ?? '')).toMatchObject([{status: 'planned'}, {status: 'planned'}]);
    expect(result.summary).toContain('The Slack message');
    expect([...slack.requests, ...port.requests]).toEqual([]);
  });
});

test('reacts once to a change that appears twice in a batch', async () => {
  const change = aChange();
  const result = await run({event: dispatchOf(change, change, aChange({entity: 'other'}))});
  expect(result.outputs['outcome']).toBe('reacted');
  expect(result.decisions).toHaveLength(2);
  expect(slack.messages).toHaveLength(1);
  expect(slack.messages[0]?.text).toMatch(/^2 changes/);
});

describe('the step fails', () => {
  test('if Slack is down, and the summary contains the message', async () => {
    const portRun = port.startRun('r_1');
    const url = slack.webhook();
    await slack.close();
    const result = await run({
      event: dispatchOf(aChange({runId: 'r_1'})),
      inputs: {...portInputs(), 'slack-webhook-url': url},
    });
    expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed'}});
    expect(result.summary).toContain('The Slack message');
    expect(result.summary).toContain('ECONNREFUSED');
    expect(errorsOf(result)[0]?.data).toMatch(
      /^notification-service-prod: rule-1: notification failed: Slack could not be reached/,
    );
    expect(portRun.status).toBe('FAILURE');
  });

  test('if the webhook is missing, and the error names the input', async () => {
    const result = await run({inputs: {'slack-webhook-url': ''}});
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result)[0]?.data).toContain('Set the input `slack-webhook-url`');
  });

  test.each([
    ['fails', 'echo "no cluster" >&2; exit 3', '5m', 'ended with exit code 3'],
    ['hangs', 'echo "no cluster"; sleep 300', '1s', 'was stopped after 1.0 s, its time limit'],
  ])('if a script %s, and Slack gets a message', async (_name, lines, timeout, detail) => {
    const result = await run({
      rules: rulesFile([`remediate: {run: fix.sh, timeout: ${timeout}}`]),
      scripts: {'fix.sh': `${SCRIPT}${lines}\n`},
    });
    expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed'}});
    expect(slack.messages).toHaveLength(1);
    expect(slack.messages[0]?.text).toBe(`Remediation failed: Notification Service Production: fix.sh ${detail}`);
    expect(slack.messages[0]?.body).toContain('no cluster');
    expect(errorsOf(result)[0]?.data).toBe(`notification-service-prod: rule-1: remediation failed: fix.sh ${detail}`);
  });

  test('if rules have mistakes, which are annotated and reported in Slack', async () => {
    const result = await run({
      isBuilt: true,
      rules: rulesFile(['propertty: x, notify: true', 'remediate: {run: missing.sh}']),
    });
    expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed', remediations: '[]'}});
    expect(JSON.parse(result.outputs['reactions'] ?? '')).toEqual([
      expect.objectContaining({kind: 'remediation', run: 'missing.sh', status: 'failed'}),
    ]);
    expect(errorsOf(result).map(({properties}) => properties)).toEqual([
      'title=Port Reactor,file=.github/port-reactor.yml,line=3,col=73',
      expect.stringMatching(/^title=Port Reactor,file=\.github\/port-reactor\.yml,line=4,col=\d+$/),
      'title=Port Reactor%3A remediation failed',
      '',
    ]);
    expect(result.summary).toContain('propertty');
    expect(slack.messages.map(({text}) => text).toSorted()).toEqual([
      expect.stringMatching(/^Remediation failed: .*missing\.sh/),
      expect.stringMatching(
        /^Your rules are broken: \.github\/port-reactor\.yml:3:73: .*propertty.*, and 1 more mistake$/,
      ),
    ]);
  });

  test('if one rule and one destination have mistakes, but the others are still applied', async () => {
    const broken = ['notfy: true', 'remediate: {run: gone.sh}'];
    const good = ['notify: true', 'severity: critical, notify: {slack: ops}', 'remediate: {job: cordon}'];
    const result = await run({
      rules: rulesFile([...broken, ...good, 'remediate: {job: teardown}, to: Crashed'], 'routes: [{slak: x}]'),
      inputs: {'slack-webhooks': `payments=\nops=${slack.webhook('ops')}`},
    });
    expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed', rule: 'rule-4', severity: 'critical'}});
    const byJob = JSON.parse(result.outputs['remediations-by-job'] ?? '') as Record<string, unknown[]>;
    expect(Object.entries(byJob).map(([job, items]) => [job, items.length])).toEqual([['cordon', 1]]);
    expect(slack.messages.map(({webhook, text}) => [webhook, /^Your rules are broken/.test(text)]).toSorted()).toEqual([
      ['default', false],
      ['default', false], // the remediation with gone.sh, which does not exist
      ['default', true],
      ['ops', false],
    ]);
    expect(slack.messages.find(({text}) => text.startsWith('Your rules'))?.body).toMatch(
      /slack-webhooks: line 1 \("payments"\)[\s\S]*yml:2:\d+: [\s\S]*yml:4:\d+: [\s\S]*yml:5:\d+: /,
    );
  });

  test('if there are no rules, and the error shows the fix', async () => {
    const github = await startGitHubServer();
    const result = await runAction({
      event: dispatchOf(aChange()),
      env: {GITHUB_API_URL: github.url},
      inputs: {'slack-webhook-url': slack.webhook()},
    });
    await github.close();
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result)[0]?.data).toMatch(
      /^The rules file \.github\/port-reactor\.yml can't be read: .*committed to the default branch/,
    );
    expect(slack.messages.map(({text}) => text)).toEqual([
      expect.stringMatching(/^Your rules are broken: The rules file .* can't be read: /),
    ]);
  });

  test('if there is no event', async () => {
    const result = await run({isBuilt: true, event: {ref: 'refs/heads/main'}});
    expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed'}});
    expect(errorsOf(result).map(({data}) => data)).toEqual([expect.stringMatching(/^The event is missing: /)]);
    expect(slack.requests).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ['the shape of the event is not known', {client_payload: {hello: 'world'}}, /context: must be an object/],
    ['a change has no entity', dispatchOf({...aChange(), entity: 5}), /client_payload\.changes\.0\.entity/],
  ])('if %s, and Slack gets the reason', async (_name, event, message) => {
    const result = await run({event});
    expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed'}});
    expect(errorsOf(result).map(({data}) => data)).toEqual([expect.stringMatching(message)]);
    expect(slack.messages.map(({text}) => text)).toEqual([expect.stringMatching(message)]);
  });
});

test('reads the rules from GitHub without a checkout', async () => {
  const github = await startGitHubServer();
  github.files.set('.github/port-reactor.yml', rulesFile());
  const result = await runAction({
    isBuilt: true,
    event: dispatchOf(aChange()),
    env: {GITHUB_API_URL: github.url},
    inputs: {'slack-webhook-url': slack.webhook()},
  });
  await github.close();
  expect(result).toMatchObject({exitCode: 0, outputs: {outcome: 'reacted'}});
  expect(slack.messages).toHaveLength(1);
});

describe('hostile text', () => {
  test('from the catalog is escaped for the shell, the log, the outputs, the summary and Slack', async () => {
    const action = await startAction({
      rules: rulesFile(['notify: true, remediate: {run: fix.sh}', 'remediate: {job: scale}']),
      scripts: {
        'fix.sh': `${SCRIPT}printf '%s' "$REACTOR_ENTITY" | tee entity\ncp "$REACTOR_CHANGE_PATH" change.json\n`,
      },
      event: dispatchOf(aHostileChange()),
      inputs: {'slack-webhook-url': slack.webhook()},
    });
    const result = await action.finished;
    const read = (name: string) => readFileSync(join(action.workspace, name), 'utf8');
    expectOnlyOwnCommands(result);
    expect(result.exitCode).toBe(0);
    expect(read('entity')).toBe(HOSTILE);
    expect(JSON.parse(read('change.json'))).toEqual(aHostileChange());
    expect(existsSync(join(action.workspace, 'pwned'))).toBe(false);
    expect(result.outputs).toMatchObject({outcome: 'reacted', entity: HOSTILE, from: HOSTILE, to: `${HOSTILE}!`});
    expect(JSON.parse(result.outputs['remediations'] ?? '')).toMatchObject([{entity: HOSTILE, title: HOSTILE}]);
    expect(result.decisions[0]).toMatchObject({change: {entity: HOSTILE}});
    expect(
      result.summary.replace(/<\/?(h2|h3|p|pre|code|table|tr|th|td|details|summary|br)( open)?>/g, ''),
    ).not.toMatch(/[<>`]/);
    expect(slack.messages).toHaveLength(2);
    for (const {text, body} of slack.messages) {
      expect(readMrkdwn(text)).toEqual({mentions: [], links: [], broken: []});
      expect(readMrkdwn(body)).toMatchObject({mentions: [], broken: []});
    }
    await action.clean();
  });

  test('from a script cannot run workflow commands', async () => {
    const result = await run({
      rules: rulesFile(['remediate: {run: fix.sh}']),
      scripts: {
        'fix.sh': `${SCRIPT}echo '::set-output name=outcome::pwned'; echo 'x ##[add-mask]e'; printf '::error::no'\n`,
      },
    });
    expect(result.log.stopped).toEqual(['::set-output name=outcome::pwned', 'x ##[add-mask]e', '::error::no']);
    expect(result.outputs['outcome']).toBe('reacted');
  });

  test('does not pass the secrets of the step to a script', async () => {
    const result = await run({
      isBuilt: true,
      rules: rulesFile(['remediate: {run: fix.sh, env: {MINE: "1"}, pass: [KUBECONFIG]}']),
      scripts: {'fix.sh': `${SCRIPT}env | sed 's/=.*//' | sort\n`},
      env: {KUBECONFIG: '/kube', GITHUB_TOKEN: 'ghs_x', AWS_SECRET_ACCESS_KEY: 'x', NODE_OPTIONS: '--no-warnings'},
    });
    expect(result.log.stopped.filter(name => !['_', 'PWD', 'SHLVL', 'OLDPWD'].includes(name))).toEqual([
      'CI',
      'GITHUB_ACTIONS',
      'GITHUB_REPOSITORY',
      'GITHUB_RUN_ID',
      'GITHUB_SERVER_URL',
      'GITHUB_SHA',
      'GITHUB_WORKSPACE',
      'HOME',
      'KUBECONFIG',
      'MINE',
      'PATH',
      'REACTOR_AT',
      'REACTOR_BLUEPRINT',
      'REACTOR_CHANGE_PATH',
      'REACTOR_ENTITY',
      'REACTOR_FROM',
      'REACTOR_PROPERTY',
      'REACTOR_RULE',
      'REACTOR_SCRIPT_ID',
      'REACTOR_TITLE',
      'REACTOR_TO',
      'RUNNER_OS',
      'RUNNER_TEMP',
    ]);
  });
});

describe('a run ends', () => {
  test('with its scripts if it is cancelled, and every report contains the reason', async () => {
    const action = await startAction({
      rules: rulesFile(['remediate: {run: fix.sh}']),
      scripts: {'fix.sh': `${SCRIPT}echo $$ > pid; sleep 300 & wait\n`},
      event: dispatchOf(aChange()),
      inputs: {'slack-webhook-url': slack.webhook()},
    });
    await eventually('the script runs', async () => existsSync(join(action.workspace, 'pid')));
    action.child.kill('SIGINT');
    const result = await action.finished;
    await action.clean();
    expectOnlyOwnCommands(result);
    expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed'}});
    expect(slack.messages[0]?.text).toMatch(/was stopped: the workflow run was cancelled$/);
  });

  /** The test above sends SIGINT. */
  test.each(TRIES_ALL ? (['SIGINT', 'SIGTERM'] as const) : (['SIGTERM'] as const))(
    'soon after %s during a post, and writes all reports',
    async signal => {
      slack.replyNext('hang');
      port.startRun('r_1');
      const action = await startAction({
        rules: rulesFile(['notify: true', 'remediate: {run: fix.sh}']),
        scripts: {'fix.sh': `${SCRIPT}echo fixed\n`},
        event: dispatchOf(aChange({runId: 'r_1'})),
        inputs: {
          'slack-webhook-url': slack.webhook(),
          'port-client-id': port.credentials.clientId,
          'port-client-secret': port.credentials.clientSecret,
          'port-api-url': port.url,
        },
      });
      await eventually('the post hangs', async () => slack.requests.length > 0);
      action.child.kill(signal);
      const result = await action.finished;
      await action.clean();
      expectOnlyOwnCommands(result);
      expect(result).toMatchObject({exitCode: 1, outputs: {outcome: 'failed'}});
      expect(result.summary).toContain('the workflow run was cancelled');
      expect(JSON.stringify(result.decisions)).toContain('the workflow run was cancelled');
      expect(port.runs.get('r_1')).toMatchObject({status: 'FAILURE'});
    },
  );

  test('even if something keeps the process alive, such as a connection through a silent proxy', async () => {
    const held = {isBuilt: true, env: {NODE_OPTIONS: '--import=data:text/javascript,setInterval(()=>{},1e6)'}};
    const [passed, failed] = await Promise.all([run(held), run({...held, event: {}})]);
    expect([passed.exitCode, failed.exitCode]).toEqual([0, 1]);
  });
});
