import {createHmac} from 'node:crypto';
import {afterEach, expect, test} from '@jest/globals';
import {NetworkError} from '../../../src/base/errors.ts';
import {postWebhook} from '../../../src/cli/send/post-webhook.ts';
import {type Handler, startServer, type TestServer} from '../../helpers/servers/http-server.ts';

const deps = {fetch, now: () => 1_763_900_000_987};
let relay: TestServer | undefined;

afterEach(() => relay?.close());

async function post(handler: Handler, body = '{}', secret = 's') {
  relay = await startServer(handler);
  return await postWebhook({url: `${relay.url}/webhooks/port`, body, secret}, deps);
}

test('sends the body byte for byte, signed as Port signs it (test vector A)', async () => {
  const body = '{"action":"UPDATE","title":"Zürich ✓","cpuUtil":0.000001}';
  await post(() => ({status: 202}), body, 'relay-test-secret');
  const [request] = relay?.requests ?? [];
  expect(request).toMatchObject({method: 'POST', url: '/webhooks/port', text: body});
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-port-timestamp': '1763900000',
    'x-port-signature': 'v1,PnBpdUXzRSoOrAmtj67kVOP5Z+LWzR2zAc1XjEQ57to=',
  });
  const digest = createHmac('sha256', 'relay-test-secret').update(`1763900000.${body}`).digest('base64');
  expect(request?.headers['x-port-signature']).toBe(`v1,${digest}`);
});

test.each([
  [
    'JSON',
    {status: 202, body: {status: 'dispatched', id: 'x'}},
    {status: 202, answer: {status: 'dispatched', id: 'x'}},
  ],
  ['text', {status: 404, body: 'Not Found'}, {status: 404, answer: 'Not Found'}],
  ['nothing', {status: 204}, {status: 204, answer: ''}],
  [
    'a time to wait',
    {status: 503, headers: {'retry-after': '20'}, body: {error: 'x'}},
    {status: 503, answer: {error: 'x'}, retryAfterMs: 20_000},
  ],
])('returns an answer with %s unchanged', async (_, reply, expected) => {
  await expect(post(() => reply)).resolves.toEqual(expected);
});

test('names the URL of the relay if there is no response', async () => {
  const answer = post(() => 'reset');
  await expect(answer).rejects.toThrow(NetworkError);
  await expect(answer).rejects.toThrow(/POST http:.*\/webhooks\/port failed: .*Is the relay running there/);
});

test('does not follow a redirect, because the signed body is only for the relay', async () => {
  const answer = post(({path}) => (path === '/b' ? {status: 202} : {status: 307, headers: {location: '/b'}}));
  await expect(answer).rejects.toThrow(NetworkError);
});
