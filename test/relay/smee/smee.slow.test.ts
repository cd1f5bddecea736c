import {once} from 'node:events';
import {createServer, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {type Clock, systemClock} from '../../../relay/process/clock.ts';
import {type RunningRelay, startRelay} from '../../../relay/start.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import {anEvent, NOW, recordLog, SECRET, signedHeaders, TOKEN} from '../test-relay.ts';

let github: GitHubServer;
beforeAll(async () => {
  github = await startGitHubServer();
});
afterAll(() => github.close());

/** A channel in the form of smee.io: server-sent events of JSON, with the headers beside the body. */
describe('a relay behind a smee channel', () => {
  let channel: Server;
  let address: string;
  /** The statuses of the next responses, before the channel is served. */
  let refusals: number[];
  let relay: RunningRelay | undefined;

  beforeEach(async () => {
    refusals = [];
    channel = createServer((request, response) => {
      if (request.url !== '/channel') return void response.writeHead(404).end();
      const refusal = refusals.shift();
      if (refusal !== undefined) return void response.writeHead(refusal).end();
      response.writeHead(200, {'content-type': 'text/event-stream'});
      response.write('event: ready\ndata: {}\n\n');
      channel.emit('subscribed', response);
    });
    channel.listen(0, '127.0.0.1');
    await once(channel, 'listening');
    address = `http://127.0.0.1:${(channel.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    await relay?.close();
    relay = undefined;
    channel.close().closeAllConnections();
  });

  async function start(path: string, clock: Clock = systemClock) {
    const {log, sink, lineWith} = recordLog();
    const env = {
      PORT: '0',
      PORT_CLIENT_SECRET: SECRET,
      GITHUB_REPOSITORY: 'acme/operations',
      GITHUB_TOKEN: TOKEN,
      GITHUB_API_URL: github.url,
      REACTOR_RULES: 'none',
      WEBHOOK_PROXY_URL: `${address}${path}`,
    };
    relay = await startRelay(env, {fetch, now: () => NOW, clock, random: () => 0, logTo: sink});
    return {log, lineWith};
  }

  const get = async (path: string) => fetch(`http://127.0.0.1:${relay?.port}${path}`);
  const readyz = async () => (await (await get('/readyz')).json()) as {error?: string};
  const metric = async (name: string) => {
    const text = await (await get('/metrics')).text();
    return Number(new RegExp(`^port_reactor_relay_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };

  const send = (response: ServerResponse, headers: Record<string, string>, body: unknown) =>
    response.write(`data: ${JSON.stringify({...headers, host: 'smee.io', body, query: {}, timestamp: NOW})}\n\n`);

  test('accepts re-serialized webhooks from the channel, and still checks the signature', async () => {
    const subscribed = once(channel, 'subscribed');
    const {lineWith} = await start('/channel');
    const [response] = (await subscribed) as [ServerResponse];
    await lineWith({msg: 'smee channel connected'});
    // With the escapes of the execution agent, the bytes differ from those that smee sends.
    const signed = JSON.stringify(anEvent({to: 'Zürich'})).replace('ü', '\\u00fc');
    send(response, signedHeaders(signed), JSON.parse(signed));
    await lineWith({status: 401});
    const event = anEvent({runId: 'run_smee'});
    send(response, signedHeaders(JSON.stringify(event)), event);
    await lineWith({status: 202, id: 'run_smee'});
    expect(github.dispatches).toHaveLength(1);
  });

  test('reports a missing channel without its address, and continues', async () => {
    const {log, lineWith} = await start('/secret-channel');
    const line = await lineWith({msg: 'smee channel not connected. Check WEBHOOK_PROXY_URL'});
    expect((await readyz()).error).toContain(
      'The smee channel of WEBHOOK_PROXY_URL is not connected: smee answered 404',
    );
    expect(await metric('smee_connected')).toBe(0);
    expect(line).toMatchObject({level: 'warn', reason: expect.stringMatching(/404/)});
    expect(JSON.stringify(log)).not.toContain('secret-channel');
    expect((await fetch(`http://127.0.0.1:${relay?.port}/healthz`)).status).toBe(200);
  });

  test.each([204, 404, 429, 500, 503])('reconnects after a %i, and /readyz shows it', async status => {
    refusals = [status, status];
    const subscribed = once(channel, 'subscribed');
    const clock = createManualClock(NOW);
    const {log, lineWith} = await start('/channel', clock);
    const first = await lineWith({msg: 'smee channel not connected. Check WEBHOOK_PROXY_URL'});
    expect(first).toMatchObject({retryInMs: 750}); // a wrong delay fails here, not at the time limit
    expect((await readyz()).error).toContain(`smee answered ${status}`);
    await clock.pass(750);
    await lineWith({retryInMs: 1500});
    await clock.pass(1500);
    await subscribed;
    await lineWith({msg: 'smee channel connected'});
    expect(await readyz()).toEqual({status: 'ready'});
    expect(await metric('smee_connected')).toBe(1);
    const delays = log.flatMap(({retryInMs}) => (typeof retryInMs === 'number' ? [retryInMs] : []));
    expect(delays).toEqual([750, 1500]);
  });

  test('reconnects after the channel ends the connection', async () => {
    const first = once(channel, 'subscribed');
    await start('/channel');
    const [response] = (await first) as [ServerResponse];
    const second = once(channel, 'subscribed');
    response.destroy();
    await second;
  });

  test.each([
    '{}',
    '[]',
    'null',
    '"text"',
    '1e999',
    '{"body":',
    'not JSON',
    '',
    `{"body":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ])('continues after the message %.20s', async message => {
    const subscribed = once(channel, 'subscribed');
    const {lineWith} = await start('/channel');
    const [response] = (await subscribed) as [ServerResponse];
    response.write(`data: ${message}\n\n`);
    if (message !== '') await lineWith({msg: 'skipped a message from the smee channel that is not a webhook'});
    const event = anEvent({runId: 'run_after'});
    send(response, signedHeaders(JSON.stringify(event)), event);
    await lineWith({status: 202, id: 'run_after'});
    expect(await metric('smee_connected')).toBe(1);
  });

  test('connects again after a message that is too large', async () => {
    const first = once(channel, 'subscribed');
    const {lineWith} = await start('/channel');
    const [response] = (await first) as [ServerResponse];
    const second = once(channel, 'subscribed');
    response.write(`data: ${'x'.repeat(5 * 1024 * 1024)}`);
    await lineWith({msg: 'smee channel not connected. Check WEBHOOK_PROXY_URL'});
    const [next] = (await second) as [ServerResponse];
    const event = anEvent({runId: 'run_next'});
    send(next, signedHeaders(JSON.stringify(event)), event);
    await lineWith({status: 202, id: 'run_next'});
  });

  test('forwards only the signature headers of the sender, and never logs headers', async () => {
    const subscribed = once(channel, 'subscribed');
    const {log, lineWith} = await start('/channel');
    const [response] = (await subscribed) as [ServerResponse];
    const hostile = {
      'content-length': '3',
      'transfer-encoding': 'chunked',
      'content-type': 'text/plain',
      'content-encoding': 'gzip',
      expect: '100-continue',
      connection: 'upgrade',
      upgrade: 'websocket',
      'x-bad': 'a\r\nb',
      'bad name': 'secret-of-the-sender',
      cookie: 'secret-of-the-sender',
    };
    const event = anEvent({runId: 'run_hostile'});
    send(response, {...hostile, ...signedHeaders(JSON.stringify(event)), 'content-type': 'text/plain'}, event);
    await lineWith({status: 202, id: 'run_hostile'});
    send(response, {...hostile, 'x-port-signature': 'a\r\nb: c', 'x-port-timestamp': 'ü'}, event);
    await lineWith({status: 401});
    expect(JSON.stringify(log)).not.toContain('secret-of-the-sender');
  });

  test('names smee, which rewrites bodies, as the most likely cause of an invalid signature', async () => {
    const subscribed = once(channel, 'subscribed');
    const {lineWith} = await start('/channel');
    const [response] = (await subscribed) as [ServerResponse];
    const signed = JSON.stringify(anEvent({to: 'x/y'})).replace('x/y', 'x\\/y');
    send(response, signedHeaders(signed), JSON.parse(signed));
    expect(await lineWith({status: 401})).toMatchObject({
      reason: expect.stringMatching(/^smee may have rewritten the body .*If not, no secret in PORT_CLIENT_SECRET/),
    });
  });

  test('disconnects from the channel when it closes', async () => {
    const subscribed = once(channel, 'subscribed');
    await start('/channel');
    const [response] = (await subscribed) as [ServerResponse];
    const left = once(response, 'close');
    await relay?.close();
    await left;
  });
});
