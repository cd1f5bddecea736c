import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {type ActDeps, act, plannedOutcomes} from '../../src/act/act.ts';
import {itemsByJob, jobItems} from '../../src/act/script/hand-over.ts';
import type {MessageContext} from '../../src/act/slack/message/notification.ts';
import {createSlack} from '../../src/act/slack/post/slack.ts';
import {fetch} from '../../src/base/http/fetch.ts';
import {readRun} from '../../src/base/run.ts';
import type {PortClient} from '../../src/clients/port.ts';
import {eventually, temporaryDirectory, writeExecutable} from '../helpers/processes/run-script.ts';
import {type SlackServer, startSlackServer} from '../helpers/servers/slack-server.ts';
import {aChange} from '../helpers/values/changes.ts';
import {planFor, rulesFile} from '../helpers/values/plans.ts';

const context: MessageContext = {
  statuses: new Map(),
  runUrl: 'https://github.com/run/42',
  appUrl: 'https://app.port.io',
};
const ALL = ['notify: true, remediate: {run: fix.sh}', 'severity: warning, remediate: {job: scale}'];

let slack: SlackServer;
let workspace: string;
let remove: () => Promise<void>;
let deps: ActDeps;

beforeEach(async () => {
  slack = await startSlackServer();
  ({path: workspace, remove} = await temporaryDirectory());
  await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\necho fixed\n');
  deps = {
    destinations: new Map([['default', {webhook: slack.webhook()}]]),
    slack: createSlack({fetch, sleep: async () => {}, now: Date.now}),
    port: undefined,
    run: readRun({GITHUB_WORKSPACE: workspace, RUNNER_TEMP: join(workspace, 'temp')}),
    env: {PATH: process.env['PATH']},
    secrets: [],
    mask: () => {},
    cancelled: new AbortController().signal,
    write: () => {},
    now: Date.now,
  };
});
afterEach(async () => {
  await slack.close();
  await remove();
});

function planned(rules = ALL) {
  return planFor(rulesFile(rules), [aChange()]).plan;
}

