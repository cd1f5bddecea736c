import {gzipSync} from 'node:zlib';
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {jsonValues} from '../helpers/values/changes.ts';
import {portBody, portBodyNames} from '../helpers/values/fixtures.ts';
import {runs} from '../helpers/values/runs.ts';
import {
  anEvent,
  closeTestRelays,
  NOW,
  post,
  postText,
  SECRET,
  signedHeaders,
  startTestRelay,
  type TestRelay,
  TOKEN,
} from './test-relay.ts';

afterAll(closeTestRelays);

describe('a webhook', () => {
  let relay: TestRelay;
  beforeAll(async () => {
    relay = await startTestRelay({rules: {kind: 'repository', path: '.github/port-reactor.yml'}});
    relay.github.files.set(
      '.github/port-reactor.yml',
      `version: 1
rules:
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, to: [Degraded, Crashed], clear: {to: Healthy}, notify: true}`,
    );
  });
  afterEach(() => {
    relay.github.replyAll = undefined;
  });

  const dispatchCount = () => relay.github.dispatches.length;

  test('that a rule matches is dispatched, and answered with its id after GitHub accepted it', async () => {
    const answer = await post(relay, anEvent({runId: 'run_42'}));
    expect(answer).toMatchObject({status: 202, body: {status: 'dispatched', id: 'run_42'}});
    expect(relay.github.dispatches.at(-1)).toMatchObject({
      event_type: 'port-catalog-change',
      client_payload: {
        version: 1,
        title: 'notification-service-prod: healthStatus Healthy → Degraded',
        changes: [{id: 'run_42', runId: 'run_42', entity: 'notification-service-prod'}],
      },
    });
  });

  test('with a number that JavaScript rounds is dispatched with its digits and a note', async () => {
    const event = anEvent({runId: 'run_44', properties: {account: 0, huge: 0}});
    const text = JSON.stringify(event)
      .replaceAll('"account":0', '"account":9007199254740993')
      .replaceAll('"huge":0', '"huge":1e400');
    expect(await postText(relay, text)).toMatchObject({status: 202});
    expect(relay.github.dispatches.at(-1)?.client_payload.changes).toMatchObject([
      {
        after: {properties: {account: '9007199254740993', huge: '1e400'}},
        truncated: expect.arrayContaining(['before.properties.account', 'after.properties.huge']),
      },
    ]);
  });

  test('that no rule matches is ignored with the reason, without a request to GitHub', async () => {
    const before = dispatchCount();
    const answer = await post(relay, anEvent({runId: 'run_43', to: 'Restarting'}));
    expect(answer).toMatchObject({status: 200, body: {status: 'ignored', id: 'run_43'}});
    expect(answer.body.reason).toBe('degraded: healthStatus went to Restarting, not to Degraded or Crashed');
    expect(dispatchCount()).toBe(before);
  });

  test('that is not about an entity is ignored with its kind', async () => {
    const answer = await post(relay, portBody('self-service'));
    expect(answer).toMatchObject({status: 200, body: {status: 'ignored', id: null}});
    expect(answer.body.reason).toMatch(/self-service/);
  });

  test('in the encoding of the execution agent is accepted', async () => {
    const signed = JSON.stringify(anEvent({runId: 'run_44'}));
    const sent = JSON.stringify(anEvent({runId: 'run_44'}), null, 1);
    expect(await postText(relay, sent, signedHeaders(signed))).toMatchObject({status: 202});
  });

  test.each(portBodyNames())('of the recorded shape %s gets a response that follows the contract', async name => {
    const {status, body} = await post(relay, portBody(name));
    expect([200, 202, 422]).toContain(status);
    expect(body).toEqual(
      status === 422 ? {error: expect.stringMatching(/./)} : expect.objectContaining({status: expect.any(String)}),
    );
  });

  const event = JSON.stringify(anEvent());
  const signed = signedHeaders(event);
  const without = (name: string) => Object.fromEntries(Object.entries(signed).filter(([key]) => key !== name));
  const UNSIGNED = expect.stringMatching(/^The signature is missing, invalid or too old\./);

  test.each<[string, number, string | Buffer, Record<string, string>, unknown]>([
    ['no content type', 415, Buffer.from(event), without('content-type'), /content-type: application\/json/],
    ['a form', 415, event, {...signed, 'content-type': 'application/x-www-form-urlencoded'}, /application\/json/],
    ['gzip', 415, gzipSync(event), {...signed, 'content-encoding': 'gzip'}, /must not be compressed/],
    [
      'a body that is too large',
      413,
      `"${'x'.repeat(1_048_576)}"`,
      signed,
      /larger than 1048576 bytes.*REACTOR_MAX_BODY_BYTES/,
    ],
    ['no signature', 401, event, without('x-port-signature'), UNSIGNED],
    ['no timestamp', 401, event, without('x-port-timestamp'), UNSIGNED],
    ['another body', 401, `${event} x`, signed, UNSIGNED],
    ['another secret', 401, event, signedHeaders(event, {secret: 'other'}), UNSIGNED],
    ['an old signature', 401, event, signedHeaders(event, {atMs: NOW - 301_000}), UNSIGNED],
    ['a signature from the future', 401, event, signedHeaders(event, {atMs: NOW + 301_000}), UNSIGNED],
    ['a text that is not JSON', 400, 'secret words', signedHeaders('secret words'), /^The body is not JSON/],
    ['nothing', 400, '', signedHeaders(''), /^The body is not JSON/],
    ['JSON that is not a message of Port', 422, '[]', signedHeaders('[]'), /must be a JSON object/],
  ])('with %s is answered with %i', async (_name, status, body, headers, error) => {
    const before = relay.github.requests.length;
    const answer = await postText(relay, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({error: error instanceof RegExp ? expect.stringMatching(error) : error});
    expect(relay.github.requests).toHaveLength(before);
  });

  test('with a missing part is answered with 422 with its path', async () => {
    const broken = {...anEvent(), context: {blueprintIdentifier: 'service', entityIdentifier: null}};
    expect(await post(relay, broken)).toMatchObject({
      status: 422,
      body: {error: expect.stringMatching(/^context\.entityIdentifier: /)},
    });
  });

  test('is refused for the first of these: content type, size, signature, JSON', async () => {
    const big = 'x'.repeat(1_048_577);
    expect(await postText(relay, big, {'content-type': 'text/plain'})).toMatchObject({status: 415});
    expect(await postText(relay, big, {'content-type': 'application/json'})).toMatchObject({status: 413});
    expect(await postText(relay, 'no JSON', {'content-type': 'application/json'})).toMatchObject({status: 401});
  });

  test.each<[string, Parameters<TestRelay['github']['replyNext']>[0], number, RegExp]>([
    ['limits', {status: 403, headers: {'retry-after': '42'}}, 503, /limits the rate.*in 42 s/],
    ['does not know the repository', {status: 404}, 502, /lacks Contents: write on acme\/operations/],
    ['does not know the token', {status: 401}, 502, /GITHUB_TOKEN/],
    ['refuses the payload', {status: 422, body: {message: 'too large'}}, 502, /GitHub says: too large/],
    ['redirects to a page', {status: 302, headers: {location: '/login'}}, 502, /redirects/],
  ])('is not answered with success if GitHub %s', async (_name, reply, status, error) => {
    const relay = await startTestRelay();
    relay.github.replyNext(reply);
    const answer = await post(relay, anEvent());
    expect(answer).toMatchObject({status, body: {error: expect.stringMatching(error)}});
    expect(Object.keys(answer.body)).toEqual(['error']);
    expect(Number(answer.headers.get('retry-after')) > 0).toBe(status === 503);
  });

  test.each<[string, Parameters<TestRelay['github']['replyNext']>[0]]>([
    ['fails', {status: 500}],
    ['breaks the connection', 'reset'],
  ])('is held and retried if GitHub %s', async (_name, reply) => {
    const relay = await startTestRelay();
    relay.github.replyNext(reply, reply);
    expect(await post(relay, anEvent())).toMatchObject({status: 202});
    expect(relay.github.requests).toHaveLength(3);
  });

  test('waits as long as GitHub requires', async () => {
    const relay = await startTestRelay();
    relay.github.replyNext({status: 403, headers: {'retry-after': '42'}});
    expect((await post(relay, anEvent())).headers.get('retry-after')).toBe('42');
  });
});

describe('a webhook during failures', () => {
  test('is answered with 503 at its deadline if GitHub never answers', async () => {
    const relay = await startTestRelay({settings: {ackTimeoutMs: 40}});
    relay.github.replyAll = () => 'hang';
    const answer = await post(relay, anEvent());
    expect(answer).toMatchObject({
      status: 503,
      body: {error: expect.stringMatching(/did not answer in time\. GitHub may have accepted the change/)},
    });
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  test('is dispatched if the rules cannot be read', async () => {
    const relay = await startTestRelay({rules: {kind: 'repository', path: 'missing.yml'}});
    expect(await post(relay, anEvent({blueprint: 'any'}))).toMatchObject({status: 202});
    expect(relay.github.dispatches).toHaveLength(1);
  });

  test('is accepted with a re-serialized body only if smee is set up', async () => {
    const signedText = '{"a":"ü"}';
    const sent = '{"a":"\\u00fc"}';
    const relay = await startTestRelay();
    expect(await postText(relay, sent, signedHeaders(signedText))).toMatchObject({status: 401});
    const behind = await startTestRelay({settings: {proxyUrl: 'https://smee.io/x'}});
    expect(await postText(behind, sent, signedHeaders(signedText))).toMatchObject({status: 422});
    expect(await postText(behind, sent, signedHeaders('{"a":"u"}'))).toMatchObject({status: 401});
  });

  test('is held for the configured time, even if the clock of the machine changes', async () => {
    let readings = 0;
    let [heldMs, received] = [0, ''];
    const relay = await startTestRelay({
      settings: {ackTimeoutMs: 20_000},
      now: () => NOW + (readings++ === 0 ? 0 : 60_000),
      dispatch: async ({timeoutMs, receivedAt}) => {
        [heldMs, received] = [timeoutMs, receivedAt];
        return {kind: 'accepted', partition: 0, batch: 1};
      },
    });
    expect(await post(relay, anEvent())).toMatchObject({status: 202});
    expect(heldMs).toBeGreaterThan(10_000);
    expect(heldMs).toBeLessThanOrEqual(20_000);
    expect(received).toBe(new Date(NOW).toISOString());
  });

  test('is answered with 500 on an internal error, with details only in the log', async () => {
    const relay = await startTestRelay({
      dispatch: () => {
        throw new TypeError('of this kind');
      },
    });
    const answer = await post(relay, anEvent());
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('of this kind');
    expect(relay.log).toEqual([
      expect.objectContaining({level: 'error', status: 500, stack: expect.stringContaining('TypeError: of this kind')}),
    ]);
  });
});

describe('hostile input', () => {
  let relay: TestRelay;
  beforeAll(async () => {
    relay = await startTestRelay();
  });

  test('an unsigned message gets the same 401, and nothing reaches GitHub', async () => {
    const texts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 200}), fc.string(), async (bytes, signature) => {
        const headers = {...signedHeaders('something else'), 'x-port-signature': `v1,${encodeURI(signature)}`};
        const {status, body} = await postText(relay, Buffer.from(bytes), headers);
        expect(status).toBe(401);
        texts.add(JSON.stringify(body));
      }),
      {numRuns: runs(50)},
    );
    expect(texts.size).toBe(1);
    expect(relay.github.requests).toEqual([]);
  });

  test('a signed body with one byte changed is refused', async () => {
    const body = Buffer.from(JSON.stringify(anEvent()));
    const headers = signedHeaders(body);
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), fc.integer({min: 1, max: 255}), async (at, difference) => {
        const changed = Buffer.from(body);
        changed[at] = (body[at] as number) ^ difference;
        const {status} = await postText(relay, changed, headers);
        expect(status).toBe(401);
      }),
      {numRuns: runs(50)},
    );
    expect(relay.github.requests).toEqual([]);
  });

  test('the relay does not fail for any signed JSON', async () => {
    const event = anEvent();
    const places = fc.constantFrom(
      '',
      'context',
      'diff',
      'trigger',
      'diff.after',
      'diff.after.properties',
      'trigger.by',
    );
    await fc.assert(
      fc.asyncProperty(places, jsonValues, async (place, value) => {
        const {status} = await post(relay, place === '' ? value : withValue(event, place.split('.'), value));
        expect([200, 202, 422]).toContain(status);
      }),
      {numRuns: runs(100)},
    );
  });

  const nested = (levels: number, inside = '') => `${'['.repeat(levels)}${inside}${']'.repeat(levels)}`;
  const eventWith = (value: string) => JSON.stringify(anEvent({to: 'PLACE'})).replace('"PLACE"', value);

  test.each<[string, string, number]>([
    ['unclosed brackets', '['.repeat(500_000), 400],
    ['closed brackets', nested(500_000), 422],
    ['objects in objects', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`, 422],
    ['a value that is nested deeply', eventWith(nested(400_000)), 422],
    ['a value with nesting that can overflow a stack', eventWith(nested(3_000)), 422],
    ['a value with the nesting of real catalogs', eventWith(nested(50)), 202],
    ['a huge key', eventWith(`{"${'k'.repeat(900_000)}":1}`), 202],
    ['many keys', eventWith(`{${Array.from({length: 50_000}, (_, i) => `"k${i}":${i}`).join()}}`), 202],
    ['hostile keys', eventWith('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'), 202],
    ['the key __proto__ at the top', '{"__proto__":{"event":{"action":"UPDATE"}}}', 422],
    ['a number that is too large', eventWith('1e999'), 202],
    ['a byte order mark', `\ufeff${JSON.stringify(anEvent())}`, 400],
    ['null', 'null', 422],
    ['a text that Octokit would break', eventWith('["[\\"5n"]'), 202],
  ])('%s', async (_name, body, expected) => {
    expect(await postText(relay, body, signedHeaders(body))).toMatchObject({status: expected});
    expect({}).not.toHaveProperty('polluted');
  });

  test('bytes that are not UTF-8 do not cause an error', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);
    expect(await postText(relay, body, signedHeaders(body))).toMatchObject({status: 422});
  });

  test('no secret is in the log', () => {
    const log = JSON.stringify(relay.log);
    expect(log).not.toContain(SECRET);
    expect(log).not.toContain(TOKEN);
    expect(log).not.toMatch(/v1,\w/);
  });
});

function withValue(target: object, [key = '', ...rest]: string[], value: unknown): object {
  const inner = (target as Record<string, unknown>)[key];
  return {...target, [key]: rest.length === 0 ? value : withValue(inner as object, rest, value)};
}
