/** JSON as bytes, without insignificant white space. Pure. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Space, tab, line feed and carriage return, which RFC 8259 §2 allows between tokens. */
function isWhitespace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/**
 * The bytes without white space outside of strings. Returns the same buffer if it contains no such white space.
 *
 * Unlike parsing and serializing, it preserves the order of keys, the form of numbers, and every escape.
 */
export function minifyJson(bytes: Buffer): Buffer {
  const output = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (!inString && isWhitespace(byte)) continue;
    output[length++] = byte;
    if (byte === QUOTE) inString = !inString;
    else if (byte === BACKSLASH && inString && i + 1 < bytes.length) output[length++] = bytes[++i] as number;
  }
  return length === bytes.length ? bytes : output.subarray(0, length);
}
