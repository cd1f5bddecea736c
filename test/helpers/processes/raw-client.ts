/**
 * HTTP over a raw socket with exact bytes: several requests at once on one connection (pipelining keeps their
 * order), without the corrections of a client library. It uses little CPU time, so the benchmarks use it too.
 */
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';

export interface RawResponse {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
}

export interface RawClient {
  /** Resolves with the response, in the order of the requests. Rejects if the connection ends first. */
  send(request: Buffer): Promise<RawResponse>;
  close(): void;
}

interface Waiting {
  resolve(answer: RawResponse): void;
  reject(error: Error): void;
}

/** @throws {Error} if no server listens */
export async function openRawClient(port: number): Promise<RawClient> {
  const socket = connect({port, host: '127.0.0.1', noDelay: true});
  await once(socket, 'connect');
  const waiting: Waiting[] = [];
  readResponses(socket, answer => waiting.shift()?.resolve(answer));
  const fail = (error: Error) => {
    for (const one of waiting.splice(0)) one.reject(error);
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed')));
  return {
    send: request =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection was closed'));
        waiting.push({resolve, reject});
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** Joins the chunks of responses. Most responses arrive in one chunk. */
function readResponses(socket: Socket, onResponse: (answer: RawResponse) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (piece: Buffer) => {
    pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
    for (let end = responseEnd(pending); end !== undefined; end = responseEnd(pending)) {
      const head = pending.toString('latin1', 0, pending.indexOf('\r\n\r\n'));
      pending = pending.subarray(end);
      onResponse({status: Number(head.slice(9, 12)), head});
    }
  });
}

/** The end of the first response, or undefined if it is not complete. The relay sends a length with every response to a POST. */
function responseEnd(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const end = headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return bytes.length < end ? undefined : end;
}

/** The bytes of a POST with JSON. */
export function rawPost(path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const all = {
    host: '127.0.0.1',
    'content-type': 'application/json',
    ...headers,
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/**
 * Writes bytes on a separate connection, and resolves with all bytes until either side ends it. Never rejects.
 * @param silenceMs the longest time without a byte from the other side
 */
export function exchange(port: number, bytes: Buffer, silenceMs = 10_000): Promise<string> {
  return new Promise(resolve => {
    let received = '';
    const socket = connect({port, host: '127.0.0.1'}, () => socket.write(bytes));
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.on('data', piece => {
      received += piece.toString('latin1');
    });
    socket.on('error', () => {}); // the responses so far are kept
    socket.on('close', () => resolve(received));
  });
}
