import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {message, section} from '../../../../src/act/slack/block-kit/blocks.ts';
import {createWebhookPost, type Post} from '../../../../src/act/slack/post/webhook.ts';
import {NetworkError, ReactorError, RequestError} from '../../../../src/base/errors.ts';
import {fetch} from '../../../../src/base/http/fetch.ts';
import {eventually} from '../../../helpers/processes/run-script.ts';
import {type SlackReply, type SlackServer, startSlackServer} from '../../../helpers/servers/slack-server.ts';

const hello = message('hello', [section(['*hello*'])]);

let slack: SlackServer;
let url: string;
let post: Post;
let sleeps: number[];
let clock: number;

beforeEach(async () => {
  slack = await startSlackServer();
  url = slack.webhook('secretsecretsecretsecret');
  sleeps = [];
  clock = 0;
  post = aPost();
});
afterEach(() => slack.close());

function aPost(timeoutMs?: number): Post {
  const sleep = async (ms: number) => {
    sleeps.push(ms);
    clock += ms;
  };
  return createWebhookPost({fetch, sleep, now: () => clock, ...(timeoutMs === undefined ? {} : {timeoutMs})});
}

/** Long enough for a response on a busy machine. */
const TIMEOUT_MS = 300;

/** The error of the post. Checks that it never contains the address of the webhook. */
async function failureOf(posted: Promise<void>): Promise<ReactorError> {
  const error: unknown = await posted.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ReactorError)) throw new Error(`failed with ${String(error)}`);
  for (const text of [error.message, error.stack ?? '', JSON.stringify(error), String(error.cause)]) {
    expect(text).not.toContain('secretsecret');
    expect(text).not.toContain('/services/');
  }
  return error;
}

const limited = (seconds?: number | string): SlackReply => ({
  status: 429,
  headers: seconds === undefined ? {} : {'retry-after': String(seconds)},
  body: 'rate_limited',
});

test('posts the message unchanged, once', async () => {
  await post(url, hello);
  expect(slack.messages).toEqual([
    {webhook: 'secretsecretsecretsecret', text: 'hello', body: '*hello*', blocks: hello.blocks},
  ]);
  expect(slack.requests).toHaveLength(1);
  expect(slack.requests[0]?.json).toEqual(hello);
  expect(sleeps).toEqual([]);
});

