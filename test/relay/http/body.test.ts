import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type Server} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {createBodyReader, type ReadBody, requireJson} from '../../../relay/http/body.ts';
import {HttpRefusal, SenderDisconnected} from '../../../relay/http/refusal.ts';
import {sendRaw} from '../test-relay.ts';

describe('requireJson', () => {
  const statusOf = (headers: IncomingHttpHeaders) => {
    try {
      requireJson({headers} as IncomingMessage);
      return undefined;
    } catch (error) {
      return error instanceof HttpRefusal ? error.status : error;
    }
  };

  test.each<[IncomingHttpHeaders, number | undefined]>([
    [{'content-type': 'application/json'}, undefined],
    [{'content-type': 'application/json; charset=utf-8'}, undefined],
    [{'content-type': 'Application/JSON ;charset=UTF-8'}, undefined],
    [{'content-type': 'application/json', 'content-encoding': 'identity'}, undefined],
    [{}, 415],
    [{'content-type': ''}, 415],
    [{'content-type': 'text/plain'}, 415],
    [{'content-type': 'application/jsonp'}, 415],
    [{'content-type': 'application/json-patch+json'}, 415],
    [{'content-type': 'application/x-www-form-urlencoded'}, 415],
    [{'content-type': 'application/json', 'content-encoding': 'gzip'}, 415],
    [{'content-type': 'application/json', 'content-encoding': 'identity, br'}, 415],
    [{'content-type': 'application/json', 'content-encoding': 'unheard-of'}, 415],
  ])('%j: %s', (headers, expected) => {
    expect(statusOf(headers)).toBe(expected);
  });
});

describe('createBodyReader', () => {
  let server: Server;
  let port: number;
  /** Accepts 1,000 bytes per body, and 2,000 of unfinished bodies. */
  let large: Server;
  let largePort: number;
  /** The outcome of the last body. */
  let read: Promise<Buffer>;

  beforeAll(async () => {
    [server, large] = [await listenWith(createBodyReader(10)), await listenWith(createBodyReader(1000, 2000))];
    [port, largePort] = [server, large].map(each => (each.address() as AddressInfo).port) as [number, number];
  });
  afterAll(() => {
    for (const each of [server, large]) each.close().closeAllConnections();
  });

  async function listenWith(readBody: ReadBody): Promise<Server> {
    const listening = createServer((request, response) => {
      read = readBody(request);
      read.then(
        body => response.end(`got ${body.length}`),
        error => response.end(String(error.status ?? 'none')),
      );
      listening.emit('seen');
    }).listen(0, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  }

  const head = 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

  test.each([
    ['no body', `${head}\r\n`, 'got 0'],
    ['a length of zero', `${head}Content-Length: 0\r\n\r\n`, 'got 0'],
    ['the largest allowed body', `${head}Content-Length: 10\r\n\r\n0123456789`, 'got 10'],
    [
      'the same in pieces',
      `${head}Transfer-Encoding: chunked\r\n\r\n${chunk('01234')}${chunk('56789')}${chunk('')}`,
      'got 10',
    ],
  ])('accepts %s', async (_name, request, expected) => {
    expect(await sendRaw(port, request)).toContain(expected);
  });

  test.each([
    ['a length that is too large, before the first byte arrives', `${head}Content-Length: 11\r\n\r\n`],
    ['too many bytes in one chunk without an end', `${head}Transfer-Encoding: chunked\r\n\r\n${chunk('0123456789a')}`],
    [
      'too many bytes in several chunks',
      `${head}Transfer-Encoding: chunked\r\n\r\n${chunk('01234')}${chunk('56789')}${chunk('a')}`,
    ],
  ])('refuses %s, without waiting for the rest', async (_name, request) => {
    expect(await sendRaw(port, request, '413')).toContain('413');
    await expect(read).rejects.toThrow(HttpRefusal);
  });

  test('accepts a body in 1,000 pieces', async () => {
    const pieces = Array.from({length: 1000}, (_, i) => String(i % 10));
    await sendRaw(largePort, `${head}Transfer-Encoding: chunked\r\n\r\n${pieces.map(chunk).join('')}${chunk('')}`);
    expect((await read).toString()).toBe(pieces.join(''));
  });

  test('shares the limit among unfinished bodies, and drops the oldest', async () => {
    const send = (size: number) => {
      const socket = connect(largePort, '127.0.0.1');
      socket.write(`${head}Content-Length: 1000\r\n\r\n${'x'.repeat(size)}`);
      return socket;
    };
    const first = send(900);
    await once(large, 'seen');
    const refusal = expect(read).rejects.toMatchObject({status: 408});
    const second = send(900);
    await once(large, 'seen');
    const secondRead = read;
    send(900).unref();
    await refusal;
    second.end('x'.repeat(100));
    expect(await secondRead).toHaveLength(1000);
    first.destroy();
  });

  test('reports a sender that closes the connection before the end', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}Content-Length: 10\r\n\r\n01234`));
    await once(server, 'seen');
    socket.destroy();
    await expect(read).rejects.toThrow(SenderDisconnected);
  });
});
