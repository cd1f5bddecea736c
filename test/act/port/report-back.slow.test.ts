import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import type {Outcome} from '../../../src/act/outcome.ts';
import {reportBack} from '../../../src/act/port/report-back.ts';
import {fetch} from '../../../src/base/http/fetch.ts';
import type {Change} from '../../../src/change/change.ts';
import {createPortClient, type PortClient} from '../../../src/clients/port.ts';
import {type PortReply, type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {aChange} from '../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../helpers/values/plans.ts';

const RUN_URL = 'https://github.com/acme/ops/actions/runs/42';

let port: PortServer;
let client: PortClient;
let now: () => number;

beforeEach(async () => {
  port = await startPortServer();
  now = () => 0;
  client = createPortClient(port.credentials, {fetch, sleep: async () => {}});
});
afterEach(() => port.close());

/** Decides on the changes, invents their outcomes, and reports them. */
function report(changes: readonly Change[], outcome: Partial<Outcome> = {}, rules = ['to: Degraded, notify: true']) {
  const {decisions, plan} = planFor(rulesFile([...rules, 'blueprint: database, notify: true']), changes);
  const matches = plan.notifications.flatMap(notification => notification.matches);
  const outcomes = matches.map(
    (match): Outcome => ({match, kind: 'notification', status: 'done', detail: 'posted to default', ...outcome}),
  );
  return reportBack({decisions, outcomes, errors: [], runUrl: RUN_URL}, {port: client, now});
}

const runs = (n: number) => Array.from({length: n}, (_, i) => aChange({entity: `e${i}`, runId: `r_${i}`}));

test('closes the run with the decision, its result and links', async () => {
  const run = port.startRun('r_1');
  await expect(report([aChange({runId: 'r_1'})])).resolves.toEqual([]);
  expect(run).toEqual({
    status: 'SUCCESS',
    link: RUN_URL,
    summary: '1 reaction: rule-1: notification done: posted to default',
    logs: ['matched: rule-1: healthStatus went from Healthy to Degraded\nrule-1: notification done: posted to default'],
  });
  expect(port.calls).toEqual(['POST /v1/actions/runs/r_1/logs', 'PATCH /v1/actions/runs/r_1?version=v2']);
  expect(Object.keys(port.requests.at(-1)?.json as object).at(-1)).toBe('status');
});

test('closes the run of a change without a reaction, with the reason', async () => {
  const run = port.startRun('r_1');
  await report([aChange({runId: 'r_1', to: 'Crashed'})]);
  expect(run).toMatchObject({
    status: 'SUCCESS',
    summary: 'No rule reacts to this change.',
    logs: ['no match: rule-1: healthStatus went to Crashed, not to Degraded'],
  });
});

test('reports that no rule watches the blueprint', async () => {
  const run = port.startRun('r_1');
  await report([aChange({runId: 'r_1', blueprint: 'other'})]);
  expect(run.logs).toEqual(['No rule watches this blueprint.']);
});

test('closes the run of a failed reaction as a failure, and the run of another change as a success', async () => {
  const [failed, fine] = [port.startRun('r_1'), port.startRun('r_2')];
  const changes = [aChange({runId: 'r_1', entity: 'a'}), aChange({runId: 'r_2', to: 'Crashed'})];
  await report(changes, {status: 'failed', detail: 'Slack answered 500'}, ['to: Degraded, notify: true']);
  expect(failed).toMatchObject({
    status: 'FAILURE',
    summary: 'rule-1: notification failed: Slack answered 500',
  });
  expect(fine.status).toBe('SUCCESS');
});

test('closes the run of a rule that could not be decided as a failure', async () => {
  const run = port.startRun('r_1');
  const truncated = ['before.properties.*', 'after.properties.*'];
  await report([aChange({runId: 'r_1', truncated})], {}, ['property: cpuUtil, above: 80, notify: true']);
  expect(run.status).toBe('FAILURE');
  expect(run.summary).toMatch(/^rule-1 could not be decided: cpuUtil is not known: it was removed from the payload/);
  expect(run.logs[0]).toMatch(/^undecided: rule-1: cpuUtil is not known/);
});

test('cuts long text, and shows that it was cut', async () => {
  const run = port.startRun('r_1');
  await report([aChange({runId: 'r_1'})], {detail: 'x'.repeat(50_000)});
  expect(run.summary?.length).toBe(1000);
  expect(run.logs[0]?.length).toBe(10_000);
  expect(run.logs[0]?.endsWith('…')).toBe(true);
});

test('closes each of many runs once', async () => {
  const all = runs(50).map(({runId = ''}) => port.startRun(runId));
  await expect(report(runs(50))).resolves.toEqual([]);
  expect(all.filter(({status}) => status === 'SUCCESS')).toHaveLength(50);
  expect(port.calls).toHaveLength(100);
});

test.each<[string, Partial<Change>]>([
  ['without a run', {}],
  ["of a workflow, which closes its run's node itself", {runId: 'wfnr_1', source: 'workflow'}],
])('sends no request to Port for a change %s', async (_name, change) => {
  await expect(report([aChange(change)])).resolves.toEqual([]);
  expect(port.requests).toEqual([]);
});

describe('the remarks', () => {
  test('omit a run that is already closed', async () => {
    port.startRun('r_1', {status: 'SUCCESS'});
    await expect(report([aChange({runId: 'r_1'})])).resolves.toEqual([]);
  });

  test('name each run that Port does not know', async () => {
    const remarks = await report(runs(8));
    expect(remarks).toHaveLength(8);
    expect(remarks[0]).toMatch(/^Port run r_\d could not be closed: Port answered 404 to PATCH /);
  });

  test('name a run that was closed without its log', async () => {
    const run = port.startRun('r_1');
    port.replyNext('POST /v1/actions/runs/r_1/logs', {status: 500});
    await expect(report([aChange({runId: 'r_1'})])).resolves.toEqual([
      expect.stringMatching(/^Port run r_1 was closed without its log: Port answered 500/),
    ]);
    expect(run.status).toBe('SUCCESS');
  });

  test('count all runs if Port cannot be reached, after a few attempts', async () => {
    await port.close();
    const remarks = await report(runs(500));
    expect(remarks.length).toBeLessThan(10);
    expect(remarks[0]).toMatch(/^Port run r_0 could not be closed: .*ECONNREFUSED/);
    expect(remarks.at(-1)).toMatch(/^49\d more Port runs could not be closed\.$/);
  });

  test.each<[string, PortReply]>([
    ['a reset', 'reset'],
    ['a truncated answer', 'cut'],
    ['500', {status: 500}],
    ['503', {status: 503}],
  ])('are empty after %s or two, because the status is sent again', async (_name, reply) => {
    const all = runs(40).map(({runId = ''}) => port.startRun(runId));
    for (const n of [0, 0, 3, 9, 17, 30]) port.replyNext(`PATCH /v1/actions/runs/r_${n}?`, reply);
    await expect(report(runs(40))).resolves.toEqual([]);
    expect(all.filter(({status}) => status !== 'SUCCESS')).toEqual([]);
  });

  test('omit a run that Port closed before its response was lost', async () => {
    const run = port.startRun('r_1');
    port.replyAll = ({method}) => {
      if (method !== 'PATCH') return undefined;
      port.replyAll = undefined;
      run.status = 'SUCCESS';
      return 'reset';
    };
    await expect(report([aChange({runId: 'r_1'})])).resolves.toEqual([]);
  });

  test('name only the runs that fail, if fewer than four fail in a row', async () => {
    const all = runs(60).map(({runId = ''}) => port.startRun(runId));
    port.replyAll = ({method, path}) => (method === 'PATCH' && /r_\d*0$/.test(path) ? {status: 500} : undefined);
    const remarks = await report(runs(60));
    expect(remarks).toHaveLength(6);
    expect(all.filter(({status}) => status === 'SUCCESS')).toHaveLength(54);
  });

  test('count the rest of the runs after a minute', async () => {
    for (const {runId = ''} of runs(40)) port.startRun(runId);
    let clock = 0;
    now = () => (clock += 5_000);
    const remarks = await report(runs(40));
    expect(remarks).toEqual([expect.stringMatching(/^\d\d more Port runs could not be closed\.$/)]);
  });

  test('count all runs if Port refuses the credentials', async () => {
    for (let i = 0; i < 100; i++)
      port.replyNext('POST /v1/auth', {status: 401, body: {ok: false, error: 'invalid_credentials'}});
    const remarks = await report(runs(500));
    expect(remarks.length).toBeLessThan(10);
    expect(remarks[0]).toContain('PORT_CLIENT_ID');
    expect(port.requests.length).toBeLessThan(10);
  });
});
