import {once} from 'node:events';
import {createServer as createHttpServer} from 'node:http';
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {createKeepAliveFetch, fetch, RequestSkipped} from '../../../src/base/http/fetch.ts';
import {type Handler, startServer, type TestServer} from '../../helpers/servers/http-server.ts';

let server: TestServer;
let handler: Handler;

beforeEach(async () => {
  handler = () => ({status: 200, body: 'hello'});
  server = await startServer(request => handler(request));
});
afterEach(() => server.close());

test('sends method, headers and body, and returns the response', async () => {
  handler = () => ({status: 201, headers: {'X-Trace': 'abc'}, body: 'schön 💥'});
  const response = await fetch(`${server.url}/path?query=1`, {
    method: 'POST',
    headers: {'X-One': '1'},
    body: '{"a":"ü"}',
  });
  expect(response).toMatchObject({ok: true, status: 201, statusText: 'Created'});
  expect(response.headers.get('x-TRACE')).toBe('abc');
  expect(response.headers.get('x-other')).toBeNull();
  await expect(response.text()).resolves.toBe('schön 💥');
  expect(server.requests[0]).toMatchObject({method: 'POST', url: '/path?query=1', text: '{"a":"ü"}'});
  expect(server.requests[0]?.headers).toMatchObject({
    'x-one': '1',
    'content-length': '10',
    'user-agent': 'port-reactor',
  });
});

test('sends the user agent of the caller', async () => {
  await fetch(server.url, {method: 'GET', headers: {'User-Agent': 'mine'}});
  expect(server.requests[0]?.headers['user-agent']).toBe('mine');
});

test.each([
  [299, true],
  [304, false],
  [404, false],
  [500, false],
])('a response of %d is ok: %s', async (status, ok) => {
  handler = () => ({status});
  await expect(fetch(server.url, {method: 'GET', headers: {}})).resolves.toMatchObject({status, ok});
});

test('does not follow redirects', async () => {
  handler = () => ({status: 302, headers: {location: `${server.url}/elsewhere`}});
  await expect(fetch(server.url, {method: 'POST', headers: {}, body: 'secret'})).resolves.toMatchObject({status: 302});
  expect(server.requests).toHaveLength(1);
});

describe('rejects', () => {
  const get = (url: string, signal?: AbortSignal) =>
    fetch(url, {method: 'GET', headers: {}, ...(signal === undefined ? {} : {signal})});

  test('if nothing listens', async () => {
    await server.close();
    await expect(get(server.url)).rejects.toThrow('ECONNREFUSED');
  });

  test('if the connection is reset', async () => {
    handler = () => 'reset';
    await expect(get(server.url)).rejects.toThrow(/hang up|ECONNRESET/);
  });

  test('if the connection breaks within the body', async () => {
    const broken = createHttpServer((_, outgoing) => {
      outgoing.writeHead(200, {'content-length': '100'});
      outgoing.write('only the start', () => outgoing.destroy());
    });
    await using(broken, async url => {
      await expect(get(url)).rejects.toThrow(/abort|ECONNRESET/);
    });
  });

  test('with the reason of the signal, if no response comes', async () => {
    handler = () => new Promise(() => {});
    await expect(get(server.url, AbortSignal.timeout(20))).rejects.toMatchObject({name: 'TimeoutError'});
  });

  test('with the reason of the signal, if a response does not end', async () => {
    const slow = createHttpServer((_, outgoing) => {
      outgoing.writeHead(200, {'content-length': '100'});
      outgoing.write('only the start');
    });
    await using(slow, async url => {
      await expect(get(url, AbortSignal.timeout(50))).rejects.toMatchObject({name: 'TimeoutError'});
    });
  });

  test('if the signal is already aborted', async () => {
    await expect(get(server.url, AbortSignal.abort(new Error('no more')))).rejects.toThrow('no more');
    expect(server.requests).toHaveLength(0);
  });
});

