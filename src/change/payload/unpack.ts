/** Unpack: `packed` and `count` of a client payload → the list of changes, within bounds. */

import {messageOf, PayloadError} from '../../base/errors.ts';
import {isPositiveInteger} from '../../base/json.ts';
import {count as counted} from '../../base/text/show.ts';
import {parseKeepingNumbers} from '../event/inexact-numbers.ts';

/** The maximum unpacked size. The relay never packs more, so a larger payload is an attack or a mistake. */
export const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;

/**
 * @param packed base64 (RFC 4648 §4) of gzip (RFC 1952) of a JSON array
 * @param count the number of items in the array
 * @param path of the payload, for messages
 * @returns the items, not yet checked
 * @throws {PayloadError} that describes the mistake: in the text, its base64, its gzip, its size, its JSON, or the count
 */
export function unpack(packed: unknown, count: unknown, path: string): readonly unknown[] {
  if (typeof packed !== 'string') throw new PayloadError(`${path}.packed`, 'must be a string');
  if (!isPositiveInteger(count)) throw new PayloadError(`${path}.count`, 'must be a whole number, 1 or more');
  const items = parseArray(gunzip(decodeBase64(packed, path), path), path);
  if (items.length === count) return items;
  const mismatch = `is ${count}, but packed contains ${counted(items.length, 'change')}: changes are missing or were added. Send the payload as the relay created it.`;
  throw new PayloadError(`${path}.count`, mismatch);
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function decodeBase64(text: string, path: string): Buffer {
  if (BASE64.test(text) && text.length % 4 === 0) return Buffer.from(text, 'base64');
  throw new PayloadError(`${path}.packed`, 'is not base64: it was truncated or changed in transit');
}

function gunzip(bytes: Buffer, path: string): string {
  // Loaded on demand, because most runs receive a plain payload.
  const {gunzipSync} = process.getBuiltinModule('node:zlib');
  try {
    return gunzipSync(bytes, {maxOutputLength: MAX_UNPACKED_BYTES}).toString();
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const message = isTooLarge
      ? `unpacks to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MiB, which the relay never sends`
      : `is not gzip: ${(error as Error).message}. It was truncated or changed in transit.`;
    throw new PayloadError(`${path}.packed`, message);
  }
}

function parseArray(text: string, path: string): readonly unknown[] {
  const value = parseJson(text, path);
  if (Array.isArray(value)) return value;
  throw new PayloadError(`${path}.packed`, 'must unpack to a list of changes');
}

function parseJson(text: string, path: string): unknown {
  try {
    return parseKeepingNumbers(text).value;
  } catch (error) {
    throw new PayloadError(`${path}.packed`, `unpacks to text that is not JSON: ${messageOf(error)}`);
  }
}
