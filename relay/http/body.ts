/**
 * Read: the body of a request, up to a limit. `express.raw` is not used. It reads an oversized body to its end before it
 * responds, and takes more time than the rest of the route.
 */
import type {IncomingMessage} from 'node:http';
import {HttpRefusal, SenderDisconnected} from './refusal.ts';

/** @throws {HttpRefusal} 415 if the headers do not declare uncompressed JSON */
export function requireJson({headers}: IncomingMessage): void {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new HttpRefusal(
      415,
      "The body must be JSON. Send the header content-type: application/json, as Port's webhooks do.",
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  // The signature covers the bytes as they are sent, and unverified data is never decompressed.
  if (encoding.toLowerCase() !== 'identity') {
    throw new HttpRefusal(415, 'The body must not be compressed. Send it without content-encoding.');
  }
}

/** Reads the body of a request. See {@link createBodyReader}. */
export type ReadBody = (request: IncomingMessage) => Promise<Buffer>;

/** An unfinished body: the received bytes, in a buffer that can be longer. */
interface Body {
  buffer: Buffer;
  length: number;
  /** The maximum length of the buffer. */
  readonly maxBytes: number;
  /** Refuses the request. The rest of it is read and discarded, because a connection reset would lose the response. */
  readonly refuse: (status: number, message: string) => void;
}

/** The memory for all unfinished bodies together, because they are not yet verified. */
const UNFINISHED_BYTES = 16 * 1024 * 1024;

/**
 * Reads complete bodies. The result is empty if a request has no body. It rejects with
 * - {@link HttpRefusal} 413 as soon as the body is known to be longer than `maxBytes`
 * - {@link HttpRefusal} 408 if unfinished bodies take too much memory, and this one is the oldest. Normal bodies are complete
 *   within milliseconds
 * - {@link SenderDisconnected} if the sender disconnects before the end
 */
export function createBodyReader(maxBytes: number, maxUnfinishedBytes = UNFINISHED_BYTES): ReadBody {
  const maxTotal = Math.max(maxUnfinishedBytes, 2 * maxBytes);
  const tooLarge = `The body is larger than ${maxBytes} bytes. Send less, or raise REACTOR_MAX_BODY_BYTES.`;
  const unfinished = new Set<Body>(); // oldest first
  let total = 0;
  const leave = (body: Body) => {
    if (unfinished.delete(body)) total -= body.length;
  };
  const take = (body: Body, chunk: Buffer) => {
    append(body, chunk);
    unfinished.add(body);
    total += chunk.length;
    for (const oldest of unfinished) {
      if (total <= maxTotal) break;
      oldest.refuse(408, 'The body arrived too slowly, and the relay was short of memory. Send it again.');
    }
  };
  return request =>
    new Promise((resolve, reject) => {
      const refuse = (status: number, message: string) => {
        leave(body);
        body.buffer = EMPTY;
        request.removeAllListeners('data').resume();
        reject(new HttpRefusal(status, message));
      };
      const announced = Number(request.headers['content-length'] ?? maxBytes);
      const body: Body = {buffer: EMPTY, length: 0, maxBytes: announced, refuse};
      if (announced > maxBytes) return refuse(413, tooLarge);
      request.on('data', (chunk: Buffer) => {
        if (body.length + chunk.length > maxBytes) refuse(413, tooLarge);
        else take(body, chunk);
      });
      request.on('end', () => {
        leave(body);
        resolve(body.length === body.buffer.length ? body.buffer : body.buffer.subarray(0, body.length));
      });
      request.on('error', () => {
        leave(body);
        reject(new SenderDisconnected()); // the only error of Node here is `aborted`
      });
    });
}

const EMPTY: Buffer = Buffer.alloc(0);

/**
 * Appends to one buffer that grows. A sender can split a body into a million chunks, which would take a hundred times their
 * size as separate buffers. Most bodies are one chunk, and are not copied.
 */
function append(body: Body, chunk: Buffer): void {
  const length = body.length + chunk.length;
  if (body.length === 0) body.buffer = chunk;
  else {
    if (length > body.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(2 * length, body.maxBytes));
      body.buffer.copy(larger, 0, 0, body.length);
      body.buffer = larger;
    }
    chunk.copy(body.buffer, body.length);
  }
  body.length = length;
}
