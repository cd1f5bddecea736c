import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {createLog} from '../../../relay/observe/log.ts';
import {RunCloser} from '../../../relay/port/close-runs.ts';
import {createPortRuns} from '../../../relay/port/port-runs.ts';
import type {Change} from '../../../src/change/change.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import type {Reply} from '../../helpers/servers/http-server.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {NOW, recordLog} from '../test-relay.ts';

let port: PortServer;
let runs: RunCloser;
let nowMs: number;
let logged: ReturnType<typeof recordLog>;
/** The number of simultaneous requests to Port. */
let mostAtOnce: number;
/** Ends the wait of `idle`. */
let wake: () => void;

beforeEach(async () => {
  port = await startPortServer();
  nowMs = NOW;
  mostAtOnce = 0;
  logged = recordLog();
  runs = aCloser(port.credentials);
});
afterEach(() => port.close());

function aCloser({clientId, clientSecret, apiUrl}: PortServer['credentials']): RunCloser {
  const client = createPortRuns(
    {clientId, apiUrl, secrets: [clientSecret]},
    {fetch: countAtOnce(), sleep: async () => {}},
  );
  const asleep = new Promise<void>(resolve => {
    wake = resolve;
  });
  return new RunCloser(client, {now: () => nowMs, sleep: () => asleep, log: createLog('debug', logged.sink)});
}

function countAtOnce(): typeof fetch {
  let atOnce = 0;
  return async (url, init) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    return fetch(url, init).finally(() => atOnce--);
  };
}

const warnings = () => logged.log.filter(({level}) => level === 'warn');
const ran = (n: number): Change => {
  port.startRun(`r_${n}`);
  return aChange({runId: `r_${n}`, entity: `e${n}`});
};

describe('the run of an ignored change', () => {
  test('is closed with the reason', async () => {
    runs.close(ran(1), 'degraded: healthStatus went to Restarting, not to Degraded');
    await runs.idle(1_000);
    expect(port.runs.get('r_1')).toEqual({
      status: 'SUCCESS',
      summary: 'Port Reactor: no rule reacts: degraded: healthStatus went to Restarting, not to Degraded',
      logs: [],
    });
    expect(runs.counts).toEqual({closed: 1, failed: 0, dropped: 0});
    expect(logged.log).toEqual([]);
  });

  test('is closed with one line of bounded length', async () => {
    runs.close(ran(1), `a\n\u202eb ${'x'.repeat(2000)}`);
    await runs.idle(1_000);
    expect(port.runs.get('r_1')?.summary).toMatch(/^Port Reactor: no rule reacts: a b x+…$/);
    expect(port.runs.get('r_1')?.summary?.length).toBeLessThan(550);
  });

  test('is not changed if it belongs to a workflow or does not exist', async () => {
    runs.close(aChange({runId: 'wfnr_1', source: 'workflow'}), 'no');
    runs.close(aChange({runId: 'r_1', source: 'changelog'}), 'no');
    runs.close(aChange(), 'no');
    await runs.idle(1_000);
    expect(port.requests).toHaveLength(0);
  });

  test('can already be closed', async () => {
    port.startRun('r_2', {status: 'FAILURE'});
    runs.close(aChange({runId: 'r_2'}), 'no');
    await runs.idle(1_000);
    expect(runs.counts).toEqual({closed: 1, failed: 0, dropped: 0});
  });
});

