import {once} from 'node:events';
import {connect} from 'node:net';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {DispatchOutcome} from '../../../relay/dispatch/dispatch-outcome.ts';
import {anEvent, closeTestRelays, post, sendRaw, signedHeaders, startTestRelay, type TestRelay} from '../test-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay();
});
beforeEach(() => {
  relay.log.length = 0;
});
afterAll(closeTestRelays);

const body = JSON.stringify(anEvent());
const signed = Object.entries(signedHeaders(body))
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

/** A signed webhook with the given parts replaced. */
function webhook({
  target = '/webhooks/port',
  version = '1.1',
  headers = '',
  length = String(body.length),
  text = body,
} = {}) {
  const announced = length === '' ? '' : `Content-Length: ${length}\r\n`;
  return `POST ${target} HTTP/${version}\r\nHost: x\r\nConnection: close\r\n${announced}${headers}${signed}\r\n${text}`;
}

const chunked = (chunks: string) => webhook({length: '', headers: 'Transfer-Encoding: chunked\r\n', text: chunks});
const inOneChunk = (extension = '') => `${body.length.toString(16)}${extension}\r\n${body}\r\n0\r\n\r\n`;

async function statusesOf(bytes: string): Promise<number[]> {
  const answer = await sendRaw(relay.port, bytes);
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

describe('an unusual webhook is accepted', () => {
  test.each([
    ['a valid webhook', webhook()],
    ['HTTP/1.0', webhook({version: '1.0'})],
    ['an absolute address', webhook({target: 'http://relay.example.com/webhooks/port'})],
    ['a query', webhook({target: '/webhooks/port?from=port'})],
    ['an absolute address with an impossible port', webhook({target: 'http://x:99999999/webhooks/port'})],
    ['an absolute address with an invalid host', webhook({target: 'http://[::1/webhooks/port'})],
    ['a fragment', webhook({target: '/webhooks/port#x'})],
    ['one chunk', chunked(inOneChunk())],
    ['a chunk with an extension', chunked(inOneChunk(';name=value'))],
    ['an upgrade that is not supported', webhook({headers: 'Upgrade: websocket\r\n'})],
    ['an upgrade to HTTP/2', webhook({headers: 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n'})],
    ['an unknown header, twice', webhook({headers: 'X-A: 1\r\nX-A: 2\r\n'})],
    ['a trace of proxies', webhook({headers: `X-Forwarded-For: ${'10.0.0.1, '.repeat(500)}10.0.0.1\r\n`})],
  ])('%s', async (_name, bytes) => {
    expect(await statusesOf(bytes)).toEqual([202]);
  });

  test('Expect: 100-continue gets 100 Continue', async () => {
    expect(await statusesOf(webhook({headers: 'Expect: 100-continue\r\n'}))).toEqual([100, 202]);
  });
});

describe('a malformed request', () => {
  test.each<[string, string, number]>([
    ['two slashes before the path', webhook({target: '//webhooks/port'}), 404],
    ['two slashes in it', webhook({target: '/webhooks//port'}), 404],
    ['dots in it', webhook({target: '/x/../webhooks/port'}), 404],
    ['an encoded slash', webhook({target: '/webhooks%2Fport'}), 404],
    ['an encoded letter', webhook({target: '/webhooks/%70ort'}), 404],
    ['a broken encoding', webhook({target: '/webhooks/%zz'}), 404],
    ['a zero byte, encoded', webhook({target: '/webhooks/port%00'}), 404],
    ['an absolute address of another path', webhook({target: 'http://x/webhooks'}), 404],
    ['an address of another scheme', webhook({target: 'ftp://x/webhooks/port'}), 404],
    ['a star', webhook({target: '*'}), 404],
    ['no path', webhook({target: 'webhooks/port'}), 400],
    ['an expectation that is not supported', webhook({headers: 'Expect: a miracle\r\n'}), 417],
    ['a compressed body', webhook({headers: 'Content-Encoding: gzip\r\n'}), 415],
    ['no host', webhook().replace('Host: x\r\n', ''), 400],
    ['two lengths', webhook({headers: `Content-Length: ${body.length + 1}\r\n`}), 400],
    ['a length and chunks', webhook({headers: 'Transfer-Encoding: chunked\r\n', text: inOneChunk()}), 400],
    ['a length that is not a number', webhook({length: '0x10'}), 400],
    ['a length below zero', webhook({length: '-1'}), 400],
    ['a length that is too large for a number', webhook({length: '9'.repeat(40)}), 400],
    ['chunks that are invalid', chunked('zz\r\n{}\r\n0\r\n\r\n'), 400],
    ['a chunk that is longer than its size', chunked(`2\r\n${body}\r\n0\r\n\r\n`), 400],
    ['extensions of chunks without end', chunked(inOneChunk(`;${'x'.repeat(50_000)}`)), 413],
    ['a line folded into a header', webhook({headers: 'X-A: 1\r\n folded\r\n'}), 400],
    ['a zero byte in a header', webhook({headers: 'X-A: \0\r\n'}), 400],
    ['a space before the colon', webhook({headers: 'X-A : 1\r\n'}), 400],
    ['a method that does not exist', webhook().replace('POST', 'STEAL'), 400],
    ['a version that does not exist', webhook({version: '9.9'}), 400],
    ['HTTP/2 without an upgrade', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['noise', 'x'.repeat(1000), 400],
    ['one large header', webhook({headers: `X-A: ${'x'.repeat(20_000)}\r\n`}), 431],
    ['many headers', webhook({headers: 'X-A: 1\r\n'.repeat(5_000)}), 431],
    ['a large address', webhook({target: `/webhooks/port?${'x'.repeat(20_000)}`}), 431],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ])('with %s is refused, and the relay continues', async (_name, bytes, expected) => {
    expect(await statusesOf(bytes)).toEqual([expected]);
    expect((await post(relay, anEvent())).status).toBe(202);
  });

  test('input that is not HTTP is answered as JSON, and its connection ends', async () => {
    const answer = await sendRaw(relay.port, 'nonsense\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application\/json/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({error: expect.any(String)});
    expect(relay.log).toEqual([]);
  });

  test('an endless stream of headers is cut off', async () => {
    const socket = connect(relay.port, '127.0.0.1');
    socket.on('error', () => {}); // by a reset at the end
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const flood = setInterval(() => socket.write('X-A: 1\r\n'.repeat(10_000)), 5);
    let received = '';
    socket.on('data', chunk => {
      received += chunk;
    });
    await once(socket, 'close');
    clearInterval(flood);
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 431']);
  });

  test('a response to later input is not the response to a held webhook', async () => {
    let accept = (_outcome: DispatchOutcome) => {};
    const held = await startTestRelay({
      dispatch: () => {
        held.readiness.recordSuccess(); // so that it is in the log
        return new Promise(resolve => {
          accept = resolve;
        });
      },
    });
    const answer = sendRaw(held.port, `${webhook().replace('Connection: close\r\n', '')}nonsense\r\n\r\n`);
    expect(await answer).toBe('');
    await held.lineWith({msg: 'ready'});
    accept({kind: 'accepted', partition: 0, batch: 1});
    expect(await held.lineWith({msg: 'delivery'})).toMatchObject({outcome: 'dispatched', partition: 0});
  });
});
