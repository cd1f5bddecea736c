/** Extracts the first file of a ZIP archive. Supports only the format in which GitHub stores artifacts. Pure. */
import {inflateRawSync} from 'node:zlib';
import {PayloadError} from '../base/errors.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** The end record can be followed by a comment of up to 64 KiB. */
const MAX_END = 22 + 0xffff;

/**
 * @param maxBytes larger files are rejected, regardless of the size in the archive's header
 * @throws {PayloadError} if it is not an archive, or has an unsupported format
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function firstFileIn(zip: Buffer, maxBytes: number): Buffer {
  try {
    const entry = zip.readUInt32LE(endOf(zip) + 16);
    if (zip.readUInt32LE(entry) !== ENTRY) throw new RangeError('no entry');
    const [method, packedBytes, header] = [
      zip.readUInt16LE(entry + 10),
      zip.readUInt32LE(entry + 20),
      zip.readUInt32LE(entry + 42),
    ];
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const packed = zip.subarray(start, start + packedBytes);
    if (method !== 0) return inflateRawSync(packed, {maxOutputLength: maxBytes});
    if (packed.length !== packedBytes || packedBytes > maxBytes) throw new RangeError('it is truncated or too large');
    return packed;
  } catch (error) {
    throw new PayloadError(
      '',
      `The archive cannot be read: ${error instanceof Error ? error.message : 'it is damaged'}`,
    );
  }
}

function endOf(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - MAX_END); at--) {
    if (zip.readUInt32LE(at) === END) return at;
  }
  throw new RangeError('it is not a ZIP file');
}
