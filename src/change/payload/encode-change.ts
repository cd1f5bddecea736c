/** Encodes a change for GitHub in several forms: complete, without unread values, or cut to a size. */
import type {Change} from '../change.ts';
import type {Reads} from '../reads.ts';
import {leaveOutUnread} from './drop-values.ts';
import {fitChange} from './fit-change.ts';

/** JSON, and its length in UTF-8. */
export interface Encoded {
  readonly json: string;
  readonly bytes: number;
}

export interface EncodedChange extends Encoded {
  /** Without unchanged properties that nothing reads. Computed on first use. */
  lean(): Encoded;
  /**
   * Cut to `maxBytes`, unread values first.
   * @throws {PayloadError} if the change is too large even without its properties, which cannot happen for results of
   * parseChange
   */
  cutTo(maxBytes: number): Encoded;
}

/** @param readsToKeep the values that rules, routes and templates can read. Called only if something must be cut */
export function encodeChange(change: Change, readsToKeep: () => Reads): EncodedChange {
  let lean: Encoded | undefined;
  return {
    ...encode(change),
    lean() {
      lean ??= encode(leaveOutUnread(change, readsToKeep()));
      return lean;
    },
    cutTo: maxBytes => encode(fitChange(change, readsToKeep(), maxBytes)),
  };
}

function encode(change: Change): Encoded {
  const json = JSON.stringify(change);
  return {json, bytes: Buffer.byteLength(json)};
}
