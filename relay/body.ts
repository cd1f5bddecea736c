/**
 * Read: the bytes of a request, no more than allowed.
 *
 * Not `express.raw`: that reads an oversize body to its end before it answers, and costs more than all the rest of the
 * route's framework.
 */
import type {IncomingMessage} from 'node:http';
import {HungUp, Refusal} from './refusal.ts';

/** @throws {Refusal} 415 where the headers announce anything but plain JSON */
export function requireJson({headers}: IncomingMessage): void {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new Refusal(
      415,
      "The body must be JSON: send the header content-type: application/json, as Port's webhooks do.",
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  // The signature is over the bytes as they are sent, and what is not verified is not unpacked.
  if (encoding.toLowerCase() !== 'identity') {
    throw new Refusal(415, 'The body must not be compressed: send it without content-encoding.');
  }
}

/**
 * The whole body; empty where there is none.
 * @throws {Refusal} 413 as soon as it is known to be longer than `maxBytes`; Node drops what still arrives
 * @throws {HungUp} where the sender leaves before the end
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () =>
    new Refusal(413, `The body is larger than ${maxBytes} bytes: send less, or raise REACTOR_MAX_BODY_BYTES.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) return void chunks.push(chunk);
      chunks.length = 0;
      reject(tooLarge());
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', () => reject(new HungUp())); // Node's one error here: aborted
  });
}
