/**
 * Read: the body of a request, up to a limit.
 *
 * Not `express.raw`: it reads a body that is too large to its end before it answers, and costs more than the rest of the route.
 */
import type {IncomingMessage} from 'node:http';
import {HttpRefusal, HungUp} from './refusal.ts';

/** @throws {HttpRefusal} 415 if the headers announce anything but plain JSON */
export function requireJson({headers}: IncomingMessage): void {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new HttpRefusal(
      415,
      "The body must be JSON. Send the header content-type: application/json, as Port's webhooks do.",
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  // The signature covers the bytes as they are sent, and unverified data is never unpacked.
  if (encoding.toLowerCase() !== 'identity') {
    throw new HttpRefusal(415, 'The body must not be compressed. Send it without content-encoding.');
  }
}

/** Reads the body of a request. See {@link createBodyReader}. */
export type ReadBody = (request: IncomingMessage) => Promise<Buffer>;

/** The memory for all unfinished bodies together, whatever the number of connections. They are not verified yet. */
const UNFINISHED_BYTES = 16 * 1024 * 1024;

/**
 * Reads complete bodies. The result is empty if a request has no body. It rejects with
 * - a {@link HttpRefusal}, 413, as soon as the body is known to be longer than `maxBytes`. The rest is read and dropped: on a
 *   connection that is reset, the answer would be lost
 * - a {@link HttpRefusal}, 408, if unfinished bodies take too much memory, and this one is the oldest
 * - {@link HungUp}, if the sender leaves before the end
 */
export function createBodyReader(maxBytes: number, maxUnfinishedBytes = UNFINISHED_BYTES): ReadBody {
  const room = new Room(Math.max(maxUnfinishedBytes, 2 * maxBytes));
  return request => {
    const announced = Number(request.headers['content-length'] ?? maxBytes);
    if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
    return new Promise((resolve, reject) => {
      const body = new Body(request, announced, reject);
      request.on('data', (chunk: Buffer) => {
        const fits = body.length + chunk.length <= maxBytes;
        if (fits) room.take(body, chunk);
        else room.refuse(body, tooLarge(maxBytes));
      });
      request.on('end', () => {
        room.leave(body);
        resolve(body.bytes);
      });
      request.on('error', () => {
        room.leave(body);
        reject(new HungUp()); // Node's one error here: aborted
      });
    });
  };
}

function tooLarge(maxBytes: number): HttpRefusal {
  return new HttpRefusal(413, `The body is larger than ${maxBytes} bytes. Send less, or raise REACTOR_MAX_BODY_BYTES.`);
}

const EMPTY: Buffer = Buffer.alloc(0);

/**
 * The bytes received so far, in one buffer that grows: a sender can cut a body into a million pieces, each of which would take
 * a hundred times its size. Most bodies are one piece, and are not copied.
 */
class Body {
  length = 0;
  #buffer = EMPTY;
  readonly #request: IncomingMessage;
  /** The buffer never gets longer than this. */
  readonly #maxBytes: number;
  readonly #reject: (refusal: HttpRefusal) => void;

  constructor(request: IncomingMessage, maxBytes: number, reject: (refusal: HttpRefusal) => void) {
    this.#request = request;
    this.#maxBytes = maxBytes;
    this.#reject = reject;
  }

  get bytes(): Buffer {
    return this.length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.length);
  }

  add(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (this.length === 0) this.#buffer = chunk;
    else {
      if (length > this.#buffer.length) this.#grow(length);
      chunk.copy(this.#buffer, this.length);
    }
    this.length = length;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(2 * length, this.#maxBytes));
    this.#buffer.copy(larger, 0, 0, this.length);
    this.#buffer = larger;
  }

  /** The rest is read and dropped: on a connection that is reset, the answer would be lost. */
  refuse(refusal: HttpRefusal): void {
    this.#buffer = EMPTY;
    this.#request.removeAllListeners('data').resume();
    this.#reject(refusal);
  }
}

/** The memory that unfinished bodies share. Honest ones are complete within milliseconds, so the oldest is given up first. */
class Room {
  readonly #maxBytes: number;
  #bytes = 0;
  /** Unfinished bodies, oldest first. */
  readonly #bodies = new Set<Body>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(body: Body, chunk: Buffer): void {
    body.add(chunk);
    this.#bodies.add(body);
    this.#bytes += chunk.length;
    while (this.#bytes > this.#maxBytes) this.#refuseOldest();
  }

  refuse(body: Body, refusal: HttpRefusal): void {
    this.leave(body);
    body.refuse(refusal);
  }

  leave(body: Body): void {
    if (this.#bodies.delete(body)) this.#bytes -= body.length;
  }

  #refuseOldest(): void {
    const [oldest] = this.#bodies;
    if (oldest)
      this.refuse(
        oldest,
        new HttpRefusal(408, 'The body arrived too slowly, and others need the memory. Send it again.'),
      );
  }
}
