/** What clients can do to the relay that are slow, idle, half gone or many; what is malformed is in malformed.test.ts. */
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {setImmediate} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {anEvent, closeTestRelays, post, sendRaw, signedHeaders, startTestRelay, type TestRelay} from './test-relay.ts';

/** Short, and still patient enough for honest requests on a busy machine. */
const LIMITS = {headersMs: 800, requestMs: 1_200, checkMs: 50};
const HEAD = 'POST /webhooks/port HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(closeTestRelays);

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {}); // a reset is one way of being refused
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the other side ends. */
async function readAll(socket: Socket): Promise<string> {
  let received = '';
  socket.on('data', chunk => {
    received += chunk;
  });
  await new Promise(resolve => socket.once('close', resolve));
  return received;
}

function jsonOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

describe('a slow client', () => {
  let relay: TestRelay;
  beforeAll(async () => {
    relay = await startTestRelay({limits: LIMITS});
  });

  test.each([
    ['that sends nothing at all', ''],
    ['that never ends its headers', 'POST /webhooks/port HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['that never ends its body', `${HEAD}Content-Length: 100\r\n\r\n{`],
    ['that never ends its chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`],
  ])('%s is answered 408 in time, as JSON', async (_name, bytes) => {
    const socket = await open(relay.port);
    socket.write(bytes);
    const answer = await readAll(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nconnection: close\r\n/);
    expect(jsonOf(answer)).toEqual({error: expect.stringContaining('not whole in time')});
  });

  test('that sends a byte now and then does not win time by it', async () => {
    const socket = await open(relay.port);
    socket.write('POST /webhooks/port HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const drip = setInterval(() => socket.write('x'), 20);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test('does not hold up others', async () => {
    for (let i = 0; i < 50; i++) (await open(relay.port)).write(`${HEAD}Content-Length: 100\r\n\r\n{`);
    expect((await post(relay, anEvent())).status).toBe(202);
  });
});

describe('a body that is too large', () => {
  let relay: TestRelay;
  beforeAll(async () => {
    relay = await startTestRelay({settings: {maxBodyBytes: 1000}, limits: LIMITS});
  });

  test.each([
    ['by its length', `${HEAD}Content-Length: 100000000000\r\n\r\n`],
    ['by its chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`],
  ])('%s is answered 413 at once, and not read for ever', async (name, head) => {
    const piece = name === 'by its length' ? 'x'.repeat(10_000) : `2710\r\n${'x'.repeat(10_000)}\r\n`;
    const socket = await open(relay.port);
    socket.write(head);
    const flood = setInterval(() => socket.write(piece), 5);
    const answer = await readAll(socket);
    clearInterval(flood);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('larger than 1000 bytes');
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test('of an honest sender leaves the connection usable', async () => {
    const body = 'x'.repeat(2000);
    const large = `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`;
    const next = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await sendRaw(relay.port, large + next);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});

describe('many connections', () => {
  test('beyond the limit are turned away, and idle ones make room for Port', async () => {
    const relay = await startTestRelay({limits: {maxConnections: 5}});
    const idle = [];
    for (let i = 0; i < 5; i++) {
      const socket = await open(relay.port);
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
      idle.push(socket);
    }
    const closed = Promise.all(idle.map(readAll));
    expect(await readAll(await open(relay.port))).toBe('');
    await closed;
    expect((await post(relay, anEvent())).status).toBe(202);
  });

  test('that never send a request make room too, once they had a second', async () => {
    const relay = await startTestRelay({limits: {maxConnections: 5}});
    for (let i = 0; i < 5; i++) await open(relay.port);
    const statuses = new Set<unknown>();
    const deadlineMs = performance.now() + 4_000;
    while (!statuses.has(202) && performance.now() < deadlineMs) {
      statuses.add(
        await post(relay, anEvent()).then(
          ({status}) => status,
          () => 'turned away',
        ),
      );
      await setImmediate();
    }
    expect([...statuses]).toEqual(['turned away', 202]);
  });

  test('of which most leave in the middle leave nothing behind', async () => {
    const relay = await startTestRelay();
    for (let i = 0; i < 100; i++) {
      const socket = await open(relay.port);
      socket.write(i % 2 === 0 ? `${HEAD}Content-Length: 100\r\n\r\n{"a":` : 'POST /webh');
      if (i % 3 === 0) socket.end();
      else socket.resetAndDestroy();
    }
    expect((await post(relay, anEvent())).status).toBe(202);
  });
});

describe('requests that are sent ahead', () => {
  test('are answered in their order', async () => {
    const relay = await startTestRelay();
    const webhook = signedRequest(JSON.stringify(anEvent()));
    const unsigned = `${HEAD}Content-Length: 2\r\n\r\n{}`;
    const last = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await sendRaw(relay.port, webhook + unsigned + webhook + last);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 202', 'HTTP/1.1 401', 'HTTP/1.1 202', 'HTTP/1.1 200']);
  });

  test('too far end the connection, not the relay', async () => {
    const relay = await startTestRelay();
    const socket = await open(relay.port);
    const received = readAll(socket);
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000));
    expect((await post(relay, anEvent())).status).toBe(202);
    const answers = await received;
    expect(answers.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThanOrEqual(33);
  });

  test('and never get an answer do not stay for ever', async () => {
    const relay = await startTestRelay({limits: {stuckMs: 300}, dispatch: () => new Promise(() => {})});
    const socket = await open(relay.port);
    socket.write(signedRequest(JSON.stringify(anEvent())));
    expect(await readAll(socket)).toBe('');
  });
});

function signedRequest(body: string): string {
  const lines = Object.entries(signedHeaders(body)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /webhooks/port HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n${lines.join('')}\r\n${body}`;
}
