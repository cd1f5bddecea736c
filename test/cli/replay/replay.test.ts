/** The command `replay` with fakes of GitHub and Port, and a real archive. */
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {fetch} from '../../../src/base/http/fetch.ts';
import {runProgram} from '../../../src/cli/program.ts';
import {emptyMemory} from '../../../src/memory/format/format.ts';
import {matchKey, shardOf} from '../../../src/memory/format/keys.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {aCliWorld, NOW, type TestWorld} from '../../helpers/processes/cli-world.ts';
import type {RecordedRequest, Reply} from '../../helpers/servers/http-server.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {auditEntry} from '../../helpers/servers/port-audit-log.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {aZip} from '../../helpers/zip.ts';

const RULES = `version: 1
rules:
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: true}
`;
const REPOSITORY = 'acme/ops';
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

const handled = aChange({entity: 'known', at: ago(30)});
const fresh = aChange({entity: 'lost', at: ago(20)});
const quiet = aChange({entity: 'quiet', property: 'memoryUtil', at: ago(10)});
const RECORD = [handled, fresh, quiet].map(change => JSON.stringify({change, rules: [], reactions: []})).join('\n');

let github: MemoryGitHub;
let port: PortServer;
let store: Server;
let storeRequests: (string | undefined)[];
let world: TestWorld;
let dispatches: unknown[];
let artifacts: unknown[];

beforeEach(async () => {
  [github, port] = await Promise.all([startMemoryGitHub(REPOSITORY), startPortServer()]);
  [dispatches, storeRequests] = [[], []];
  store = createServer(({headers}, response) => {
    storeRequests.push(headers.authorization);
    response.end(aZip('decisions.jsonl', RECORD));
  });
  await new Promise<void>(resolve => store.listen(0, '127.0.0.1', resolve));
  artifacts = [{name: 'decisions', expired: false, archive_download_url: `${github.url}/zip`}];
  github.other = answerGitHub;
  remember();
});
afterEach(async () => {
  store.close();
  store.closeAllConnections();
  await Promise.all([github.close(), port.close()]);
  world?.remove();
});

function answerGitHub({method, path, json}: RecordedRequest): Reply | undefined {
  if (path === '/zip')
    return {status: 302, headers: {location: `http://127.0.0.1:${(store.address() as AddressInfo).port}/`}};
  if (path === `/repos/${REPOSITORY}/actions/runs/42/artifacts`) return {status: 200, body: {artifacts}};
  if (method !== 'POST' || path !== `/repos/${REPOSITORY}/dispatches`) return undefined;
  dispatches.push(json);
  return {status: 204};
}

/** Writes a memory in which `handled` was handled. */
function remember(): void {
  const [rule] = parseRules(RULES, 'rules.yml').rules;
  if (rule === undefined) throw new Error('there is no rule');
  const shard = shardOf(handled);
  const memory = {...emptyMemory(shard, NOW - 3_600_000), done: {[matchKey(rule, handled)]: 1}};
  github.put(shard, serialize(memory), {message: 'x\n\nnonce: 1/1/1'});
}

const GITHUB = () => ({
  GITHUB_REPOSITORY: REPOSITORY,
  GITHUB_TOKEN: 'ghs_1',
  GITHUB_API_URL: github.url,
  GITHUB_GRAPHQL_URL: github.graphqlUrl,
});
const PORT = () => ({
  PORT_CLIENT_ID: port.credentials.clientId,
  PORT_CLIENT_SECRET: port.credentials.clientSecret,
  PORT_API_URL: port.url,
});

async function replay(args: readonly string[], env: Record<string, string> = {}, input = '') {
  world = aCliWorld({env, input, files: {'.github/port-reactor.yml': RULES, 'record.jsonl': RECORD}});
  await runProgram(['replay', ...args], {...world, fetch, write: text => world.write(text)});
  return world;
}

async function json(args: readonly string[], env: Record<string, string> = {}) {
  const {output} = await replay([...args, '--json'], env);
  return JSON.parse(output) as Record<string, unknown>;
}

