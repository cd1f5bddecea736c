/** Clients that are slow, idle, half closed or numerous. Malformed requests are tested in malformed.test.ts. */
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {anEvent, closeTestRelays, post, sendRaw, signedHeaders, startTestRelay, type TestRelay} from '../test-relay.ts';

/** Short, but long enough for legitimate requests on a busy machine. */
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
  socket.on('error', () => {}); // a reset is a valid refusal
  await once(socket, 'connect');
  return socket;
}

/** Everything received until the other side ends. */
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
  const UNFINISHED_HEAD = 'POST /webhooks/port HTTP/1.1\r\nHost: x\r\nX-Slow: ';
  let relay: TestRelay;
  beforeAll(async () => {
    relay = await startTestRelay({limits: LIMITS});
  });

  test('is answered with 408 in time, as JSON', async () => {
    const unfinished = {
      nothing: '',
      head: UNFINISHED_HEAD,
      body: `${HEAD}Content-Length: 100\r\n\r\n{`,
      chunks: `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    };
    const answers = Object.entries(unfinished).map(async ([name, bytes]) => {
      const socket = await open(relay.port);
      socket.write(bytes);
      return [name, await readAll(socket)] as const;
    });
    for (const [name, answer] of await Promise.all(answers)) {
      const head = answer.split('\r\n').slice(0, 2);
      expect({name, head}).toEqual({name, head: ['HTTP/1.1 408 Request Timeout', 'connection: close']});
      expect(jsonOf(answer)).toEqual({error: expect.stringContaining('not complete in time')});
    }
  });

  test('that sends single bytes does not get more time', async () => {
    const socket = await open(relay.port);
    socket.write(UNFINISHED_HEAD);
    const drip = setInterval(() => socket.write('x'), 20);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test('is not refused after a stall of the relay, which first reads what arrived in the meantime', async () => {
    const impatient = await startTestRelay({limits: {headersMs: 50, requestMs: 50, checkMs: 5}});
    const request = signedRequest(JSON.stringify(anEvent()));
    const socket = await open(impatient.port);
    const answer = once(socket, 'data');
    socket.write(request.slice(0, 20));
    await new Promise(resolve => setImmediate(resolve)); // the relay has begun to read
    await new Promise(resolve => setImmediate(resolve));
    socket.write(request.slice(20));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // blocks the event loop of both
    expect(String(await answer)).toMatch(/^HTTP\/1\.1 202 /);
  });

  test('does not delay others', async () => {
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
  ])('%s is answered with 413 immediately, and not read to its end', async (name, head) => {
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

  test.each([
    ['413', `Content-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`],
    ['413', `Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n${'x'.repeat(3_000_000)}\r\n0\r\n\r\n`],
    ['415', `Content-Encoding: gzip\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`],
  ])('is answered with %s even if the client wants to close the connection', async (status, rest) => {
    const answer = await sendRaw(relay.port, `${HEAD}Connection: close\r\n${rest}`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/connection: close/i);
    expect(jsonOf(answer)).toEqual({error: expect.any(String)});
  });

  test('from a legitimate sender keeps the connection usable', async () => {
    const body = 'x'.repeat(2000);
    const large = `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`;
    const next = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await sendRaw(relay.port, large + next);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});

describe('many connections', () => {
  const BODY = `${HEAD}Content-Length: 100\r\n\r\n{`;
  const idle = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

  test.each([
    ['that never send a byte', ''],
    ['with unfinished heads', 'POST /webhooks/port HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['with unfinished bodies', BODY],
    ['that are idle', idle],
  ])('%s do not stop webhooks of Port', async (_name, bytes) => {
    const relay = await startTestRelay({limits: {maxConnections: 20}});
    for (let i = 0; i < 60; i++) {
      const socket = await open(relay.port);
      socket.write(bytes);
      if (bytes === idle) await once(socket, 'data');
      if (i % 3 === 0) expect((await post(relay, anEvent())).status).toBe(202);
    }
  });

  test('with unfinished bodies are closed before idle ones, the oldest first', async () => {
    const relay = await startTestRelay({limits: {maxConnections: 5}});
    const sockets = [];
    for (const bytes of [idle, BODY, BODY, idle]) {
      const socket = await open(relay.port);
      socket.write(bytes);
      if (bytes === idle) await once(socket, 'data');
      sockets.push(socket);
    }
    const closed: number[] = [];
    for (const [index, socket] of sockets.entries()) socket.resume().once('close', () => closed.push(index));
    for (let i = 1; i <= 4; i++) {
      const socket = await open(relay.port);
      socket.write(signedRequest(JSON.stringify(anEvent())).replace('\r\n', '\r\nConnection: close\r\n'));
      expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 202 /);
      await open(relay.port);
    }
    expect(closed.slice(0, 2)).toEqual([1, 2]);
  });

  test('that wait for a response are never closed, and others are refused', async () => {
    let dispatched = () => {};
    const dispatch = () => new Promise<never>(() => dispatched());
    const relay = await startTestRelay({limits: {maxConnections: 5}, dispatch});
    const held = [];
    for (let i = 0; i < 5; i++) {
      const socket = await open(relay.port);
      const isHeld = new Promise<void>(resolve => {
        dispatched = resolve;
      });
      socket.write(signedRequest(JSON.stringify(anEvent())));
      await isHeld;
      held.push(socket);
    }
    expect(await readAll(await open(relay.port))).toBe('');
    expect(held.every(socket => !socket.closed)).toBe(true);
  });

  test('that mostly break off do not leak resources', async () => {
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

describe('pipelined requests', () => {
  test('are answered in order', async () => {
    const relay = await startTestRelay();
    const webhook = signedRequest(JSON.stringify(anEvent()));
    const unsigned = `${HEAD}Content-Length: 2\r\n\r\n{}`;
    const last = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await sendRaw(relay.port, webhook + unsigned + webhook + last);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 202', 'HTTP/1.1 401', 'HTTP/1.1 202', 'HTTP/1.1 200']);
  });

  test('beyond the limit end the connection, but not the relay', async () => {
    const relay = await startTestRelay();
    const socket = await open(relay.port);
    const received = readAll(socket);
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000));
    expect((await post(relay, anEvent())).status).toBe(202);
    const answers = await received;
    expect(answers.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThanOrEqual(33);
  });

  test('without a response are closed at the time limit', async () => {
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
