import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {NetworkError, RequestError} from '../src/errors.ts';
import {fetch} from '../src/fetch.ts';
import {parseRetryAfter, requestJson} from '../src/http.ts';
import {type Handler, startServer, type TestServer} from './helpers/http-server.ts';

let server: TestServer;
let handler: Handler;

beforeEach(async () => {
  handler = () => ({status: 200, body: {ok: true}});
  server = await startServer(request => handler(request));
});
afterEach(() => server.close());

test('sends JSON and gives the JSON of the answer', async () => {
  const url = `${server.url}/v1/runs`;
  await expect(requestJson(fetch, {method: 'PATCH', url, body: {a: 1}, headers: {'x-one': '1'}})).resolves.toEqual({
    ok: true,
  });
  expect(server.requests[0]).toMatchObject({method: 'PATCH', path: '/v1/runs', json: {a: 1}});
  expect(server.requests[0]?.headers).toMatchObject({
    accept: 'application/json',
    'content-type': 'application/json',
    'x-one': '1',
  });
});

test('a request without a body has no content type', async () => {
  await requestJson(fetch, {method: 'GET', url: server.url});
  expect(server.requests[0]?.headers).not.toHaveProperty('content-type');
});

test.each(['', 'ok', '{broken'])('an answer of %j, which is no JSON, is {}', async body => {
  handler = () => ({status: 200, body});
  await expect(requestJson(fetch, {method: 'GET', url: server.url})).resolves.toEqual({});
});

describe('fails', () => {
  test('with the words of the server, cut, where it refuses', async () => {
    handler = () => ({status: 403, body: `no: ${'x'.repeat(10_000)}`});
    const url = `${server.url}/v1`;
    const request = requestJson(fetch, {method: 'GET', url});
    await expect(request).rejects.toBeInstanceOf(RequestError);
    await expect(request).rejects.toMatchObject({method: 'GET', url, status: 403, retryAfterMs: undefined});
    await expect(request).rejects.toThrow(/^GET http:\/\/\S+\/v1 was answered 403: no: x{496}$/);
  });

  test('with the time to wait, where the server limits', async () => {
    handler = () => ({status: 429, headers: {'retry-after': '7'}});
    await expect(requestJson(fetch, {method: 'GET', url: server.url})).rejects.toMatchObject({retryAfterMs: 7_000});
  });

  test('where no answer comes in time', async () => {
    handler = () => new Promise(() => {});
    const request = requestJson(fetch, {method: 'GET', url: server.url, timeoutMs: 20});
    await expect(request).rejects.toBeInstanceOf(NetworkError);
    await expect(request).rejects.toThrow(/^GET http:\S+ failed: no answer within 0.02 s$/);
  });

  test('where the connection breaks, with the cause', async () => {
    handler = () => 'reset';
    const request = requestJson(fetch, {method: 'GET', url: server.url});
    await expect(request).rejects.toBeInstanceOf(NetworkError);
    await expect(request).rejects.toMatchObject({cause: {code: 'ECONNRESET'}});
  });
});

test.each([
  ['7', 7_000],
  [' 0 ', 0],
  ['1.5', 1_500],
  ['999999', 999_999_000],
  ['1000000', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  [null, undefined],
])('Retry-After of %j is %s ms', (header, expected) => {
  expect(parseRetryAfter(header)).toBe(expected);
});
