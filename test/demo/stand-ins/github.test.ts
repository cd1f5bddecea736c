import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Dispatch} from '../../../src/demo/history.ts';
import {createGitHubApi} from '../../../src/demo/stand-ins/github.ts';
import type {Reply} from '../../../src/demo/stand-ins/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
writeFileSync(join(folder, 'rules.yml'), 'version: 1\n');
writeFileSync(join(folder, 'secret'), 'x');
afterAll(() => rmSync(folder, {recursive: true}));

let dispatches: Dispatch[] = [];
beforeEach(() => {
  dispatches = [];
});

const api = createGitHubApi({repository: 'acme/ops', folder, files: ['rules.yml'], token: 't'}, one =>
  dispatches.push(one),
);
const HEADERS = {authorization: 'Bearer t', 'user-agent': 'x', 'content-type': 'application/json'};

async function ask(
  method: string,
  path: string,
  body: unknown = '',
  headers: Record<string, string> = {},
): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await api({method, path, headers: {...HEADERS, ...headers}, text}, undefined as never);
  return reply ?? {status: 0};
}

const dispatch = (body: unknown, headers?: Record<string, string>) =>
  ask('POST', '/repos/acme/ops/dispatches', body, headers);

describe('a dispatch', () => {
  test('is taken within the limits of GitHub', async () => {
    const payload = {title: 'x', ...Object.fromEntries(Array.from({length: 9}, (_, index) => [`k${index}`, index]))};
    expect(await dispatch({event_type: 'e'.repeat(100), client_payload: payload})).toEqual({status: 204});
    expect(dispatches).toEqual([{eventType: 'e'.repeat(100), payload, bytes: JSON.stringify(payload).length}]);
  });

  test.each<[string, unknown, number, RegExp]>([
    ['no JSON', 'x', 400, /parsing JSON/],
    ['no event type', {}, 422, /wasn't supplied/],
    ['an event type of 101 characters', {event_type: 'e'.repeat(101)}, 422, /too long/],
    ['a payload that is no object', {event_type: 'e', client_payload: []}, 422, /not an object/],
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
  test('are served raw, and not again while they are the same', async () => {
    const {status, headers, body} = await ask('GET', '/repos/acme/ops/contents/rules.yml');
    expect([status, body]).toEqual([200, 'version: 1\n']);
    const etag = headers?.['etag'] ?? '';
    expect(await ask('GET', '/repos/acme/ops/contents/rules.yml', '', {'if-none-match': etag})).toMatchObject({
      status: 304,
    });
    writeFileSync(join(folder, 'rules.yml'), 'version: 1\nrules: []\n');
    expect(await ask('GET', '/repos/acme/ops/contents/rules.yml', '', {'if-none-match': etag})).toMatchObject({
      status: 200,
    });
  });

  test.each(['secret', '..%2Fsecret', 'x/../secret'])('are no others than those of the checkout: %s', async path => {
    expect(await ask('GET', `/repos/acme/ops/contents/${path}`)).toMatchObject({status: 404});
  });
});

test('the repository tells what the token may do', async () => {
  expect(await ask('GET', '/repos/acme/ops')).toMatchObject({
    status: 200,
    body: {permissions: {push: true}, archived: false},
  });
  expect(await ask('GET', '/repos/acme/other')).toMatchObject({status: 404});
});

test('other paths are left to others', async () => {
  expect(await ask('GET', '/')).toEqual({status: 0});
});
