import {createHmac} from 'node:crypto';
import {gzipSync} from 'node:zlib';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {NetworkError} from '../../../src/base/errors.ts';
import {type SendOptions, send} from '../../../src/cli/send/command.ts';
import {UsageError} from '../../../src/cli/shared/usage.ts';
import {aCliWorld, NOW, type TestWorld, type WorldOptions} from '../../helpers/processes/cli-world.ts';
import {type RecordedRequest, type Reply, startServer, type TestServer} from '../../helpers/servers/http-server.ts';
import {aChange} from '../../helpers/values/a-change.ts';

let relay: TestServer;
let reply: Reply;
let world: TestWorld;

beforeEach(async () => {
  reply = {status: 202, body: {status: 'dispatched', id: 'r_1'}};
  relay = await startServer(() => reply);
  world = aWorld();
});
afterEach(async () => {
  await relay.close();
  world.remove();
});

function aWorld(options: WorldOptions = {}): TestWorld {
  return aCliWorld({env: {PORT_CLIENT_SECRET: 'new-secret,old-secret'}, ...options});
}

function use(options: WorldOptions): void {
  world.remove();
  world = aWorld(options);
}

const change = {entity: 'notification-service-prod', property: 'healthStatus', from: 'Healthy', to: 'Degraded'};

