/** Time to notify end to end: the action reads the creation time of its run from a local GitHub. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {emptyMemory} from '../../../src/memory/format/format.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {ALL_SHARDS} from '../../../src/memory/format/shards.ts';
import {DecisionRecord} from '../../../src/report/decision-record-schema.ts';
import {type ActionOptions, type ActionRun, runAction, startAction} from '../../helpers/processes/run-action.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import type {Reply} from '../../helpers/servers/http-server.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {aChange} from '../../helpers/values/changes.ts';
import {rulesFile} from '../../helpers/values/plans.ts';

const RUN = '/repos/acme/ops/actions/runs/42';
const SECOND = 1000;

let github: GitHubServer;
/** Serves the memory over GraphQL. Its branches exist, so the memory makes no other requests. */
let memory: MemoryGitHub;
let slack: SlackServer;
/** When the change happened. */
let at: number;

beforeEach(async () => {
  [github, memory, slack] = await Promise.all([startGitHubServer(), startMemoryGitHub('acme/ops'), startSlackServer()]);
  for (const shard of ALL_SHARDS) {
    memory.put(shard, serialize(emptyMemory(shard, Date.now() - 3_600_000)), {message: 'memory\n\nnonce: 1/1/1'});
  }
  at = Math.floor(Date.now() / SECOND - 60) * SECOND;
  github.replyAll = () => ({status: 200, body: {created_at: iso(3), run_started_at: iso(3), run_attempt: 1}});
});
afterEach(() => Promise.all([github.close(), memory.close(), slack.close()]));

/** A time in seconds after the change, in GitHub's format. */
const iso = (seconds: number) => new Date(at + seconds * SECOND).toISOString().replace('.000Z', 'Z');

const optionsOf = ({inputs, env, ...options}: ActionOptions = {}): ActionOptions => ({
  rules: rulesFile(['to: Degraded, severity: critical, notify: true']),
  event: {
    client_payload: {
      version: 1,
      title: 't',
      partition: 3,
      partitions: 4,
      receivedAt: iso(1),
      changes: [aChange({at: iso(0)})],
    },
  },
  ...options,
  inputs: {memory: 'on', 'slack-webhook-url': slack.webhook(), ...inputs},
  env: {GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: memory.graphqlUrl, ...env},
});
const run = (options: ActionOptions = {}) => runAction(optionsOf(options));

function timesOf({decisions}: ActionRun) {
  const [line] = decisions.map(decision => DecisionRecord.parse(decision));
  return line?.reactions[0]?.times;
}

/** The line of the job summary, without numbers that depend on the machine. */
const storyOf = ({summary}: ActionRun) => /⏱️ .* after the change: (.*?)</.exec(summary)?.[1];

test('reports the time of each hop for each message', async () => {
  const result = await run({isBuilt: true});
  expect(result).toMatchObject({exitCode: 0, stderr: '', outputs: {outcome: 'reacted'}});
  expect(timesOf(result)).toMatchObject({
    relay: `${iso(1).slice(0, -1)}.000Z`,
    runCreated: `${iso(3).slice(0, -1)}.000Z`,
  });
  expect(storyOf(result)).toMatch(/^relay 1\.0 s, run created 2\.0 s, job started \d+.*s, Slack \d.*s$/);
  expect(result.summary).not.toContain('created the run is unknown');
  expect(github.requests.map(({method, url}) => `${method} ${url}`)).toEqual([`GET ${RUN}`]);
  expect(github.requests[0]?.headers['authorization']).toBe('Bearer ghs_the-token-of-the-job');
});

test('shows in a re-run how long it waited for a person', async () => {
  github.replyAll = () => ({status: 200, body: {created_at: iso(3), run_started_at: iso(50), run_attempt: 2}});
  const result = await run({env: {GITHUB_RUN_ATTEMPT: '2'}});
  expect(timesOf(result)).toMatchObject({rerun: `${iso(50).slice(0, -1)}.000Z`});
  expect(storyOf(result)).toMatch(/^relay 1\.0 s, run created 2\.0 s, re-run 47 s, job started /);
});

test('uses the address of GitHub Enterprise Server', async () => {
  await run({env: {GITHUB_API_URL: `${github.url}/api/v3`}});
  expect(github.requests.map(({url}) => url)).toEqual([`/api/v3${RUN}`]);
});

describe('shows a dash with the reason, and the step passes, with', () => {
  const refused = (status: number, message: string): Reply => ({status, body: {message}});
  test.each<[string, Reply | 'reset' | 'hang', RegExp]>([
    ['no permission', refused(403, 'Resource not accessible by integration'), /GitHub answered 403 .*`actions: read`/],
    ['a private repository', refused(404, 'Not Found'), /GitHub answered 404 .*`actions: read`/],
    ['an outage', refused(503, 'Unavailable'), /GitHub answered 503/],
    ['a broken connection', 'reset', /GitHub could not be reached/],
    ['a GitHub without an answer', 'hang', /GitHub did not answer within 2 s/],
  ])('%s', async (_name, reply, reason) => {
    github.replyAll = () => reply;
    const result = await run();
    expect(result).toMatchObject({exitCode: 0, stderr: '', outputs: {outcome: 'reacted'}});
    expect(result.log.commands.filter(({name}) => name === 'error' || name === 'warning')).toEqual([]);
    expect(timesOf(result)).toMatchObject({runCreated: null, runCreatedUnknown: expect.stringMatching(reason)});
    expect(storyOf(result)).toMatch(/^relay 1\.0 s, run created –, job started /);
    expect(result.summary.match(/The time at which GitHub created the run is unknown/g)).toHaveLength(1);
    expect(github.requests).toHaveLength(1);
  });

  test('a missing token', async () => {
    const result = await run({inputs: {'github-token': '', 'memory-token': 'ghs_the-token-of-the-memory'}});
    expect(timesOf(result)).toMatchObject({runCreated: null, runCreatedUnknown: 'the input `github-token` is empty'});
    expect([result.exitCode, github.requests.length]).toEqual([0, 0]);
  });

  test('memory: off, where the action makes no request to GitHub', async () => {
    const result = await run({inputs: {memory: 'off'}});
    const runCreatedUnknown = 'the action makes no request to GitHub with `memory: off`';
    expect(timesOf(result)).toMatchObject({runCreated: null, runCreatedUnknown});
    expect([result.exitCode, github.requests.length, memory.requests.length]).toEqual([0, 0, 0]);
  });
});

test('sends a message without waiting for GitHub', async () => {
  let release = (_reply: Reply) => {};
  github.replyAll = () => new Promise(resolve => (release = resolve));
  const action = await startAction(optionsOf());
  await Promise.all([eventually('Slack has it', async () => slack.messages.length > 0), github.arrival(1)]);
  release({status: 200, body: {created_at: iso(3)}});
  const result = await action.finished;
  await action.clean();
  expect([result.exitCode, timesOf(result)?.runCreated]).toEqual([0, `${iso(3).slice(0, -1)}.000Z`]);
});

test.each<[string, ActionOptions]>([
  ['no rule matches', {rules: rulesFile(['to: Crashed, notify: true'])}],
  ['nothing is done in a dry run', {inputs: {'dry-run': 'true'}}],
])('does not call GitHub if %s', async (_name, options) => {
  const result = await run(options);
  expect([result.exitCode, github.requests.length]).toEqual([0, 0]);
});
