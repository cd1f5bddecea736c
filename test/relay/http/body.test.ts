import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type Server} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {createBodyReader, type ReadBody, requireJson} from '../../../relay/http/body.ts';
import {HttpRefusal, HungUp} from '../../../relay/http/refusal.ts';
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
  /** Takes 1,000 bytes, and 2,000 of unfinished bodies. */
  let large: Server;
  let largePort: number;
  /** What became of the last body. */
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
    ['a length of nothing', `${head}Content-Length: 0\r\n\r\n`, 'got 0'],
    ['as much as is allowed', `${head}Content-Length: 10\r\n\r\n0123456789`, 'got 10'],
    [
      'the same in pieces',
      `${head}Transfer-Encoding: chunked\r\n\r\n${chunk('01234')}${chunk('56789')}${chunk('')}`,
      'got 10',
    ],
  ])('takes %s', async (_name, request, expected) => {
    expect(await sendRaw(port, request)).toContain(expected);
  });

  test.each([
    ['a length that is too much, before any of it has come', `${head}Content-Length: 11\r\n\r\n`],
    ['too much in one piece that has no end', `${head}Transfer-Encoding: chunked\r\n\r\n${chunk('0123456789a')}`],
    ['too much in several', `${head}Transfer-Encoding: chunked\r\n\r\n${chunk('01234')}${chunk('56789')}${chunk('a')}`],
  ])('refuses %s, without waiting for the rest', async (_name, request) => {
    expect(await sendRaw(port, request, '413')).toContain('413');
    await expect(read).rejects.toThrow(HttpRefusal);
  });

  test('takes a body in a thousand pieces', async () => {
    const pieces = Array.from({length: 1000}, (_, i) => String(i % 10));
    await sendRaw(largePort, `${head}Transfer-Encoding: chunked\r\n\r\n${pieces.map(chunk).join('')}${chunk('')}`);
    expect((await read).toString()).toBe(pieces.join(''));
  });

  test('unfinished bodies share their room, and the oldest makes way', async () => {
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

  test('reports a sender that hangs up before the end', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}Content-Length: 10\r\n\r\n01234`));
    await once(server, 'seen');
    socket.destroy();
    await expect(read).rejects.toThrow(HungUp);
  });
});
