/** Messages of a bot: requests, the meaning of Slack's answers, and waits for its limits. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {message, section} from '../../../../src/act/slack/block-kit/blocks.ts';
import {createSlack, isDeleted, type Slack} from '../../../../src/act/slack/post/slack.ts';
import {fetch} from '../../../../src/base/http/fetch.ts';
import {type SlackServer, startSlackServer} from '../../../helpers/servers/slack-server.ts';
import {type SlackWebApi, startSlackWebApi} from '../../../helpers/servers/slack-web-api.ts';

const CHANNEL = {channel: 'C0123ABCD'};
const hello = message('hello', [section(['*hello*'])]);

let api: SlackWebApi;
let webhooks: SlackServer;
let slack: Slack;
let sleeps: number[];

beforeEach(async () => {
  [api, webhooks] = await Promise.all([startSlackWebApi(), startSlackServer()]);
  sleeps = [];
  slack = aSlack(api.token);
});
afterEach(() => Promise.all([api.close(), webhooks.close()]));

function aSlack(token: string): Slack {
  let clock = 0;
  const sleep = async (ms: number) => {
    sleeps.push(ms);
    clock += ms;
  };
  return createSlack({fetch, sleep, now: () => clock, bot: {token, apiUrl: api.apiUrl}});
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('did not fail');
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('abcdefghijklmnopqrstuvwx');
  return error;
}

const refusal = (error: string, status = 200) => ({status, body: {ok: false, error}});

test('sends a message to a channel, replies in its thread, and edits it', async () => {
  const first = await slack.send(CHANNEL, hello);
  const ts = first?.ts ?? '';
  expect(first).toEqual({channel: 'C0123ABCD', ts: expect.stringMatching(/^\d{10}\.\d{6}$/)});
  await slack.send(CHANNEL, message('quiet', [section(['quiet'])]), {ts});
  await slack.send(CHANNEL, message('loud', [section(['loud'])]), {ts, broadcast: true});
  await slack.edit({channel: 'C0123ABCD', ts}, message('bye', [section(['bye'])]));
  expect(api.messages).toMatchObject([
    {text: 'bye', body: 'bye', before: ['*hello*'], threadTs: undefined},
    {text: 'quiet', threadTs: ts, isBroadcast: false},
    {text: 'loud', threadTs: ts, isBroadcast: true},
  ]);
  expect(sleeps).toEqual([1000, 1000, 1000]);
});

test('a reply to a deleted message is posted in the channel and marked as outside of the thread', async () => {
  await expect(slack.send(CHANNEL, hello, {ts: '1764331200.000100'})).resolves.toMatchObject({isOutside: true});
});

test('isDeleted recognizes a failed edit of a deleted message', async () => {
  const error = await failureOf(slack.edit({channel: 'C0123ABCD', ts: '1764331200.000100'}, hello));
  expect(isDeleted(error)).toBe(true);
});

describe('a refusal with status 200', () => {
  test.each([
    ['invalid_auth', 'Slack answered chat.postMessage with 200 "invalid_auth": the token is not valid.'],
    ['not_in_channel', 'Slack answered chat.postMessage with 200 "not_in_channel": the app is not in the channel.'],
    ['is_archived', 'Slack answered chat.postMessage with 200 "is_archived": the channel is archived.'],
    ['some_new_word', 'Slack answered chat.postMessage with 200 "some_new_word": see https://docs.slack.dev/'],
  ])('explains the error code: %s', async (word, expected) => {
    api.replyNext(refusal(word));
    expect((await failureOf(slack.send(CHANNEL, hello))).message).toMatch(expected.replace(/[.()]/g, '.'));
    expect(api.requests).toHaveLength(1);
  });

  test('names the missing scope', async () => {
    api.replyNext({status: 200, body: {ok: false, error: 'missing_scope', needed: 'chat:write:bot', provided: 'x'}});
    expect((await failureOf(slack.send(CHANNEL, hello))).message).toContain('the scope `chat:write:bot`');
  });

  test('reports an invalid token', async () => {
    const error = await failureOf(aSlack('xoxb-wrong').send(CHANNEL, hello));
    expect(error.message).toContain('"invalid_auth"');
  });

  test.each(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])(
    'is sent again if it can be temporary: %s',
    async word => {
      api.replyNext(refusal(word), refusal(word));
      await slack.send(CHANNEL, hello);
      expect(api.messages).toHaveLength(1);
      expect(sleeps).toEqual([300, 1000]);
    },
  );
});

describe('a response that is not from Slack', () => {
  test.each([
    [{status: 200, body: '<html>log in</html>'}],
    [{status: 200, body: ''}],
    [{status: 200, body: 'ok'}],
    [{status: 404, body: 'no'}],
  ])('fails: %j', async reply => {
    api.replyNext(reply);
    expect((await failureOf(slack.send(CHANNEL, hello))).message).toContain('Check `slack-api-url`');
  });

  test('sends the message again after a broken connection', async () => {
    api.replyNext('reset');
    await slack.send(CHANNEL, hello);
    expect(api.messages).toHaveLength(1);
  });
});

describe('a rate limit', () => {
  const limited = (seconds: number) => ({
    status: 429,
    headers: {'retry-after': String(seconds)},
    body: {ok: false, error: 'ratelimited'},
  });

  test('is waited for', async () => {
    api.replyNext(limited(7));
    await slack.send(CHANNEL, hello);
    expect(sleeps).toEqual([7000]);
    expect(api.messages).toHaveLength(1);
  });

  test('is also recognized with status 200', async () => {
    api.replyNext(refusal('ratelimited'));
    await slack.send(CHANNEL, hello);
    expect(sleeps).toEqual([1000]);
  });

  test('has the same retry limit as webhooks', async () => {
    webhooks.replyNext({status: 429, headers: {'retry-after': '40'}});
    await slack.send({webhook: webhooks.webhook()}, hello);
    api.replyNext(limited(40));
    expect((await failureOf(slack.send(CHANNEL, hello))).message).toContain('longer than a run waits: 60 s in total');
    expect(sleeps).toEqual([40_000]);
  });
});
