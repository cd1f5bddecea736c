import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {NetworkError, RequestError} from '../../../src/base/errors.ts';
import {fetch} from '../../../src/base/http/fetch.ts';
import {requestJson, retryAfterOf} from '../../../src/base/http/request-json.ts';
import {type Handler, startServer, type TestServer} from '../../helpers/servers/http-server.ts';

let server: TestServer;
let handler: Handler;

beforeEach(async () => {
  handler = () => ({status: 200, body: {ok: true}});
  server = await startServer(request => handler(request));
});
afterEach(() => server.close());

test('sends JSON and returns the JSON of the response', async () => {
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

test.each(['', 'ok', '{broken'])('returns {} for the response %j, which is not JSON', async body => {
  handler = () => ({status: 200, body});
  await expect(requestJson(fetch, {method: 'GET', url: server.url})).resolves.toEqual({});
});

describe('fails', () => {
  test('with the text of the server, cut, if it refuses', async () => {
    handler = () => ({status: 403, body: `no: ${'x'.repeat(10_000)}`});
    const url = `${server.url}/v1`;
    const request = requestJson(fetch, {method: 'GET', url});
    await expect(request).rejects.toBeInstanceOf(RequestError);
    await expect(request).rejects.toMatchObject({method: 'GET', url, status: 403, retryAfterMs: undefined});
    await expect(request).rejects.toThrow(/^GET http:\/\/\S+\/v1 was answered 403: no: x{496}$/);
  });

  test('with the time to wait if the server limits requests', async () => {
    handler = () => ({status: 429, headers: {'retry-after': '7'}});
    await expect(requestJson(fetch, {method: 'GET', url: server.url})).rejects.toMatchObject({retryAfterMs: 7_000});
  });

  test('if there is no response in time', async () => {
    handler = () => new Promise(() => {});
    const request = requestJson(fetch, {method: 'GET', url: server.url, timeoutMs: 20});
    await expect(request).rejects.toBeInstanceOf(NetworkError);
    await expect(request).rejects.toThrow(/^GET http:\S+ failed: no answer within 0.02 s$/);
  });

  test.each([
    ['refuses', {status: 403} as const],
    ['breaks the connection', 'reset' as const],
  ])('without credentials in the error if the server %s', async (_name, reply) => {
    handler = () => reply;
    const url = `${server.url.replace('://', '://me:s3cret@')}/v1`;
    const error = await requestJson(fetch, {method: 'GET', url}).catch((thrown: Error) => thrown);
    expect(String(error)).toContain(`${server.url}/v1`);
    expect(JSON.stringify([String(error), error])).not.toMatch(/s3cret|me:/);
  });

  test('with the cause if the connection breaks', async () => {
    handler = () => 'reset';
    const request = requestJson(fetch, {method: 'GET', url: server.url});
    await expect(request).rejects.toBeInstanceOf(NetworkError);
    await expect(request).rejects.toMatchObject({cause: {code: 'ECONNRESET'}});
  });
});

describe('Retry-After', () => {
  const NOW = Date.parse('2026-10-21T07:28:00Z');
  const headers = (named: Record<string, string>) => ({get: (name: string) => named[name] ?? null});

  test.each([
    ['7', 7_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['1000000', 1_000_000_000],
    ['-1', undefined],
    ['1e3', undefined],
    ['soon', undefined],
    ['Wednesday', undefined],
    ['', undefined],
    ['Wed, 21 Oct 2026 07:28:21 GMT', 21_000],
    ['Wednesday, 21-Oct-26 07:28:21 GMT', 21_000],
    ['Wed Oct 21 07:28:21 2026 GMT', 21_000],
    ['Wed, 21 Oct 2020 07:28:00 GMT', 0],
  ])('of %j is %s ms', (text, expected) => {
    expect(retryAfterOf(headers({'retry-after': text}), NOW)).toBe(expected);
  });

  test('as a date is measured by the clock of the server', () => {
    const limited = {'retry-after': 'Wed, 21 Oct 2026 09:00:30 GMT', date: 'Wed, 21 Oct 2026 09:00:00 GMT'};
    expect(retryAfterOf(headers(limited), NOW)).toBe(30_000);
  });

  test('that is missing is undefined', () => {
    expect(retryAfterOf(headers({}), NOW)).toBeUndefined();
  });
});
