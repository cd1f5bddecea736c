import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeEach, describe, expect, test} from '@jest/globals';
import {createGitHubApi} from '../../../src/demo/fakes/github.ts';
import type {RecordedDispatch} from '../../../src/demo/history.ts';
import type {Reply} from '../../../src/ui/local-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
writeFileSync(join(folder, 'rules.yml'), 'version: 1\n');
writeFileSync(join(folder, 'secret'), 'x');
afterAll(() => rmSync(folder, {recursive: true}));

let dispatches: RecordedDispatch[] = [];
beforeEach(() => {
  dispatches = [];
});

const CREATED = Date.parse('2026-11-20T12:00:01.900Z');
const api = createGitHubApi(
  {repository: 'acme/ops', folder, files: ['rules.yml'], token: 't'},
  one => dispatches.push(one),
  id => (id === 7 ? CREATED : undefined),
);
const HEADERS = {authorization: 'Bearer t', 'user-agent': 'x', 'content-type': 'application/json'};

interface Sent {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function ask(method: string, path: string, {body = '', headers = {}}: Sent = {}): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await api(
    {method, path, headers: {...HEADERS, ...headers}, query: new URLSearchParams(), text},
    undefined as never,
  );
  return reply ?? {status: 0};
}

const dispatch = (body: unknown, headers?: Record<string, string>) =>
  ask('POST', '/repos/acme/ops/dispatches', {body, ...(headers && {headers})});