describe('a dry run', () => {
  test('of a file counts, and sends nothing', async () => {
    const {output, exitCode} = await replay(['record.jsonl'], GITHUB());
    expect(output.split('\n')[0]).toBe('3 changes, 1 would react: degraded ×1 (1 handled before, 1 irrelevant)');
    expect(output).toContain('  lost: healthStatus Healthy → Degraded (deploymentConfig, at ');
    expect(output).toMatch(/ {2}posts to default: .*/);
    expect(output).toContain('Nothing was sent. With --act, these changes are dispatched');
    expect(exitCode).toBe(0);
    expect(dispatches).toEqual([]);
    expect(github.calls().mutations).toBe(0);
  });

  test('without access to the memory reports that the memory was not read', async () => {
    const {output} = await replay(['-'], {}, RECORD);
    expect(output).toContain('3 changes, 2 would react: degraded ×2 (1 irrelevant)');
    expect(output).toContain('The memory was not read');
  });

  test('of a run reads its record, and sends the token only to GitHub', async () => {
    const result = await json([`https://github.com/${REPOSITORY}/actions/runs/42/attempts/1`], GITHUB());
    expect(result).toMatchObject({changes: 3, react: 1, handled: 1, irrelevant: 1, acted: false, hasMemory: true});
    expect(storeRequests).toEqual([undefined]);
    expect(await json(['42'], GITHUB())).toMatchObject({changes: 3});
  });

  test('of a run without a record reports the alternative', async () => {
    artifacts = [];
    const {errorOutput, exitCode} = await replay(['42'], GITHUB());
    expect(errorOutput).toMatch(/^Run 42 of acme\/ops has no decision record: .*--since and --until/);
    expect(exitCode).toBe(1);
  });

  test('of a part of the audit log uses the changes within it', async () => {
    port.audit.record(...[handled, fresh, quiet].map(change => auditEntry(change)));
    const result = await json(['--since', '25m', '--until', ago(15)], {...PORT(), ...GITHUB()});
    expect(result).toMatchObject({
      changes: 1,
      react: 1,
      items: [{entity: 'lost', standing: 'new', rules: ['degraded']}],
    });
  });

  test('names the unreadable entries of the audit log, and exits with 1', async () => {
    port.audit.record(auditEntry(fresh), auditEntry(fresh, {diff: null}));
    const {errorOutput, exitCode} = await replay(['--since', '1h'], {...PORT(), ...GITHUB()});
    expect(errorOutput).toMatch(/^Entry event_\d+ of the audit log cannot be read: diff\.after/);
    expect(exitCode).toBe(1);
  });
});

test('--act dispatches only the changes with a reaction', async () => {
  const result = await json(['record.jsonl', '--act'], GITHUB());
  expect(result).toMatchObject({react: 1, acted: true, dispatched: [{entity: 'lost'}]});
  expect(dispatches).toMatchObject([
    {event_type: 'port-catalog-change', client_payload: {partitions: 4, changes: [{entity: 'lost', at: fresh.at}]}},
  ]);
});

test('--act does nothing without the memory', async () => {
  github.replyNext(...Array.from({length: 3}, () => ({status: 502})));
  const {errorOutput, exitCode} = await replay(['record.jsonl', '--act'], GITHUB());
  expect(errorOutput).toMatch(/^The handled changes are not known: /);
  expect(exitCode).toBe(1);
  expect(dispatches).toEqual([]);
});

test.each([
  [[], /pass a run, a file or -/],
  [['record.jsonl', '--since', '1h'], /can't be combined with --since or --until/],
  [['--since', 'yesterday'], /--since yesterday is neither a time span/],
  [['--since', '1h', '--until', '2h'], /--since is later than --until/],
  [['--since', '1h'], /PORT_CLIENT_ID is not set/],
  [['42'], /GITHUB_TOKEN is missing: .* or set GITHUB_APP_ID/],
  [['record.jsonl', '--act'], /GITHUB_REPOSITORY is not set/],
  [['record.jsonl', '--act', '--memory', 'm.json'], /--memory can't be combined with --act/],
])('%j is invalid usage', async (args, message) => {
  const {errorOutput, exitCode} = await replay(args);
  expect(errorOutput).toMatch(message);
  expect(exitCode).toBe(2);
});