describe('a fetch that keeps connections open', () => {
  /** Answers two requests on each connection. It closes the first connection instead of the second answer. */
  async function startClosing() {
    const connections: Socket[] = [];
    const closing = createHttpServer((request, outgoing) => {
      const isReused = connections[0] === request.socket && request.headers['x-n'] === '2';
      if (isReused) request.socket.destroy();
      else outgoing.end('ok');
    });
    closing.on('connection', socket => connections.push(socket));
    return {closing, connections};
  }

  test('reuses them', async () => {
    const {closing, connections} = await startClosing();
    const keeping = createKeepAliveFetch();
    await using(closing, async url => {
      for (const n of ['1', '3']) await (await keeping(url, {method: 'GET', headers: {'x-n': n}})).text();
      expect(connections).toHaveLength(1);
    });
  });

  test('sends a GET again if the server has closed the reused connection', async () => {
    const {closing, connections} = await startClosing();
    const keeping = createKeepAliveFetch();
    await using(closing, async url => {
      await keeping(url, {method: 'GET', headers: {'x-n': '1'}});
      const response = await keeping(url, {method: 'GET', headers: {'x-n': '2'}});
      await expect(response.text()).resolves.toBe('ok');
      expect(connections).toHaveLength(2);
    });
  });

  test('does not send a POST again, because it may have arrived', async () => {
    const {closing, connections} = await startClosing();
    const keeping = createKeepAliveFetch();
    await using(closing, async url => {
      await keeping(url, {method: 'GET', headers: {'x-n': '1'}});
      const post = keeping(url, {method: 'POST', headers: {'x-n': '2'}, body: '{}'});
      await expect(post).rejects.toThrow(/hang up|ECONNRESET/);
      expect(connections).toHaveLength(1);
    });
  });
});

describe('a request with `shouldSend`', () => {
  const post = {method: 'POST', headers: {}, body: '{}'};

  test('calls it when its connection is ready, new or reused', async () => {
    const keeping = createKeepAliveFetch();
    for (const n of [1, 2]) {
      const response = await keeping(server.url, {...post, shouldSend: () => server.requests.length === n - 1});
      expect([response.status, server.requests.length]).toEqual([200, n]);
    }
  });

  test('is not sent if it returns false', async () => {
    const keeping = createKeepAliveFetch();
    await expect(keeping(server.url, {...post, shouldSend: () => false})).rejects.toThrow(RequestSkipped);
    await keeping(server.url, post);
    await expect(keeping(server.url, {...post, shouldSend: () => false})).rejects.toThrow(RequestSkipped);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a proxy of the runner', () => {
  const saved = {...process.env};
  afterEach(() => {
    for (const name of ['http_proxy', 'no_proxy']) delete process.env[name];
    Object.assign(process.env, saved);
  });

  test('is used', async () => {
    const requested: string[] = [];
    const proxy = createHttpServer().on('connect', (request, socket: Socket) => {
      requested.push(request.url ?? '');
      const {port} = new URL(server.url);
      const target = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      target.on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    await using(proxy, async url => {
      process.env['http_proxy'] = url;
      process.env['no_proxy'] = '';
      const post = {method: 'POST', headers: {}, body: 'hello'};
      const response = await fetch('http://hooks.example/services/x', post);
      await expect(response.text()).resolves.toBe('hello');
      expect(requested).toEqual(['hooks.example:80']);
      expect(server.requests[0]).toMatchObject({path: '/services/x', text: 'hello'});
      // The proxy connects before `shouldSend` is called.
      await fetch('http://hooks.example/', {...post, shouldSend: () => requested.length === 2});
      await expect(fetch('http://hooks.example/', {...post, shouldSend: () => false})).rejects.toThrow(RequestSkipped);
      expect([requested.length, server.requests.length]).toEqual([3, 2]);
    });
  });

  test('is not used if `no_proxy` names the host', async () => {
    process.env['http_proxy'] = 'http://127.0.0.1:1';
    process.env['no_proxy'] = '127.0.0.1';
    await expect(fetch(server.url, {method: 'GET', headers: {}})).resolves.toMatchObject({status: 200});
  });

  test('that does not answer ends with the timeout', async () => {
    await using(createServer(), async url => {
      process.env['http_proxy'] = url;
      process.env['no_proxy'] = '';
      const signal = AbortSignal.timeout(50);
      const sent = fetch('http://hooks.example/', {method: 'GET', headers: {}, signal});
      await expect(sent).rejects.toMatchObject({name: 'TimeoutError'});
    });
  });
});

/** Runs the test with the server on a free port. */
async function using(server: Server, run: (url: string) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', socket => sockets.add(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
