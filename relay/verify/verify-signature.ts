/** Verify: whether Port signed a message, and which bytes it signed. Pure. */
import {type KeyObject, timingSafeEqual} from 'node:crypto';
import {ReactorError} from '../../src/base/errors.ts';
import {digestOf} from '../../src/base/signature.ts';
import {minifyJson} from './minify-json.ts';

/** The message is not from Port, or is too old. `reason` is only for the log, and contains no data from the sender. */
export class SignatureError extends ReactorError {
  readonly reason: string;

  constructor(reason: string) {
    super(`The signature was refused: ${reason}`);
    this.reason = reason;
  }
}

export interface SignedMessage {
  /** The header `x-port-timestamp`. Node joins repeated headers with commas. */
  readonly timestamp: string | undefined;
  /** The header `x-port-signature`. */
  readonly signature: string | undefined;
  readonly rawBody: Buffer;
}

export interface Trust {
  /**
   * Each of them is accepted, because secrets are rotated and an organization can have several. Key objects are faster than
   * strings.
   */
  readonly secrets: readonly (string | KeyObject)[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The maximum difference between the timestamp and the current time, in both directions. */
  readonly toleranceSeconds: number;
  /** Whether the message can come through smee, which parses the body and serializes it again. */
  readonly throughProxy: boolean;
}

/**
 * The bytes that Port signed: the raw body, else the body without white space, else (through smee) the body serialized again.
 * Parse only these bytes. The signature does not cover the raw body if it differs.
 * @throws {SignatureError} with the reason for the log
 */
export function verifySignature({timestamp, signature, rawBody}: SignedMessage, trust: Trust): Buffer {
  if (trust.secrets.length === 0) throw new SignatureError('no secret is configured');
  const time = requireTimestamp(timestamp);
  const expected = requireDigest(signature);
  requireRecent(time, trust);
  const isSigned = (bytes: Buffer) => trust.secrets.some(secret => isEqual(digestOf(secret, time, bytes), expected));
  if (isSigned(rawBody)) return rawBody;
  for (const candidate of rewritings(rawBody, trust.throughProxy)) if (isSigned(candidate)) return candidate;
  const cause = trust.throughProxy ? REWRITTEN : '';
  throw new SignatureError(`${cause}no secret in PORT_CLIENT_SECRET produces this signature for this body`);
}

/** smee.io parses the body and serializes it again. The relay cannot reverse all changes of that. */
const REWRITTEN =
  'smee may have rewritten the body (escapes like \\u00fc or \\/, white space, numbers like 25.0), which breaks the signature. If not, ';

/** Returns the text as received, because the signature covers that text. */
function requireTimestamp(header: string | undefined): string {
  const text = requireOnce('x-port-timestamp', header);
  // In milliseconds, 16 digits are enough until the year 300,000. They are exact as a number.
  if (!/^\d{1,16}$/.test(text)) throw new SignatureError('x-port-timestamp must consist of digits only');
  return text;
}

/** 32 bytes in canonical base64: 43 characters, of which the last encodes four bits, and the padding. */
const SIGNATURE = /^v1,([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/;

function requireDigest(header: string | undefined): Buffer {
  const text = requireOnce('x-port-signature', header);
  if (text.startsWith('sha256=')) {
    throw new SignatureError(
      "x-port-signature is `sha256=…`, the scheme of Port's live-events forwarder, not of webhooks",
    );
  }
  if (!text.startsWith('v1,')) throw new SignatureError('x-port-signature does not start with `v1,`');
  const [, base64] = SIGNATURE.exec(text) ?? [];
  if (base64 === undefined) throw new SignatureError('x-port-signature is not 32 bytes of base64 after `v1,`');
  return Buffer.from(base64, 'base64');
}

/** The header, which must not be repeated. Node joins repeated headers with ", ", which a valid value never contains. */
function requireOnce(name: string, header: string | undefined): string {
  const text = header?.trim() ?? '';
  if (text === '') throw new SignatureError(`${name} is missing`);
  if (text.includes(', ')) throw new SignatureError(`${name} is repeated`);
  return text;
}

/** Port's documentation uses seconds, its older examples use milliseconds. A number from 1e11 is in milliseconds. */
function requireRecent(timestamp: string, {nowMs, toleranceSeconds}: Trust): void {
  const number = Number(timestamp);
  const ageMs = nowMs - (number >= 1e11 ? number : number * 1000);
  if (Math.abs(ageMs) <= toleranceSeconds * 1000) return;
  const direction = ageMs > 0 ? 'behind' : 'ahead of';
  throw new SignatureError(
    `x-port-timestamp is more than ${toleranceSeconds} s ${direction} the relay's clock: a replay, or a clock that is not set correctly`,
  );
}

/**
 * Other forms of the body that Port may have signed. Port's execution agent signs compact JSON but sends it with spaces
 * (port-labs/port-agent, app/utils.py). smee parses the body and sends the result of `JSON.stringify` (probot/smee-client).
 */
function* rewritings(rawBody: Buffer, throughProxy: boolean): Generator<Buffer> {
  const minified = minifyJson(rawBody);
  if (minified !== rawBody) yield minified;
  const reserialized = throughProxy ? reserialize(rawBody) : undefined;
  if (reserialized !== undefined) yield reserialized;
}

function reserialize(rawBody: Buffer): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(rawBody.toString('utf8'))));
  } catch {
    return undefined; // not JSON, or nested too deeply to be serialized
  }
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
