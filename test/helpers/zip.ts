/** A ZIP archive with one file, as GitHub creates it for artifacts. Only its directory contains the sizes, as in a stream. */
import {deflateRawSync} from 'node:zlib';

export function aZip(name: string, text: string, {stored = false, comment = ''} = {}): Buffer {
  const packed = stored ? Buffer.from(text) : deflateRawSync(text);
  const header = (signature: number, length: number) => {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32LE(signature);
    return bytes;
  };
  const method = stored ? 0 : 8;
  const local = header(0x04034b50, 30);
  local.writeUInt16LE(method, 8);
  local.writeUInt16LE(name.length, 26);
  const entry = header(0x02014b50, 46);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(Buffer.byteLength(text), 24);
  entry.writeUInt16LE(name.length, 28);
  const before = Buffer.concat([local, Buffer.from(name), packed]);
  const directory = Buffer.concat([entry, Buffer.from(name)]);
  const end = header(0x06054b50, 22);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(before.length, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([before, directory, end, Buffer.from(comment)]);
}