describe('a dispatch', () => {
  test('is accepted within the limits of GitHub', async () => {
    const payload = {title: 'x', ...Object.fromEntries(Array.from({length: 9}, (_, index) => [`k${index}`, index]))};
    expect(await dispatch({event_type: 'e'.repeat(100), client_payload: payload})).toEqual({status: 204});
    expect(dispatches).toEqual([{eventType: 'e'.repeat(100), payload, bytes: JSON.stringify(payload).length}]);
  });

  test.each<[string, unknown, number, RegExp]>([
    ['no JSON', 'x', 400, /parsing JSON/],
    ['no event type', {}, 422, /wasn't supplied/],
    ['an event type of 101 characters', {event_type: 'e'.repeat(101)}, 422, /too long/],
    ['a payload that is not an object', {event_type: 'e', client_payload: []}, 422, /not an object/],
    [
      '11 properties',
      {event_type: 'e', client_payload: Object.fromEntries('abcdefghijk'.split('').map(k => [k, 1]))},
      422,
      /10 properties/,
    ],
    ['64 KB', {event_type: 'e', client_payload: {a: 'é'.repeat(32_768)}}, 422, /too large/],
    ['another key', {event_type: 'e', ref: 'main'}, 422, /"ref" is not a permitted key/],
  ])('is refused with %s', async (_, body, status, message) => {
    expect(await dispatch(body)).toEqual({
      status,
      body: expect.objectContaining({message: expect.stringMatching(message)}),
    });
    expect(dispatches).toEqual([]);
  });

  test.each<[string, Record<string, string>, number]>([
    ['another token', {authorization: 'Bearer x'}, 401],
    ['no user agent', {'user-agent': ''}, 403],
    ['another type', {'content-type': 'text/plain'}, 415],
  ])('is refused with %s', async (_, headers, status) => {
    expect(await dispatch({event_type: 'e'}, headers)).toMatchObject({status});
    expect(dispatches).toEqual([]);
  });
});

describe('files', () => {
  test('are served raw, and with 304 while they are unchanged', async () => {
    const {status, headers, body} = await ask('GET', '/repos/acme/ops/contents/rules.yml');
    expect([status, body]).toEqual([200, 'version: 1\n']);
    const etag = headers?.['etag'] ?? '';
    expect(await ask('GET', '/repos/acme/ops/contents/rules.yml', {headers: {'if-none-match': etag}})).toMatchObject({
      status: 304,
    });
    writeFileSync(join(folder, 'rules.yml'), 'version: 1\nrules: []\n');
    expect(await ask('GET', '/repos/acme/ops/contents/rules.yml', {headers: {'if-none-match': etag}})).toMatchObject({
      status: 200,
    });
  });

  test.each(['secret', '..%2Fsecret', 'x/../secret'])('are limited to those of the checkout: %s', async path => {
    expect(await ask('GET', `/repos/acme/ops/contents/${path}`)).toMatchObject({status: 404});
  });
});

test('a run has its creation time in whole seconds', async () => {
  const {status, body} = await ask('GET', '/repos/acme/ops/actions/runs/7');
  expect([status, body]).toEqual([200, expect.objectContaining({id: 7, created_at: '2026-11-20T12:00:01Z'})]);
  expect(await ask('GET', '/repos/acme/ops/actions/runs/8')).toMatchObject({status: 404});
});

test('the repository has the permissions of the token', async () => {
  expect(await ask('GET', '/repos/acme/ops')).toMatchObject({
    status: 200,
    body: {permissions: {push: true}, archived: false},
  });
  expect(await ask('GET', '/repos/acme/other')).toMatchObject({status: 404});
});

test('other paths have no response', async () => {
  expect(await ask('GET', '/')).toEqual({status: 0});
});

describe('the memory', () => {
  const base = '/repos/acme/ops/git';
  const graphql = async (query: string, i?: object) => {
    const {body} = await ask('POST', '/graphql', {body: {query, variables: {i}}});
    return body as {
      data: {repository?: object; createCommitOnBranch?: {commit: {oid: string}} | null};
      errors?: object[];
    };
  };
  const read = (shard: number) =>
    graphql(`query{repository{s${shard}:ref(qualifiedName:"refs/heads/port-reactor/memory-${shard}"){target}}}`);
  const make = async (shard: number, content: string) => {
    const tree = (await ask('POST', `${base}/trees`, {body: {tree: [{path: 'memory.json', content}]}})).body;
    const commit = (
      await ask('POST', `${base}/commits`, {body: {message: '1 opened', tree: (tree as {sha: string}).sha}})
    ).body;
    const {sha} = commit as {sha: string};
    const {status} = await ask('POST', `${base}/refs`, {body: {ref: `refs/heads/port-reactor/memory-${shard}`, sha}});
    return {status, sha};
  };
  const commit = (shard: number, expectedHeadOid: string, text: string) =>
    graphql('mutation{createCommitOnBranch}', {
      branch: {branchName: `port-reactor/memory-${shard}`},
      expectedHeadOid,
      message: {headline: '1 recovered'},
      fileChanges: {additions: [{path: 'memory.json', contents: Buffer.from(text).toString('base64')}]},
    });

  test('is a branch that is created once, and read', async () => {
    expect(await read(0)).toMatchObject({data: {repository: {s0: null}}});
    const {status, sha} = await make(0, 'a');
    expect(status).toBe(201);
    expect(await read(0)).toMatchObject({
      data: {repository: {s0: {target: {oid: sha, message: '1 opened', file: {object: {text: 'a'}}}}}},
    });
    expect((await make(0, 'b')).status).toBe(422);
  });

  test('changes only if the writer names the current head', async () => {
    const {sha} = await make(1, 'a');
    const written = await commit(1, sha, 'b');
    expect(written.data.createCommitOnBranch?.commit.oid).toMatch(/^[0-9a-f]{40}$/);
    expect(await read(1)).toMatchObject({data: {repository: {s1: {target: {file: {object: {text: 'b'}}}}}}});
    expect(await commit(1, sha, 'c')).toMatchObject({errors: [{type: 'STALE_DATA'}]});
    expect(await read(1)).toMatchObject({data: {repository: {s1: {target: {file: {object: {text: 'b'}}}}}}});
  });

  test('refuses other requests', async () => {
    expect(await graphql('mutation{deleteRef}')).toMatchObject({errors: [{}]});
    expect((await ask('POST', `${base}/blobs`, {})).status).toBe(404);
  });
});
