/** The drill with fakes of the relay and GitHub, without real waits. */
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {parseChange} from '../../../src/change/event/parse-change.ts';
import {drill} from '../../../src/cli/doctor/drill/drill.ts';
import {createGitHubReader} from '../../../src/cli/doctor/github-api.ts';
import {type Reply, startServer, type TestServer} from '../../helpers/servers/http-server.ts';

const SENT = Date.parse('2026-11-20T12:28:18.477Z');
const at = (seconds: number) => new Date(SENT + seconds * 1000).toISOString();

interface Run {
  readonly id: number;
  readonly display_title: string;
  readonly status?: string;
  readonly conclusion?: string;
}

let relay: TestServer;
let github: TestServer;
let relayAnswer: Reply;
/** The runs that GitHub lists before and after the drill. `DRILL` is replaced by the id of the drill. */
let before: readonly Run[];
let after: readonly Run[];
let jobs: object[];
let runsAnswer: Reply | undefined;
let waits: number[];

beforeEach(async () => {
  relayAnswer = {status: 202, body: {status: 'dispatched', id: 'x'}};
  [before, after, jobs, runsAnswer, waits] = [[], [], [{status: 'completed', started_at: at(9)}], undefined, []];
  relay = await startServer(() => relayAnswer);
  github = await startServer(({path}) => {
    if (path.endsWith('/jobs')) return {status: 200, body: {jobs}};
    if (!path.endsWith('/actions/runs')) return {status: 404, body: {message: 'Not Found'}};
    return runsAnswer ?? {status: 200, body: {workflow_runs: listed()}};
  });
});
afterEach(() => Promise.all([relay.close(), github.close()]));

function listed(): object[] {
  const {entity = ''} = relay.requests.length === 0 ? {} : sent();
  const runs = relay.requests.length === 0 ? before : [...after, ...before];
  return runs.map(({display_title, ...run}) => ({
    created_at: at(2),
    updated_at: at(25),
    html_url: `https://github.com/acme/ops/actions/runs/${run.id}`,
    status: 'completed',
    conclusion: 'success',
    display_title: display_title.replace('DRILL', entity),
    ...run,
  }));
}

function sent() {
  const parsed = parseChange(relay.requests[0]?.json, '');
  if (parsed.kind !== 'change') throw new Error(parsed.reason);
  return parsed.change;
}

function runDrill() {
  const settings = {repository: 'acme/ops', token: 't', apiUrl: github.url, graphqlUrl: '', runsUrl: ''};
  const question = {
    url: `${relay.url}/webhooks/port`,
    secret: 'secret',
    api: createGitHubReader(settings, fetch),
    aheadMs: () => 0,
  };
  const sleep = async (ms: number) => void waits.push(ms);
  return drill(question, {fetch, now: () => SENT, sleep});
}

test('reports the time of each hop', async () => {
  after = [{id: 7, display_title: 'DRILL: created'}];
  const {id, run, afterMs, finding} = await runDrill();
  expect(sent()).toMatchObject({source: 'drill', entity: id});
  expect(run).toBe('https://github.com/acme/ops/actions/runs/7');
  expect(afterMs).toEqual({answered: 0, created: 2_000, started: 9_000, finished: 25_000});
  expect(finding).toEqual({
    status: 'ok',
    sentence:
      'The relay answered after 0.0 s, the run was created after 2.0 s, its job started after 9.0 s, it finished after 25 s: https://github.com/acme/ops/actions/runs/7',
  });
});

test.each<{name: string; change: () => void; status: string; sentence: RegExp}>([
  {
    name: 'the relay is of an older release',
    change: () => {
      relayAnswer = {status: 200, body: {status: 'ignored', id: 'x', reason: 'no rule watches blueprint x'}};
    },
    status: 'failed',
    sentence: /The relay ignored the drill port-reactor-drill-\w+: no rule watches blueprint x\./,
  },
  {
    name: 'the relay cannot dispatch',
    change: () => {
      relayAnswer = {status: 502, body: {error: 'GitHub does not accept the token.'}};
    },
    status: 'failed',
    sentence: /502 GitHub does not accept the token\. GitHub rejects dispatches of the relay/,
  },
  {
    name: 'no run is created',
    change: () => {
      before = [{id: 1, display_title: 'checkout-prod: created'}];
    },
    status: 'failed',
    sentence: /created no run within one minute/,
  },
  {
    name: 'several runs are created without the name of the drill',
    change: () => {
      after = [1, 2].map(id => ({id, display_title: 'Port Reactor'}));
    },
    status: 'failed',
    sentence: /created no run/,
  },
  {
    name: 'the run waits',
    change: () => {
      after = [{id: 7, display_title: 'DRILL: created', status: 'queued'}];
      jobs = [{status: 'queued', started_at: at(3)}];
    },
    status: 'failed',
    sentence: /has waited for more than 5 minutes, and none of its jobs has started/,
  },
  {
    name: 'the run hangs',
    change: () => {
      after = [{id: 7, display_title: 'DRILL: created', status: 'in_progress'}];
    },
    status: 'failed',
    sentence: /has not finished after 5 minutes/,
  },
  {
    name: 'the run is red',
    change: () => {
      after = [{id: 7, display_title: 'DRILL: created', conclusion: 'failure'}];
    },
    status: 'failed',
    sentence: /It ended with failure: https:\/\/github\.com\/acme\/ops\/actions\/runs\/7/,
  },
  {
    name: 'the token cannot read runs',
    change: () => {
      runsAnswer = {status: 403, body: {message: 'Resource not accessible'}};
    },
    status: 'not-checked',
    sentence: /the relay accepted the drill.*403.*Actions: read/,
  },
  {
    name: 'the workflow names its runs in another way',
    change: () => {
      after = [{id: 7, display_title: 'Port Reactor'}];
    },
    status: 'ok',
    sentence: /runs\/7$/,
  },
])('$name', async ({change, status, sentence}) => {
  change();
  const {finding} = await runDrill();
  expect(finding).toMatchObject({status, sentence: expect.stringMatching(sentence)});
});

test('reports that the relay cannot be reached', async () => {
  await relay.close();
  const {finding} = await runDrill();
  expect(finding.sentence).toMatch(/could not be followed: POST .* failed/);
});
