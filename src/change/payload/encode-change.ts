/** A change on its way to GitHub, in the forms that it can be sent in: whole, without what nothing reads, or cut to a size. */
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
  /** Without properties that did not change and that nothing reads. Made when it is first asked for. */
  lean(): Encoded;
  /**
   * Cut to `maxBytes`, first what nothing reads.
   * @throws {PayloadError} if the change is too large even without its properties. None of parseChange's is
   */
  cutTo(maxBytes: number): Encoded;
}

/** @param readable what rules, routes and templates may read. Asked for only if something must go */
export function encodeChange(change: Change, readable: () => Reads): EncodedChange {
  let lean: Encoded | undefined;
  return {
    ...encode(change),
    lean() {
      lean ??= encode(leaveOutUnread(change, readable()));
      return lean;
    },
    cutTo: maxBytes => encode(fitChange(change, readable(), maxBytes)),
  };
}

function encode(change: Change): Encoded {
  const json = JSON.stringify(change);
  return {json, bytes: Buffer.byteLength(json)};
}