describe('act', () => {
  test('notifies, remediates, hands over, and reports the result to Slack', async () => {
    const outcomes = await act(planned(), context, deps);
    expect(outcomes.map(({kind, status, detail}) => [kind, status, detail])).toEqual([
      ['notification', 'done', 'posted to default'],
      ['remediation', 'done', 'ended with exit code 0'],
      ['remediation', 'done', 'handed to the job scale'],
    ]);
    expect(slack.messages.map(({text}) => text)).toEqual([
      expect.stringMatching(/^Info: Notification Service Production/),
      expect.stringMatching(/^Remediation done: /),
    ]);
    expect(slack.messages[1]?.body).toContain('fixed');
  });

  test('a muted message is reported as skipped, and the result of the remediation is not sent', async () => {
    const silence = 'silences: [{match: {}, until: 2027-01-01T00:00Z, owner: jane, reason: freeze}]';
    const {plan} = planFor(rulesFile(ALL, silence), [aChange()], {nowMs: Date.UTC(2026, 11, 1)});
    const outcomes = await act(plan, context, deps);
    const muted = 'muted by silences[0] of jane: freeze, until 2027-01-01T00:00Z';
    expect(outcomes.map(({kind, status, detail, destination}) => [kind, status, detail, destination])).toEqual([
      ['remediation', 'done', 'ended with exit code 0', undefined],
      ['remediation', 'done', 'handed to the job scale', undefined],
      ['notification', 'skipped', muted, 'default'],
    ]);
    expect(slack.requests).toHaveLength(0);
  });

  test('does not run a muted remediation, also in a dry run', async () => {
    const window = 'mute: [{name: tuesdays, when: {days: tue}, zone: UTC, remediate: mute}]';
    const {plan} = planFor(rulesFile(ALL, window), [aChange()], {nowMs: Date.UTC(2026, 11, 1)});
    const muted = {status: 'skipped', detail: 'muted by tuesdays, until Wed 00:00 (UTC)'};
    const expected = [
      {kind: 'notification', destination: 'default', ...muted},
      {kind: 'remediation', run: 'fix.sh', ...muted},
      {kind: 'remediation', job: 'scale', ...muted},
    ];
    expect(await act(plan, context, deps)).toMatchObject(expected);
    expect(plannedOutcomes(plan, context, {destinations: deps.destinations, workspace})).toMatchObject(expected);
  });

  describe('the message about a remediation', () => {
    const RULES = [
      'notify: true, to: Degraded, remediate: {run: fix.sh}',
      'notify: true, to: Degraded, remediate: {job: scale}',
    ];
    const entityIs = (healthStatus: string) =>
      ({
        readEntity: async () => ({entity: {properties: {healthStatus}, relations: {}}, truncated: []}),
      }) as unknown as PortClient;
    const bodies = () => slack.messages.map(({body}) => body);

    test('shows that it is no longer needed', async () => {
      const outcomes = await act(planned(RULES), context, {...deps, port: entityIs('Healthy')});
      expect(bodies()[0]).toContain('`fix.sh` is not started: healthStatus is now Healthy, according to Port');
      expect(bodies()[0]).toContain('`scale` is not started: healthStatus is now Healthy, according to Port');
      expect(bodies()[0]).not.toMatch(/running|handed to/);
      expect(outcomes.filter(({kind}) => kind === 'remediation')).toMatchObject([
        {status: 'skipped', run: 'fix.sh', isUnstarted: true},
        {status: 'skipped', job: 'scale', isUnstarted: true},
      ]);
    });

    test('shows that it is still needed', async () => {
      const outcomes = await act(planned(RULES), context, {...deps, port: entityIs('Degraded')});
      expect(bodies()[0]).toContain('running `fix.sh`, result follows; handed to the job `scale`');
      expect(bodies()[0]).not.toContain('not checked');
      expect(JSON.stringify(jobItems(outcomes))).toContain('"unchecked":""');
    });

    test('shows that it was not checked', async () => {
      const outcomes = await act(planned(RULES), context, deps);
      const unchecked = 'the entity was not read again from Port: no Port credentials are set';
      expect(bodies()[0]).toContain(`handed to the job \`scale\`, not checked: ${unchecked}`);
      expect(jobItems(outcomes)).toMatchObject([{job: 'scale', unchecked}]);
      expect(itemsByJob(outcomes)).toMatchObject({scale: [{unchecked}]});
    });

    test('is sent while Port does not answer, and a second message has the result', async () => {
      let answer = () => {};
      const late = new Promise<void>(resolve => {
        answer = resolve;
      });
      const port = {
        readEntity: async () => {
          await late;
          return {entity: {properties: {healthStatus: 'Healthy'}, relations: {}}, truncated: []};
        },
      } as unknown as PortClient;
      const acting = act(planned(RULES), context, {...deps, port});
      await eventually('a message', async () => slack.messages.length);
      expect(bodies()[0]).toContain('`fix.sh` is waiting for a check in Port, result follows');
      answer();
      await acting;
      expect(bodies()[1]).toContain('`fix.sh` was not run: healthStatus is now Healthy');
      expect(bodies()[1]).toContain('Job `scale`: was not handed over: healthStatus is now Healthy');
    });
  });

  test('a refusal of Slack does not stop a remediation, and a failed remediation is reported to Slack', async () => {
    slack.replyNext({status: 404, body: 'no_service'});
    await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\nexit 3\n');
    const outcomes = await act(planned(), context, deps);
    expect(outcomes.map(({kind, status}) => [kind, status])).toEqual([
      ['notification', 'failed'],
      ['remediation', 'failed'],
      ['remediation', 'done'],
    ]);
    expect(slack.messages.map(({text}) => text)).toEqual([
      expect.stringMatching(/^Remediation failed: .*exit code 3$/),
    ]);
  });

  test('does not wait for Slack before it starts a script', async () => {
    let release = () => {};
    const ran = new Promise<void>(resolve => {
      release = resolve;
    });
    slack.replyNext({status: 429, headers: {'retry-after': '30'}});
    const waiting = createSlack({fetch, sleep: () => ran, now: Date.now});
    await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\necho ran\n');
    const outcomes = await act(planned(), context, {
      ...deps,
      slack: waiting,
      write: text => text === 'ran\n' && release(),
    });
    expect(outcomes.map(({status}) => status)).toEqual(['done', 'done', 'done']);
  });

  test('a result that could not be posted is a separate failure', async () => {
    const outcomes = await act(planned(['remediate: {run: fix.sh}']), context, {
      ...deps,
      destinations: new Map([['default', {webhook: `${slack.url}/services/gone`}]]),
    });
    expect(outcomes.map(({kind, status}) => [kind, status])).toEqual([
      ['remediation', 'done'],
      ['notification', 'failed'],
    ]);
  });

  test('does nothing if there is no match', async () => {
    await expect(act(planFor(rulesFile(), []).plan, context, deps)).resolves.toEqual([]);
  });
});

test('the preview shows what act would do', async () => {
  await writeExecutable(join(workspace, 'fix.sh'), '#!/bin/sh\n');
  expect(
    plannedOutcomes(planned(), context, {destinations: deps.destinations, workspace}).map(
      ({kind, status, detail, run, job}) => [kind, status, detail, run ?? job],
    ),
  ).toEqual([
    ['notification', 'planned', 'would be posted to default', undefined],
    ['remediation', 'planned', 'would be run', 'fix.sh'],
    ['remediation', 'planned', 'would be handed to the job scale', 'scale'],
  ]);
  expect(slack.requests).toEqual([]);
});
