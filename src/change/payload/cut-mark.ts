/** Change: the mark that replaces a cut value. Its digest shows whether the value changed. */
import {createHash} from 'node:crypto';
import {canonicalJson} from '../../base/json.ts';
import type {Change} from '../change.ts';

const DIGITS = 16;

/** `[cut: 2002 bytes, sha256 0123456789abcdef]` */
export function markOf(value: unknown): string {
  const digest = createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, DIGITS);
  return writeMark(byteLength(value), digest);
}

/** The length in JSON of the mark of a value, in bytes. @param bytes the length of the value */
export function markLength(bytes: number): number {
  return byteLength(writeMark(bytes, '0'.repeat(DIGITS)));
}

/** Whether the mark can be the mark of this value. */
export function mayReplace(mark: unknown, value: unknown): boolean {
  const [, bytes] = /^\[cut: (\d+) bytes, sha256 [\da-f]+\]$/.exec(String(mark)) ?? [];
  return bytes === undefined || Number(bytes) === byteLength(value);
}

/** The length of the JSON of the value in UTF-8. */
export function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

function writeMark(bytes: number, digest: string): string {
  return `[cut: ${bytes} bytes, sha256 ${digest}]`;
}

/** The paths of all cuts, without duplicates. */
export function marks(change: Change, paths: readonly string[]): string[] {
  return [...new Set([...(change.truncated ?? []), ...paths])];
}
