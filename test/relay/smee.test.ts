import {once} from 'node:events';
import {createServer, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {systemClock} from '../../relay/clock.ts';
import {type RunningRelay, startRelay} from '../../relay/start.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/github-server.ts';
import {anEvent, NOW, recordLog, SECRET, signedHeaders, TOKEN} from './test-relay.ts';

let github: GitHubServer;
beforeAll(async () => {
  github = await startGitHubServer();
});
afterAll(() => github.close());

/** A channel as smee.io serves it: server-sent events of JSON, with the headers beside the body. */
describe('a relay behind a smee channel', () => {
  let channel: Server;
  let address: string;
  let relay: RunningRelay | undefined;

  beforeEach(async () => {
    channel = createServer((request, response) => {
      if (request.url !== '/channel') return void response.writeHead(404).end();
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

  async function start(path: string) {
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
    relay = await startRelay(env, {fetch, now: () => NOW, clock: systemClock, random: () => 0, logTo: sink});
    return {log, lineWith};
  }

  const send = (response: ServerResponse, headers: Record<string, string>, body: unknown) =>
    response.write(`data: ${JSON.stringify({...headers, host: 'smee.io', body, query: {}, timestamp: NOW})}\n\n`);

  test('takes what the channel hands on, re-serialised as smee does, and still checks the signature', async () => {
    const subscribed = once(channel, 'subscribed');
    const {lineWith} = await start('/channel');
    const [response] = (await subscribed) as [ServerResponse];
    await lineWith({msg: 'smee channel connected'});
    // Escaped, as the execution agent does it, it is other bytes than smee will send.
    const signed = JSON.stringify(anEvent({to: 'Zürich'})).replace('ü', '\\u00fc');
    send(response, signedHeaders(signed), JSON.parse(signed));
    await lineWith({status: 401});
    const event = anEvent({runId: 'run_smee'});
    send(response, signedHeaders(JSON.stringify(event)), event);
    await lineWith({status: 202, id: 'run_smee'});
    expect(github.dispatches).toHaveLength(1);
  });

  test('says so when there is no such channel, without its address, and goes on', async () => {
    const {log, lineWith} = await start('/secret-channel');
    const line = await lineWith({msg: 'smee channel not connected; check WEBHOOK_PROXY_URL'});
    expect(line).toMatchObject({level: 'warn', reason: expect.stringMatching(/404/)});
    expect(JSON.stringify(log)).not.toContain('secret-channel');
    expect((await fetch(`http://127.0.0.1:${relay?.port}/healthz`)).status).toBe(200);
  });

  test('leaves the channel when it closes', async () => {
    const subscribed = once(channel, 'subscribed');
    await start('/channel');
    const [response] = (await subscribed) as [ServerResponse];
    const left = once(response, 'close');
    await relay?.close();
    await left;
  });
});
