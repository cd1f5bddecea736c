/** Encode: changes → the `client_payload` of one dispatch, within GitHub's limits: plain, otherwise packed, otherwise cut. */
import {clip, oneLine} from '../../base/text/show.ts';
import type {Encoded, EncodedChange} from './encode-change.ts';
import {MAX_UNPACKED_BYTES} from './unpack.ts';

/**
 * 48 KiB of UTF-8. GitHub rejects 64 KB, but its documentation disagrees on characters or bytes, and it can escape the text
 * before measuring it. The margin covers both. https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
 */
export const MAX_PAYLOAD_BYTES = 48 * 1024;

/**
 * Compresses a text that is given in pieces (RFC 1952). If the result exceeds `maxBytes`, returns how many bytes of the text
 * were consumed.
 */
export type Gzip = (
  pieces: Iterable<string>,
  maxBytes: number,
) => Promise<{readonly packed: Buffer} | {readonly takenBytes: number}>;

/**
 * The properties of a payload other than the changes. GitHub allows ten top-level properties. These are five, and the changes
 * take one or two.
 */
export interface Envelope {
  /** Shown in the name of the run: one line, cut to 100 characters. */
  readonly title: string;
  /** A number, or a short text for a dispatch that bypasses the queue of a partition. */
  readonly partition: number | string;
  readonly partitions: number;
  /** When the relay received the first of the changes: ISO 8601. Absent if there was no relay. */
  readonly receivedAt?: string;
}

/** The first changes of a batch, as the property `changes`, or as `packed` and `count`. */
export interface EncodedBatch {
  /** Members of a JSON object, without its braces. */
  readonly members: string;
  /** The number of changes in `members`: 1 or more. */
  readonly count: number;
}

/** A title of 100 UTF-16 units in JSON with its quotes, the names of all properties, numbers of up to eight digits, and a time. */
const MAX_ENVELOPE_BYTES = 302 + 175;

/** The maximum total size of the changes in one payload. */
export const MAX_CHANGES_BYTES = MAX_PAYLOAD_BYTES - MAX_ENVELOPE_BYTES;

/** The payload of one dispatch as JSON, at most {@link MAX_PAYLOAD_BYTES} long. */
export function encodeClientPayload({members}: EncodedBatch, {title, ...envelope}: Envelope): string {
  const head = JSON.stringify({version: 1, title: clip(oneLine(title), 100), ...envelope});
  return `${head.slice(0, -1)},${members}}`;
}

/**
 * Encodes as many of the first changes as fit into one payload, in order:
 * 1. plain, if all fit
 * 2. packed, if all fit then
 * 3. without what did not change and nothing reads, plain or packed. And if not all fit, as many as do
 * 4. a first change that does not fit by itself: cut
 * @param changes at least one
 */
export async function encodeBatch(changes: readonly EncodedChange[], gzip: Gzip): Promise<EncodedBatch> {
  const first = changes.slice(0, countWithin(changes, MAX_UNPACKED_BYTES));
  const whole = await encodeAll(first, gzip);
  if (whole.members !== undefined) return {members: whole.members, count: first.length};
  let lean = first.map(change => change.lean());
  for (;;) {
    const {members, takenBytes} = await encodeAll(lean, gzip);
    if (members !== undefined) return {members, count: lean.length};
    if (lean.length === 1) break;
    lean = lean.slice(0, Math.min(countWithin(lean, takenBytes * SAFETY_FACTOR), lean.length - 1));
  }
  return {members: plain([(changes[0] as EncodedChange).cutTo(MAX_CHANGES_BYTES)]), count: 1};
}

/** The compressor consumes input slightly ahead of its output. */
const SAFETY_FACTOR = 0.97;

/** Base64 encodes three bytes as four characters. */
const MAX_PACKED_BYTES = Math.floor(MAX_CHANGES_BYTES / 4) * 3;

type Attempt =
  | {readonly members: string; readonly takenBytes?: never}
  | {readonly members?: never; readonly takenBytes: number};

/** Plain if that fits, otherwise packed if that fits. */
async function encodeAll(changes: readonly Encoded[], gzip: Gzip): Promise<Attempt> {
  if (sumOf(changes) <= MAX_CHANGES_BYTES) return {members: plain(changes)};
  const result = await gzip(piecesOf(changes), MAX_PACKED_BYTES);
  if ('takenBytes' in result) return result;
  return {members: `"packed":"${result.packed.toString('base64')}","count":${changes.length}`};
}

function plain(changes: readonly Encoded[]): string {
  return `"changes":[${changes.map(({json}) => json).join(',')}]`;
}

const PIECE_LENGTH = 16 * 1024;

/** The array of all changes, in pieces of moderate size, because the whole array can take megabytes. */
function* piecesOf(changes: readonly Encoded[]): Iterable<string> {
  let piece = '[';
  for (const [index, {json}] of changes.entries()) {
    piece += index === 0 ? json : `,${json}`;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]`;
}

/** The total size, including a comma after each change. */
function sumOf(changes: readonly Encoded[]): number {
  return changes.reduce((sum, {bytes}) => sum + bytes + 1, 0);
}

/** The number of leading changes that fit into `maxBytes`. At least 1. */
function countWithin(changes: readonly Encoded[], maxBytes: number): number {
  let left = maxBytes;
  const beyond = changes.findIndex(({bytes}) => {
    left -= bytes + 1;
    return left < 0;
  });
  return beyond === -1 ? changes.length : Math.max(beyond, 1);
}