describe('a rate limit', () => {
  test('is waited for as long as it requests', async () => {
    slack.replyNext(limited(7), limited(30));
    await post(url, hello);
    expect(sleeps).toEqual([7_000, 30_000]);
    expect(slack.messages).toHaveLength(1);
  });

  test.each([
    ['names no time', undefined],
    ['names a value that is not a number', 'soon'],
    ['requests zero seconds', 0],
  ])('that %s is waited for one second', async (_name, seconds) => {
    slack.replyNext(limited(seconds));
    await post(url, hello);
    expect(sleeps).toEqual([1_000]);
  });

  test('is waited for 60 s in total in one run', async () => {
    slack.replyNext(limited(40), limited(20));
    await post(url, hello);
    slack.replyNext(limited(1));
    const error = await failureOf(post(slack.webhook('other'), hello));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toBe(
      'Slack answered 429 "rate_limited": the webhook is rate limited for longer than a run waits: 60 s in total.',
    );
    expect(sleeps).toEqual([40_000, 20_000]);
  });

  test('longer than the retry limit fails later messages without a request, until it is over', async () => {
    slack.replyNext(limited(90));
    const [first, second] = [post(url, hello), post(url, hello)];
    await failureOf(first);
    expect((await failureOf(second)).message).toMatch(/^Slack answered 429/);
    expect(slack.requests).toHaveLength(1);
    clock += 29_000;
    await failureOf(post(url, hello));
    expect(slack.requests).toHaveLength(1);
    clock += 61_000;
    await post(url, hello);
    expect(slack.messages).toHaveLength(1);
    expect(sleeps).toEqual([]);
  });

  test('is waited for by the next message if the rest fits the retry limit', async () => {
    slack.replyNext(limited(90));
    await failureOf(post(url, hello));
    clock += 50_000;
    await post(url, hello);
    expect(sleeps).toEqual([40_000]);
    expect(slack.messages).toHaveLength(1);
  });

  test('of more than a minute fails immediately', async () => {
    slack.replyNext(limited(61));
    await failureOf(post(url, hello));
    expect(sleeps).toEqual([]);
    expect(slack.requests).toHaveLength(1);
  });

  test.each([
    ['a date', () => new Date(90_000).toUTCString()],
    ['seven digits', () => '1234567'],
    ['four hundred digits', () => '9'.repeat(400)],
  ])('of more than a minute, written as %s, fails immediately', async (_name, header) => {
    slack.replyNext({
      status: 429,
      body: 'rate_limited',
      headers: {'retry-after': header(), date: new Date(0).toUTCString()},
    });
    await failureOf(post(url, hello));
    expect(sleeps).toEqual([]);
    expect(slack.requests).toHaveLength(1);
  });

  test('until a date is waited for', async () => {
    const headers = {'retry-after': new Date(21_000).toUTCString(), date: new Date(0).toUTCString()};
    slack.replyNext({status: 429, headers, body: 'rate_limited'});
    await post(url, hello);
    expect(sleeps).toEqual([21_000]);
  });

  test('of several webhooks at the same time is waited for once, because the run has one retry limit', async () => {
    const held: (() => void)[] = [];
    const sleep = (ms: number) =>
      new Promise<void>(resolve => {
        sleeps.push(ms);
        held.push(resolve);
      });
    const patient = createWebhookPost({fetch, sleep, now: () => clock});
    slack.replyNext(...Array.from({length: 4}, () => limited(21)));
    const posted = Promise.all(Array.from({length: 4}, (_, n) => patient(slack.webhook(`hook-${n}`), hello)));
    await eventually('all four wait', async () => held.length === 4);
    clock += 21_000;
    for (const go of held.splice(0)) go();
    await posted;
    expect(sleeps).toEqual([21_000, 21_000, 21_000, 21_000]);
    slack.replyNext(limited(40));
    await failureOf(patient(slack.webhook('hook-5'), hello));
    slack.replyNext(limited(39));
    const last = patient(slack.webhook('hook-6'), hello);
    await eventually('the last one waits', async () => held.length === 1);
    held[0]?.();
    await last;
  });

  test('that does not end fails after several attempts', async () => {
    slack.replyNext(...Array.from({length: 100}, () => limited(0)));
    await failureOf(post(url, hello));
    expect(sleeps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });
});

describe('several messages', () => {
  test('to one webhook are sent one after the other, a second apart', async () => {
    await Promise.all(['one', 'two', 'three'].map(text => post(url, message(text, hello.blocks))));
    expect(slack.messages.map(({text}) => text)).toEqual(['one', 'two', 'three']);
    expect(sleeps).toEqual([1_000, 1_000]);
  });

  test('that are already a second apart do not wait', async () => {
    await post(url, hello);
    clock += 400;
    await post(url, hello);
    clock += 1_000;
    await post(url, hello);
    expect(sleeps).toEqual([600]);
  });

  test('to different webhooks do not wait for each other', async () => {
    const held: (() => void)[] = [];
    const sleep = () => new Promise<void>(resolve => void held.push(resolve));
    const patient = createWebhookPost({fetch, sleep, now: () => 0});
    slack.replyNext(limited(30));
    const waiting = patient(url, hello);
    while (held.length === 0) await patient(slack.webhook(`other-${slack.requests.length}`), hello);
    expect(slack.messages.length).toBeGreaterThan(0);
    held[0]?.();
    await waiting;
    expect(slack.messages.at(-1)?.webhook).toBe('secretsecretsecretsecret');
  });

  test('are sent after one that failed finally', async () => {
    slack.replyNext({status: 400, body: 'invalid_blocks'});
    const [first, second] = [post(url, hello), post(url, hello)];
    await failureOf(first);
    await second;
    expect(slack.messages).toHaveLength(1);
    expect(sleeps).toEqual([1_000]);
  });
});

describe('a temporary failure', () => {
  test.each<[string, SlackReply]>([
    ['500', {status: 500, body: 'rollup_error'}],
    ['503', {status: 503}],
    ['a broken connection', 'reset'],
    ['silence', 'hang'],
  ])('as %s is retried', async (_name, reply) => {
    slack.replyNext(reply, reply);
    await (reply === 'hang' ? aPost(TIMEOUT_MS) : post)(url, hello);
    expect(slack.requests).toHaveLength(3);
    expect(sleeps).toEqual([300, 1_000]);
  });

  test.each<[string, SlackReply, RegExp]>([
    [
      '500',
      {status: 500, body: 'rollup_error'},
      /^Slack answered 500 "rollup_error": Slack has an internal problem. .*job summary/,
    ],
    ['a broken connection', 'reset', /^Slack could not be reached: .*(hang up|ECONNRESET).*job summary\.$/],
    ['silence', 'hang', /^Slack could not be reached: .*timeout.*job summary\.$/],
  ])('as %s fails after several attempts', async (_name, reply, words) => {
    slack.replyNext(reply, reply, reply);
    const posted = (reply === 'hang' ? aPost(TIMEOUT_MS / 3) : post)(url, hello);
    expect((await failureOf(posted)).message).toMatch(words);
    expect(slack.requests).toHaveLength(3);
  });

  test('fails after several attempts if the server does not exist', async () => {
    const {port} = new URL(slack.url);
    await slack.close();
    const error = await failureOf(post(url, hello));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
  });

  test('mixed with a rate limit still ends after a bounded time', async () => {
    slack.replyNext({status: 500}, limited(2), {status: 502}, limited(3), {status: 503});
    expect((await failureOf(post(url, hello))).message).toMatch(/^Slack answered 503/);
    expect(sleeps).toEqual([300, 2_000, 1_000, 3_000]);
  });
});

describe('a refusal', () => {
  test.each([
    [400, 'invalid_payload', /bug in Port Reactor/],
    [400, 'invalid_blocks', /bug in Port Reactor/],
    [400, 'no_text', /bug in Port Reactor/],
    [400, 'user_not_found', /new webhook/],
    [403, 'action_prohibited', /administrator/],
    [403, 'invalid_token', /whole webhook URL/],
    [403, 'posting_to_general_channel_denied', /another channel/],
    [404, 'channel_not_found', /new webhook/],
    [404, 'no_service', /new webhook/],
    [404, 'no_service_id', /new webhook/],
    [404, 'no_team', /whole URL/],
    [404, 'team_disabled', /disabled/],
    [410, 'channel_is_archived', /Unarchive/],
    [302, '', /redirects/],
  ])('%d %s is final, and the message contains the fix', async (status, body, advice) => {
    slack.replyNext({status, body, headers: {location: `${slack.url}/elsewhere`}});
    const error = await failureOf(post(url, hello));
    expect(error.message.startsWith(`Slack answered ${status}${body === '' ? '' : ` "${body}"`}: `)).toBe(true);
    expect(error.message).toMatch(advice);
    expect(slack.requests).toHaveLength(1);
    expect(sleeps).toEqual([]);
  });

  test('of an address that is not a webhook is explained', async () => {
    const error = await failureOf(post(`${slack.url}/services/T0/B0/secretsecret`, hello));
    expect(error.message).toMatch(/^Slack answered 404 "no_service": the webhook is disabled or removed/);
  });

  test.each<[string, number, string, string]>([
    ['a web page', 200, '\n<!doctype html><title>Sign in</title>', 'a web page'],
    ['an empty body', 200, '', 'no content'],
    ['an empty body with the status 204', 204, '', 'no content'],
    ['text of a proxy', 200, 'accepted', 'other content'],
    ['a word that starts with ok', 200, 'okay', 'other content'],
    ['JSON without `ok`', 200, '{"okay":true}', 'other content'],
    ['JSON with an unknown error', 200, '{"ok":false,"error":"https://secret"}', 'other content'],
    ['JSON with `ok` as a string', 200, '{"ok":"true"}', 'other content'],
    ['a list', 200, '[true]', 'other content'],
  ])('is every response except ok: %s', async (_name, status, body, what) => {
    slack.replyNext({status, body});
    expect((await failureOf(post(url, hello))).message).toBe(
      `Slack answered ${status}: ${what} instead of Slack's \`ok\`. Check that the secret contains the URL of an incoming webhook, and that no proxy answers in its place.`,
    );
    expect(slack.requests).toHaveLength(1);
  });

  test.each<[string, RegExp]>([
    ['no_service\n', /^Slack answered 200 "no_service": the webhook is disabled/],
    ['{"ok":false,"error":"invalid_auth"}', /^Slack answered 200 "invalid_auth": check that the secret/],
    ['{"ok":false,"error":"no_team"}', /^Slack answered 200 "no_team": the workspace of the webhook/],
  ])('is an error code of Slack with any status: %s', async (body, expected) => {
    slack.replyNext({status: 200, body});
    expect((await failureOf(post(url, hello))).message).toMatch(expected);
    expect(slack.requests).toHaveLength(1);
  });

  test.each(['rollup_error', '{"ok":false,"error":"rate_limited"}'])(
    'that can be temporary is sent again, also with status 200: %s',
    async body => {
      slack.replyNext({status: 200, body});
      await post(url, hello);
      expect(slack.messages).toHaveLength(1);
      const again = {status: 200, body};
      slack.replyNext(again, again, again);
      expect((await failureOf(post(url, hello))).message).toMatch(
        /^Slack answered 200 "r\w+": Slack did not accept the/,
      );
    },
  );

  test.each(['ok', ' ok\n', '{"ok":true}', '{"ok":true,"ts":"1.2"}'])('is not the response %j', async body => {
    slack.replyNext({status: 200, body});
    await expect(post(url, hello)).resolves.toBeUndefined();
  });

  test.each([
    ['something_new'],
    [''],
    ['<!doctype html><title>Sign in</title>'],
    ['{"ok":false,"error":"something_new"}'],
    ['constructor'],
  ])('without an error code of Slack is reported by its status: %s', async body => {
    slack.replyNext({status: 418, body});
    expect((await failureOf(post(url, hello))).message).toBe(
      'Slack answered 418: check that the secret contains the URL of an incoming webhook that still exists.',
    );
  });

  test.each([
    ['invalid_blocks: more words'],
    ['no_service\n'],
    ['{"ok":false,"error":"invalid_auth","warning":"x"}'],
    ['{"ok": false, "error" : "not_authed"}'],
  ])('with an error code of Slack names the code: %s', async body => {
    slack.replyNext({status: 400, body});
    const [word] = /invalid_blocks|no_service|invalid_auth|not_authed/.exec(body) ?? [];
    expect((await failureOf(post(url, hello))).message).toMatch(new RegExp(`^Slack answered 400 "${word}": `));
  });

  test('never repeats the address, even if the response quotes it in another form', async () => {
    const {pathname} = new URL(url);
    const address = `${url}?token=secretsecret`;
    const bodies = [
      ...[address, pathname, `invalid_payload ${address}`, 'secretsecretsecretsecret', encodeURIComponent(address)],
      ...[address.replaceAll('/', '\\/'), address.replaceAll('/', '&#x2F;'), JSON.stringify({error: address})],
      ...[Buffer.from(address).toString('base64'), address.split('').join('\n')],
    ];
    for (const body of bodies) {
      slack.replyNext({status: 403, body});
      expect((await failureOf(post(url, hello))).message).toMatch(
        /^Slack answered 403(?: "invalid_payload")?: [\w ;,.]+$/,
      );
    }
  });
});
