/** Compresses batches that are too large as plain JSON. Runs in a separate thread, so that webhooks are answered in the meantime. */
import {createGzip} from 'node:zlib';
import type {Gzip} from '../change/payload/encode-payload.ts';

/** Stops when the result is too long, so only the start of a much too large batch is compressed. */
export const gzip: Gzip = async (pieces, maxBytes) => {
  const stream = createGzip();
  const packed: Buffer[] = [];
  let packedBytes = 0;
  let takenBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    packed.push(chunk);
    packedBytes += chunk.length;
    if (packedBytes > maxBytes) stream.destroy();
  });
  const closed = new Promise<void>((resolve, reject) => {
    stream.once('close', resolve).once('error', reject);
  });
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    await new Promise(resolve => stream.write(bytes, resolve)); // an error is emitted by the stream
    if (stream.destroyed) break;
    takenBytes += bytes.length;
  }
  if (!stream.destroyed) stream.end();
  await closed;
  return packedBytes > maxBytes ? {takenBytes} : {packed: Buffer.concat(packed)};
};