async function post(options: SendOptions, eventFile?: string): Promise<RecordedRequest> {
  await send(eventFile, {relay: relay.url, ...options}, world);
  const request = relay.requests.at(-1);
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

describe('a payload of the relay', () => {
  const changes = [aChange({runId: 'r_1'}), aChange({runId: 'r_2', entity: 'other'})];
  const envelope = {version: 1, title: '', partition: 0, partitions: 4};
  const packed = gzipSync(JSON.stringify(changes)).toString('base64');

  test.each<[string, object]>([
    ['plain', {...envelope, changes}],
    ['packed', {...envelope, packed, count: 2}],
    ['in a dispatch', {event_type: 'x', client_payload: {...envelope, packed, count: 2}}],
  ])('%s posts each change as a separate event, in order', async (_, payload) => {
    use({files: {'event.json': JSON.stringify(payload)}});
    await post({}, 'event.json');
    expect(relay.requests.map(({json}) => json)).toMatchObject([
      {runId: 'r_1', context: {entityIdentifier: 'notification-service-prod'}},
      {runId: 'r_2', context: {entityIdentifier: 'other'}},
    ]);
    expect(world.output.match(/^202/gm)).toHaveLength(2);
  });

  test.each<[string, object, RegExp]>([
    ['damaged', {...envelope, packed: packed.slice(0, 40), count: 2}, /the event: client_payload\.packed: is not gzip/],
    ['cut', {...envelope, changes: [{...changes[0], truncated: ['after.properties.*']}]}, /change r_1 is truncated/],
  ])('%s is not sent, with the reason', async (_, payload, message) => {
    use({files: {'event.json': JSON.stringify(payload)}});
    await expect(post({}, 'event.json')).rejects.toThrow(message);
    expect(relay.requests).toEqual([]);
  });
});

describe('send', () => {
  test('posts a change, signed with the first secret at the current second', async () => {
    const {url, text, headers, json} = await post(change);
    const timestamp = String(Math.floor(NOW / 1000));
    const digest = createHmac('sha256', 'new-secret').update(`${timestamp}.${text}`).digest('base64');
    expect(url).toBe('/webhooks/port');
    expect(headers).toMatchObject({'x-port-timestamp': timestamp, 'x-port-signature': `v1,${digest}`});
    expect(json).toEqual({
      action: 'UPDATE',
      resourceType: 'entity',
      trigger: {by: {userId: 'port-reactor send'}, origin: 'API', at: '2026-11-20T12:28:18.477Z'},
      context: {
        blueprintIdentifier: 'deploymentConfig',
        entityIdentifier: 'notification-service-prod',
        propertyIdentifier: null,
      },
      diff: {
        before: expect.objectContaining({properties: {healthStatus: 'Healthy'}}),
        after: expect.objectContaining({title: 'notification-service-prod', properties: {healthStatus: 'Degraded'}}),
      },
    });
  });

  test('reads the type of values from their text, and the rest from options', async () => {
    const more = {blueprint: 'database', title: 'Orders', at: '2026-01-01T00:00:00Z', runId: 'r_9'};
    const {json} = await post({...change, from: 'null', to: '91', ...more});
    expect(json).toMatchObject({
      runId: 'r_9',
      trigger: {at: '2026-01-01T00:00:00Z'},
      context: {blueprintIdentifier: 'database'},
      diff: {before: {title: 'Orders', properties: {healthStatus: null}}, after: {properties: {healthStatus: 91}}},
    });
  });

  test('posts a file byte for byte', async () => {
    const text = '{ "action" :\t"UPDATE", "ü": "\\u00fc", "n": 1e-06 }\r\n';
    use({files: {'event.json': text}});
    expect((await post({}, 'event.json')).text).toBe(text);
  });

  test('posts standard input', async () => {
    use({input: '{"a":1}'});
    expect((await post({}, '-')).text).toBe('{"a":1}');
  });

  test('explains the response', async () => {
    use({env: {PORT_CLIENT_SECRET: 's', GITHUB_REPOSITORY: 'acme/ops'}});
    await post(change);
    expect(world.output).toBe(
      '202 dispatched, id: r_1\nGitHub accepted the dispatch. See https://github.com/acme/ops/actions.\n',
    );
    expect(world.exitCode).toBe(0);
  });

  test('fails if the relay refuses', async () => {
    reply = {status: 401, body: {error: 'The signature is not valid'}};
    await post(change);
    expect(world.output).toMatch(/^401 The signature is not valid\n.*PORT_CLIENT_SECRET/);
    expect(world.exitCode).toBe(1);
  });

  test('prints status and answer with --json', async () => {
    reply = {status: 503, headers: {'retry-after': '7'}, body: {error: 'limited'}};
    await post({...change, json: true});
    expect(JSON.parse(world.output)).toEqual({status: 503, answer: {error: 'limited'}});
    expect(world.exitCode).toBe(1);
  });

  test('fails if no relay listens', async () => {
    await relay.close();
    await expect(post(change)).rejects.toThrow(NetworkError);
    relay = await startServer(() => reply);
  });
});

describe('send refuses to start', () => {
  async function problems(options: SendOptions, eventFile?: string): Promise<string> {
    const sent = send(eventFile, {relay: relay.url, ...options}, world);
    await expect(sent).rejects.toThrow(UsageError);
    expect(relay.requests).toHaveLength(0);
    return await sent.then(
      () => '',
      (error: Error) => error.message,
    );
  }

  test('with all missing settings in the error', async () => {
    use({env: {}});
    const sent = send(undefined, {entity: 'x', at: 'noon'}, world);
    await expect(sent).rejects.toThrow(
      /--relay.*\n.*PORT_CLIENT_SECRET.*\n.*--at noon.*\n.*--property is missing.*\n.*--from is missing: the value before the change, or null if it was not set\n.*--to is missing: the value after the change, or null if it is not set$/,
    );
  });

  test('without a change or an event', async () => {
    await expect(problems({})).resolves.toContain('- the event is missing: pass a file, or describe the change');
  });

  test('with a missing file', async () => {
    await expect(problems({}, 'event.json')).resolves.toMatch(
      /the event in event\.json can't be read: it does not exist\. Pass a file/,
    );
  });

  test.each([
    ['not JSON', '{"action": '],
    ['empty', ''],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['after a byte order mark', '\ufeff{}'],
  ])('with an event that is %s', async (_, text) => {
    use({files: {'event.json': text}});
    await expect(problems({}, 'event.json')).resolves.toContain('the event in event.json is not JSON in UTF-8 (');
  });

  test('with both an event and options for the same values', async () => {
    use({files: {'event.json': '{}'}});
    await expect(problems({entity: 'x', runId: 'y'}, 'event.json')).resolves.toContain(
      '--entity, --run-id: the event file',
    );
  });
});
