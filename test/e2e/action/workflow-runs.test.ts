/** Runs the workflows that users copy with act, against a local Slack: the whole files, including their expressions. */
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {hasAct, runWithAct} from '../../helpers/processes/act.ts';
import {startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {addIssues} from '../../helpers/values/issues.ts';

const WORKFLOW = 'port-reactor.yml';
const HEALTH_RULE = `version: 1
rules:
  - { name: health-changed, blueprint: deploymentConfig, property: healthStatus, notify: true }
`;
const files = {'.github/port-reactor.yml': HEALTH_RULE};

const change = {
  id: 'r_1',
  source: 'automation',
  action: 'UPDATE',
  blueprint: 'deploymentConfig',
  entity: 'checkout-prod',
  title: 'Checkout $(touch hacked) `touch hacked`',
  team: [],
  at: new Date(Date.now() - 60_000).toISOString(), // old changes get no reaction
  by: {},
  origin: 'UI',
  before: {properties: {healthStatus: 'Healthy'}, relations: {}},
  after: {properties: {healthStatus: 'Degraded'}, relations: {}},
};
const payload = {version: 1, title: 'checkout-prod: healthStatus Healthy → Degraded', partition: 3, partitions: 4};

const describeWithAct = hasAct ? describe : describe.skip;

describeWithAct(`the shipped workflows${hasAct ? '' : ' (skipped: act is not installed)'}`, () => {
  let slack: SlackServer;
  beforeAll(async () => {
    slack = await startSlackServer();
  });
  afterAll(() => slack.close());

  const postsOf = async (eventName: 'repository_dispatch' | 'workflow_dispatch', event: unknown) => {
    const before = slack.messages.length;
    const github = await startMemoryGitHub('acme/operations');
    const run = await runWithAct({
      ...{workflow: WORKFLOW, eventName, event, files},
      env: {GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: github.graphqlUrl},
      secrets: {SLACK_WEBHOOK_URL: slack.webhook(), GITHUB_TOKEN: 'ghs_token'},
    });
    await github.close();
    return {run, messages: slack.messages.slice(before)};
  };

  test('repository_dispatch: posts a message, succeeds and uploads the decision record', async () => {
    const event = {action: 'port-catalog-change', client_payload: {...payload, changes: [change]}};
    const {run, messages} = await postsOf('repository_dispatch', event);
    expect({exitCode: run.exitCode, log: run.exitCode === 0 ? '' : run.log}).toEqual({exitCode: 0, log: ''});
    expect(messages.map(({body}) => body)).toEqual([expect.stringContaining('Degraded')]);
    expect(JSON.parse(run.artifacts['decisions'] ?? '')).toMatchObject({
      change: {id: 'r_1'},
      reactions: [{rule: 'health-changed', status: 'done'}],
    });
  }, 60_000);

  test('workflow_dispatch: uses the event of the input', async () => {
    const event = JSON.stringify({...payload, changes: [change]});
    const {run, messages} = await postsOf('workflow_dispatch', {inputs: {event, 'dry-run': 'false'}});
    expect({exitCode: run.exitCode, log: run.exitCode === 0 ? '' : run.log}).toEqual({exitCode: 0, log: ''});
    expect(messages).toHaveLength(1);
  }, 60_000);

  test('workflow_dispatch with dry-run: posts nothing', async () => {
    const event = JSON.stringify({...payload, changes: [change]});
    const {run, messages} = await postsOf('workflow_dispatch', {inputs: {event, 'dry-run': 'true'}});
    expect(run.exitCode).toBe(0);
    expect(messages).toEqual([]);
  }, 60_000);

  describe('the command workflow', () => {
    const command = async (title: string) => {
      const github = await startMemoryGitHub('acme/operations');
      const issues = addIssues(github);
      issues.permissions.set('jane', {permission: 'write'});
      const body = '### Incident\n\nAAAAAA\n\n### Do\n\nsilence\n\n### Until\n\n4h\n\n### Reason\n\n$(touch hacked)';
      const {exitCode, log} = await runWithAct({
        ...{workflow: 'port-reactor-command.yml', eventName: 'issues', files},
        event: {action: 'opened', issue: {number: 7, title, body, user: {login: 'jane'}}},
        env: {GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: github.graphqlUrl},
        secrets: {GITHUB_TOKEN: 'ghs_token'},
      });
      await github.close();
      return {exitCode, log: exitCode === 0 ? '' : log, ...issues};
    };

    test('answers, closes and locks an issue of the form', async () => {
      const {exitCode, log, comment, done} = await command('Port Reactor: incident AAAAAA $(touch hacked)');
      expect({exitCode, log, done}).toEqual({exitCode: 0, log: '', done: ['comment', 'close not_planned', 'lock']});
      expect(comment).toContain('no incident AAAAAA');
    }, 60_000);

    test('does not change another issue', async () => {
      expect(await command('Bug: incident AAAAAA')).toMatchObject({exitCode: 0, done: []});
    }, 60_000);
  });

  test('the lint workflow: passes for the sample files, and fails for a mistake', async () => {
    const lint = {
      workflow: 'port-reactor-lint.yml',
      eventName: 'pull_request',
      event: {pull_request: {number: 7}},
    } as const;
    const good = await runWithAct(lint);
    expect({exitCode: good.exitCode, log: good.exitCode === 0 ? '' : good.log}).toEqual({exitCode: 0, log: ''});
    const bad = await runWithAct({
      ...lint,
      files: {'.github/port-reactor.yml': HEALTH_RULE.replace('notify', 'notfiy')},
    });
    expect(bad.exitCode).toBe(1);
    expect(bad.log).toContain('notfiy');
  }, 60_000);
});
