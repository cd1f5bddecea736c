/** Encode: changes → the `client_payload` of one dispatch, within GitHub's limits: plain, else packed, else cut. */
import {clip, oneLine} from '../text.ts';
import type {Encoded, EncodedChange} from './encode-change.ts';
import {MAX_UNPACKED_BYTES} from './unpack.ts';

/**
 * 48 KiB of UTF-8. GitHub refuses 64 KB, but its sources disagree on characters or bytes, and it may escape the text
 * before it measures; the margin covers both. https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
 */
export const MAX_PAYLOAD_BYTES = 48 * 1024;

/** Compresses a text (RFC 1952), in a thread of its own, so that webhooks are answered meanwhile. */
export type Gzip = (text: string) => Promise<Buffer>;

/** All that is not about changes. GitHub allows ten properties at the top; these are four, and one or two hold the changes. */
export interface Envelope {
  /** A run's name shows it: one line, of which 100 characters are kept. */
  readonly title: string;
  readonly partition: number;
  readonly partitions: number;
}

/** The first changes of a batch, as the property `changes`, or as `packed` and `count`. */
export interface EncodedBatch {
  /** Members of a JSON object, without its braces. */
  readonly members: string;
  /** How many of the changes they hold; 1 or more. */
  readonly count: number;
}

/** A title of 100 UTF-16 units in JSON with its quotes, the names of all properties, and numbers of up to eight digits. */
const MAX_ENVELOPE_BYTES = 302 + 130;

/** What the changes of one payload may take in all. */
export const MAX_CHANGES_BYTES = MAX_PAYLOAD_BYTES - MAX_ENVELOPE_BYTES;

/** One dispatch's payload as JSON, of at most {@link MAX_PAYLOAD_BYTES}. */
export function encodeClientPayload({members}: EncodedBatch, {title, partition, partitions}: Envelope): string {
  const envelope = JSON.stringify({version: 1, title: clip(oneLine(title), 100), partition, partitions});
  return `${envelope.slice(0, -1)},${members}}`;
}

/**
 * As many of the first changes as one payload holds, in their order:
 * 1. plain, if all fit
 * 2. packed, if all fit then
 * 3. without what did not change and nothing reads, plain or packed; and if not all fit, as many as do
 * 4. a first change that does not fit by itself: cut
 * @param changes one at least
 */
export async function encodeBatch(changes: readonly EncodedChange[], gzip: Gzip): Promise<EncodedBatch> {
  const first = changes.slice(0, countWithin(changes, MAX_UNPACKED_BYTES));
  const whole = await encodeAll(first, gzip);
  if (whole.bytes <= MAX_CHANGES_BYTES) return {members: whole.json, count: first.length};
  let lean = first.map(change => change.lean());
  for (;;) {
    const {json, bytes} = await encodeAll(lean, gzip);
    if (bytes <= MAX_CHANGES_BYTES) return {members: json, count: lean.length};
    if (lean.length === 1) break;
    const share = (MAX_CHANGES_BYTES / bytes) * CAUTION;
    lean = lean.slice(0, Math.min(countWithin(lean, sumOf(lean) * share), lean.length - 1));
  }
  return {members: plain([(changes[0] as EncodedChange).cutTo(MAX_CHANGES_BYTES)]), count: 1};
}

/** What is left of a batch packs a little worse than the whole. */
const CAUTION = 0.97;

/** Plain if that fits, else packed, whatever its size. */
async function encodeAll(changes: readonly Encoded[], gzip: Gzip): Promise<Encoded> {
  const bytes = sumOf(changes);
  return bytes <= MAX_CHANGES_BYTES ? {json: plain(changes), bytes} : pack(changes, gzip);
}

function plain(changes: readonly Encoded[]): string {
  return `"changes":${arrayOf(changes)}`;
}

async function pack(changes: readonly Encoded[], gzip: Gzip): Promise<Encoded> {
  const packed = (await gzip(arrayOf(changes))).toString('base64');
  return {json: `"packed":"${packed}","count":${changes.length}`, bytes: packed.length};
}

function arrayOf(changes: readonly Encoded[]): string {
  return `[${changes.map(({json}) => json).join(',')}]`;
}

/** With a comma after each. */
function sumOf(changes: readonly Encoded[]): number {
  return changes.reduce((sum, {bytes}) => sum + bytes + 1, 0);
}

/** How many of the first changes take no more than so many bytes; 1 at least. */
function countWithin(changes: readonly Encoded[], maxBytes: number): number {
  let left = maxBytes;
  const beyond = changes.findIndex(({bytes}) => {
    left -= bytes + 1;
    return left < 0;
  });
  return beyond === -1 ? changes.length : Math.max(beyond, 1);
}
