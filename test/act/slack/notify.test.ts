import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import type {Outcome} from '../../../src/act/outcome.ts';
import type {MessageContext} from '../../../src/act/slack/message/notification.ts';
import {type NotifyDeps, notify, notifyResults, planNotification} from '../../../src/act/slack/notify.ts';
import {createSlack} from '../../../src/act/slack/post/slack.ts';
import {fetch} from '../../../src/base/http/fetch.ts';
import type {Notification} from '../../../src/decide/plan.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {aChange} from '../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../helpers/values/plans.ts';

const context: MessageContext = {
  statuses: new Map(),
  runUrl: 'https://github.com/run/42',
  appUrl: 'https://app.port.io',
};
const ROUTES = 'routes: [{match: {rule: rule-2}, slack: payments}, {slack: default}]';

let slack: SlackServer;
let deps: NotifyDeps;
let sleeps: number[];

beforeEach(async () => {
  slack = await startSlackServer();
  sleeps = [];
  const destinations = new Map([
    ['default', {webhook: slack.webhook('default')}],
    ['payments', {webhook: slack.webhook('payments')}],
  ]);
  let clock = 0;
  const sleep = async (ms: number) => void sleeps.push(ms);
  deps = {destinations, slack: createSlack({fetch, sleep, now: () => 0}), now: () => (clock += 250)};
});
afterEach(() => slack.close());

function notifications(rules: readonly string[], rest = ''): readonly Notification[] {
  return planFor(rulesFile(rules, rest), [aChange(), aChange({entity: 'other'})]).plan.notifications;
}

function first(rules: readonly string[] = ['notify: true']): Notification {
  const [notification] = notifications(rules);
  if (notification === undefined) throw new Error('nothing to notify of');
  return notification;
}

describe('notify', () => {
  test('posts one message, and all of its matches share the outcome', async () => {
    const outcomes = await notify(first(), context, deps);
    expect(slack.messages).toHaveLength(1);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        kind: 'notification',
        status: 'done',
        detail: 'posted to default',
        destination: 'default',
        durationMs: 250,
        message: slack.messages[0]?.body,
      });
    }
  });

  test('posts to each destination that the rules route to', async () => {
    await Promise.all(notifications(['notify: true', 'notify: true'], ROUTES).map(one => notify(one, context, deps)));
    expect(slack.messages.map(({webhook}) => webhook).sort()).toEqual(['default', 'payments']);
  });

  test('returns why Slack refused, and the message that was not delivered', async () => {
    slack.replyNext({status: 403, body: 'action_prohibited'});
    const [outcome] = await notify(first(), context, deps);
    expect(outcome).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('Slack answered 403 "action_prohibited"'),
    });
    expect(outcome?.message).toContain('2 changes');
  });

  test.each([
    [
      'default',
      'notify: true',
      [],
      'no Slack destination "default" is configured. Set the input `slack-webhook-url` of the action\'s step. If it is set from a secret, the secret does not exist or is empty',
    ],
    [
      'payments',
      'notify: {slack: payments}',
      ['default', 'ops'],
      'no Slack destination "payments" is configured (configured: default, ops). Add `payments=…` to the input `slack-webhooks` of the action\'s step. If it is set from a secret, the secret does not exist or is empty',
    ],
  ])('without the destination %s fails, and names the input', async (_name, rule, known, detail) => {
    const destinations = new Map(known.map(name => [name, {webhook: slack.webhook(name)}]));
    const [outcome] = await notify(first([rule]), context, {...deps, destinations});
    expect(outcome).toMatchObject({status: 'failed', detail});
    expect(slack.requests).toHaveLength(0);
  });
});

test('planNotification returns what would be posted, and posts nothing', () => {
  expect(planNotification(first(), context, new Map([['default', {webhook: 'https://slack.test'}]]))[0]).toMatchObject({
    status: 'planned',
    detail: 'would be posted to default',
    message: expect.stringContaining('2 changes'),
  });
  expect(slack.requests).toHaveLength(0);
});

describe('notifyResults', () => {
  const results = (rest = ''): Outcome[] =>
    planFor(rulesFile(['remediate: {run: a.sh}', 'remediate: {run: b.sh}'], rest), [aChange()]).plan.remediations.map(
      ({match, run}) => ({match, kind: 'remediation', status: 'done', run, detail: 'ended with exit code 0'}),
    );

  test('posts to each destination only its own results', async () => {
    await expect(notifyResults({results: results(ROUTES), runUrl: 'https://github.com/run/42'}, deps)).resolves.toEqual(
      [],
    );
    expect(slack.messages.map(({webhook, text}) => [webhook, text]).sort()).toEqual([
      ['default', 'Remediation done: Notification Service Production: a.sh ended with exit code 0'],
      ['payments', 'Remediation done: Notification Service Production: b.sh ended with exit code 0'],
    ]);
  });

  test('posts to all destinations of a match', async () => {
    const both = 'routes: [{slack: [default, payments]}]';
    await notifyResults({results: results(both), runUrl: 'https://github.com/run/42'}, deps);
    expect(slack.messages.map(({webhook, text}) => [webhook, text])).toEqual([
      ['default', expect.stringMatching(/^2 remediations/)],
      ['payments', expect.stringMatching(/^2 remediations/)],
    ]);
  });

  test('posts nothing without a destination or a result', async () => {
    const quiet = {...deps, destinations: new Map<string, never>()};
    await expect(notifyResults({results: results(), runUrl: 'https://github.com/run/42'}, quiet)).resolves.toEqual([]);
    await expect(notifyResults({results: [], runUrl: 'https://github.com/run/42'}, deps)).resolves.toEqual([]);
    expect(slack.requests).toHaveLength(0);
  });

  test('returns failed notifications if Slack refuses', async () => {
    slack.replyNext({status: 404, body: 'no_service'});
    const failures = await notifyResults({results: results(), runUrl: 'https://github.com/run/42'}, deps);
    expect(failures).toHaveLength(2);
    expect(failures[0]).toMatchObject({
      kind: 'notification',
      status: 'failed',
      detail: expect.stringMatching(/^the result of the remediation could not be posted: Slack answered 404/),
      message: expect.stringContaining('REMEDIATION DONE'),
    });
  });
});