describe('in a storm', () => {
  test('at most four runs are closed at a time and 1,000 wait, and the rest stays open with one warning', async () => {
    let patches = 0;
    port.replyAll = ({method}) => (method === 'PATCH' && ++patches > 40 ? {status: 401} : undefined); // the rest can be dropped
    for (let n = 0; n < 2_000; n++) runs.close(ran(n), 'no');
    expect(runs.counts).toEqual({closed: 0, failed: 0, dropped: 1_000});
    expect(warnings()).toEqual([
      expect.objectContaining({
        msg: 'runs of ignored changes stay open in Port',
        reason: '1000 other runs are waiting',
        runs: 1,
      }),
    ]);
    await runs.idle(1_000);
    expect(mostAtOnce).toBe(4);
    const {closed, failed, dropped} = runs.counts;
    expect(closed).toBe(40);
    expect(closed + failed + dropped).toBe(2_000);
    expect([...port.runs.values()].filter(({status}) => status === 'SUCCESS')).toHaveLength(40);
  });

  test('the next warning is a minute later, and counts the unreported runs', async () => {
    let refuse = () => {};
    const refusal = new Promise<Reply>(resolve => {
      refuse = () => resolve({status: 401});
    });
    port.replyAll = () => refusal;
    for (let n = 0; n < 1_010; n++) runs.close(ran(n), 'no');
    nowMs += 60_000;
    runs.close(ran(2_000), 'no');
    expect(warnings().map(line => line['runs'])).toEqual([1, 10]);
    refuse();
    await runs.idle(1_000);
  });
});

describe('if Port fails', () => {
  test('a warning without a secret is logged, and the next run is closed', async () => {
    port.replyAll = ({method}) => (method === 'PATCH' ? {status: 500, body: {ok: false, message: 'sorry'}} : undefined); // also to each retry
    runs.close(ran(1), 'no');
    await runs.idle(1_000);
    port.replyAll = undefined;
    runs.close(ran(2), 'no');
    await runs.idle(1_000);
    expect(runs.counts).toEqual({closed: 1, failed: 1, dropped: 0});
    expect(warnings()).toEqual([
      expect.objectContaining({reason: expect.stringMatching(/answered 500.*sorry/), runs: 1}),
    ]);
    expect(JSON.stringify(logged.log)).not.toContain(port.credentials.clientSecret);
  });

  test('a warning is logged if Port cannot be reached', async () => {
    runs = aCloser({...port.credentials, apiUrl: 'http://127.0.0.1:1'});
    runs.close(ran(1), 'no');
    await runs.idle(1_000);
    expect(warnings()).toEqual([expect.objectContaining({reason: expect.stringMatching(/access_token failed/)})]);
  });

  test.each([
    ['accepts none of our secrets', {status: 401}, 60_000],
    ['limits', {status: 429, headers: {'retry-after': '90'}}, 90_000],
  ])('and %s, closing pauses', async (_name, reply, pauseMs) => {
    let asked = 0;
    port.replyAll = () => {
      asked++;
      return reply;
    };
    for (let n = 0; n < 20; n++) runs.close(ran(n), 'no');
    await runs.idle(1_000);
    const {failed, dropped} = runs.counts;
    expect(failed + dropped).toBe(20);
    expect(failed).toBeLessThanOrEqual(4);
    const askedThen = asked;
    nowMs += pauseMs - 1;
    runs.close(ran(21), 'no');
    await runs.idle(1_000);
    expect(asked).toBe(askedThen);
    port.replyAll = undefined;
    nowMs += 1;
    runs.close(ran(22), 'no');
    await runs.idle(1_000);
    expect(port.runs.get('r_22')?.status).toBe('SUCCESS');
  });
});

describe('idle', () => {
  test('waits for runs that are being closed', async () => {
    for (let n = 0; n < 20; n++) runs.close(ran(n), 'no');
    await runs.idle(1_000);
    expect(runs.counts.closed).toBe(20);
  });

  test('stops after its maximum time, and returns the number of open runs', async () => {
    let refuse = () => {};
    const refusal = new Promise<Reply>(resolve => {
      refuse = () => resolve({status: 401});
    });
    port.replyAll = () => refusal;
    for (let n = 0; n < 7; n++) runs.close(ran(n), 'no');
    const idle = runs.idle(1_000);
    wake();
    await idle;
    expect(warnings()).toEqual([expect.objectContaining({reason: 'the relay is shutting down', runs: 7})]);
    refuse();
    await eventually('nothing is left to do', async () => runs.counts.failed + runs.counts.dropped === 7);
  });
});
