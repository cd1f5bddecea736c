import {afterEach, describe, expect, test} from '@jest/globals';
import {type FakeSlack, startSlack} from '../../../src/demo/fakes/slack.ts';
import {startServer, type TestServer} from '../../helpers/servers/http-server.ts';

let slack: FakeSlack | undefined;
let real: TestServer | undefined;

afterEach(async () => {
  await slack?.close();
  await real?.close();
});

async function start(realUrl?: string): Promise<FakeSlack> {
  slack = await startSlack(realUrl, {fetch, now: () => 5});
  return slack;
}

const post = async (url: string, body: string) => {
  const response = await fetch(url, {method: 'POST', body});
  return [response.status, await response.text()];
};

describe('the fake of Slack', () => {
  test('keeps the messages of each webhook separately', async () => {
    const {createWebhook} = await start();
    const [one, other] = [createWebhook(), createWebhook()];
    expect(await post(one.url, '{"text":"x"}')).toEqual([200, 'ok']);
    expect(one.posts).toEqual([{atMs: 5, message: {text: 'x'}, status: 200, answer: 'ok'}]);
    expect(other.posts).toEqual([]);
  });

  test('refuses what Slack refuses, and records it', async () => {
    const webhook = (await start()).createWebhook();
    expect(await post(webhook.url, '{"blocks":[{"type":"x"}]}')).toEqual([
      400,
      'invalid_blocks: blocks[0]: unknown type "x"',
    ]);
    expect(await post(webhook.url, 'x')).toEqual([400, 'invalid_payload: the body is not a JSON object']);
    expect(webhook.posts.map(({status}) => status)).toEqual([400, 400]);
  });

  test('refuses other URLs', async () => {
    const webhook = (await start()).createWebhook();
    expect(await post(`${webhook.url}0`, '{"text":"x"}')).toEqual([404, 'no_service']);
    expect((await fetch(webhook.url)).status).toBe(405);
  });
});

describe('with a webhook of the real Slack', () => {
  test('sends messages there byte for byte, and returns its response', async () => {
    real = await startServer(() => ({status: 429, headers: {'retry-after': '7'}, body: 'rate_limited'}));
    const webhook = (await start(real.url)).createWebhook();
    const response = await fetch(webhook.url, {method: 'POST', body: '{"text": "é"}'});
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '7',
      'rate_limited',
    ]);
    expect(real.requests.map(({text}) => text)).toEqual(['{"text": "é"}']);
    expect(webhook.posts).toEqual([{atMs: 5, message: {text: 'é'}, status: 429, answer: 'rate_limited'}]);
  });

  test('does not send a message that Slack refuses', async () => {
    real = await startServer(() => ({status: 200, body: 'ok'}));
    const webhook = (await start(real.url)).createWebhook();
    expect(await post(webhook.url, '{}')).toEqual([400, 'no_text: neither text nor blocks']);
    expect(real.requests).toEqual([]);
  });

  test('does not print the URL if Slack cannot be reached', async () => {
    const webhook = (await start('http://127.0.0.1:9/services/T0/B0/secret')).createWebhook();
    expect(await post(webhook.url, '{"text":"x"}')).toEqual([503, 'slack_not_reached']);
  });
});
