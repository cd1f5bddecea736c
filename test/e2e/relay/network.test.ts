/** The built relay behind a proxy, and with a renamed repository. */
import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {type RelayProcess, startRelayProcess} from '../../helpers/processes/relay-process.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import {startServer} from '../../helpers/servers/http-server.ts';
import {startProxy, type TestProxy} from '../../helpers/servers/proxy.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';
import {anEvent, SECRET, signedHeaders, TOKEN} from '../../relay/test-relay.ts';

let github: GitHubServer;
let proxy: TestProxy;
let relay: RelayProcess | undefined;

beforeEach(async () => {
  github = await startGitHubServer();
  proxy = await startProxy({'github.test': github.url});
});
afterEach(async () => {
  await relay?.end('SIGKILL');
  relay = undefined;
  proxy.close();
  await github.close();
});

async function start(env: Record<string, string>): Promise<void> {
  relay = await startRelayProcess({
    PORT: '0',
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: SECRET,
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_TOKEN: TOKEN,
    GITHUB_API_URL: 'http://github.test',
    REACTOR_RULES: 'none',
    REACTOR_ACK_TIMEOUT_SECONDS: '1',
    ...env,
  });
}

async function send(event: unknown = anEvent()) {
  const body = JSON.stringify(event);
  const headers = signedHeaders(body, {atMs: Date.now()});
  const response = await fetch(`http://127.0.0.1:${relay?.port}/webhooks/port`, {method: 'POST', headers, body});
  return {status: response.status, text: await response.text()};
}

describe('the relay behind a proxy', () => {
  test.each(TRIES_ALL ? ['http_proxy', 'HTTP_PROXY'] : ['HTTP_PROXY'])(
    'reaches GitHub through the proxy of %s',
    async name => {
      await start({[name]: proxy.url});
      expect(await send()).toMatchObject({status: 202});
      expect(new Set(proxy.asked)).toEqual(new Set(['github.test:80']));
      expect(github.dispatches).toHaveLength(1);
    },
  );

  test('sends the login of the proxy address', async () => {
    await start({http_proxy: proxy.url.replace('//', '//user:p%40ss@')});
    expect(await send()).toMatchObject({status: 202});
    expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  test.each(TRIES_ALL ? ['no_proxy', 'NO_PROXY'] : ['NO_PROXY'])('reaches hosts in %s directly', async name => {
    await start({http_proxy: proxy.url, [name]: 'other.test, .github.test,github.test'});
    expect(await send()).toMatchObject({status: 503}); // no server listens there
    expect(proxy.asked).toEqual([]);
  });

  test('names the proxy in the message if GitHub cannot be reached through it', async () => {
    await start({http_proxy: proxy.url, GITHUB_API_URL: 'http://unknown.test'});
    const {status, text} = await send();
    expect(status).toBe(503);
    expect(text).toMatch(
      /GitHub could not be reached: .*statusCode=403.*through the proxy 127\.0\.0\.1:\d+ of http_proxy/,
    );
  });

  test('suggests a proxy if GitHub cannot be reached directly', async () => {
    await start({GITHUB_API_URL: 'http://127.0.0.1:9'});
    const {text} = await send();
    expect(text).toMatch(/GitHub could not be reached: .*if this network needs a proxy, set http_proxy/);
  });

  test("closes Port's runs and reads a smee channel through the proxy", async () => {
    const port = await startServer(({path}) =>
      path.endsWith('/access_token') ? {status: 200, body: {accessToken: 'a'}} : {status: 200, body: {ok: true}},
    );
    const channel = await startChannel();
    proxy.close();
    proxy = await startProxy({'github.test': github.url, 'port.test': port.url, 'smee.test': channel.url});
    github.files.set('.github/port-reactor.yml', 'version: 1\nrules: [{name: r, blueprint: other, notify: true}]');
    const env = {
      REACTOR_RULES: '',
      PORT_CLIENT_ID: 'id',
      PORT_API_URL: 'http://port.test',
      WEBHOOK_PROXY_URL: 'http://smee.test/x',
    };
    await start({http_proxy: proxy.url, ...env});
    // On a busy machine the rules can arrive late. Until then, the relay dispatches every change.
    await eventually('the change is ignored', async () => (await send()).status === 200);
    await eventually('its run is closed', async () => port.requests.some(({path}) => path.includes('run_1')));
    await channel.subscribed;
    expect(new Set(proxy.asked)).toEqual(new Set(['github.test:80', 'port.test:80', 'smee.test:80']));
    channel.server.close().closeAllConnections();
    await port.close();
  });
});

async function startChannel(): Promise<{url: string; server: Server; subscribed: Promise<unknown>}> {
  const server = createServer((_request, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'}).write(': hello\n\n');
  });
  const subscribed = once(server, 'request');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, subscribed};
}

test.each(TRIES_ALL ? [301, 307, 308] : [307])(
  'follows a renamed repository (%i), and a warning contains its new name',
  async status => {
    github.replyAll = ({path}) => {
      const [, rest] = /^\/repos\/acme\/operations(\/.*)?$/.exec(path) ?? [];
      if (path.startsWith('/repos/acme/operations')) {
        return {status, headers: {location: `${github.url}/repositories/7${rest ?? ''}`}, body: {message: 'Moved'}};
      }
      if (path === '/repositories/7') return {status: 200, body: {full_name: 'acme/new-name'}};
      return path === '/repositories/7/dispatches' ? {status: 204} : undefined;
    };
    await start({GITHUB_API_URL: github.url});
    expect(await send()).toMatchObject({status: 202});
    const isNamed = () => relay?.lines.some(line => /"level":"warn".*acme\/new-name/.test(line));
    await eventually('the warning is logged', async () => isNamed() === true);
  },
);
