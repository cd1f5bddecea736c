/** Verify: whether Port signed a message, and which bytes it signed. Pure: the time is an argument. */
import {type KeyObject, timingSafeEqual} from 'node:crypto';
import {ReactorError} from '../src/base/errors.ts';
import {digestOf} from '../src/base/signature.ts';
import {minifyJson} from './minify-json.ts';

/** The message is not from Port, or too old. `reason` is for the log only, and contains nothing that the sender wrote. */
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
  /** Each of them is accepted: secrets are rotated, and an organisation can have several. Key objects take less time. */
  readonly secrets: readonly (string | KeyObject)[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** How far the timestamp may be from now, in both directions. */
  readonly toleranceSeconds: number;
  /** Whether smee, which parses and serialises the body again, may be between Port and the relay. */
  readonly throughProxy: boolean;
}

/**
 * The bytes that Port signed: the raw body, else the body without white space, else, through smee, the body serialised again.
 * Parse only these. The signature proves nothing about the rest of the raw body.
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
  throw new SignatureError(`${cause}no secret of PORT_CLIENT_SECRET gives this signature for this body`);
}

/** smee.io parses the body and serialises it again. The relay cannot undo what that changes. */
const REWRITTEN =
  'smee may have rewritten the body (escapes like \\u00fc or \\/, white space, numbers like 25.0), which breaks the signature. If not, ';

/** The text as received, because that is what was signed. */
function requireTimestamp(header: string | undefined): string {
  const text = requireOnce('x-port-timestamp', header);
  // 16 digits reach beyond the year 300,000 in milliseconds, and are exact as a number.
  if (!/^\d{1,16}$/.test(text)) throw new SignatureError('x-port-timestamp must consist of digits only');
  return text;
}

/** 32 bytes in canonical base64: 43 characters, the last of which carries four bits, and the padding. */
const SIGNATURE = /^v1,([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/;

function requireDigest(header: string | undefined): Buffer {
  const text = requireOnce('x-port-signature', header);
  if (text.startsWith('sha256=')) {
    throw new SignatureError(
      "x-port-signature is `sha256=…`: the scheme of Port's live-events forwarder, not of webhooks",
    );
  }
  if (!text.startsWith('v1,')) throw new SignatureError('x-port-signature does not start with `v1,`');
  const [, base64] = SIGNATURE.exec(text) ?? [];
  if (base64 === undefined) throw new SignatureError('x-port-signature is not 32 bytes of base64 after `v1,`');
  return Buffer.from(base64, 'base64');
}

/** A valid value never contains ", ", so a value with it was sent more than once. */
function requireOnce(name: string, header: string | undefined): string {
  const text = header?.trim() ?? '';
  if (text === '') throw new SignatureError(`${name} is missing`);
  if (text.includes(', ')) throw new SignatureError(`${name} is repeated`);
  return text;
}

/** Port's documentation says seconds, its older examples milliseconds. A number from 1e11 is in milliseconds. */
function requireRecent(timestamp: string, {nowMs, toleranceSeconds}: Trust): void {
  const number = Number(timestamp);
  const ageMs = nowMs - (number >= 1e11 ? number : number * 1000);
  if (Math.abs(ageMs) <= toleranceSeconds * 1000) return;
  const direction = ageMs > 0 ? 'behind' : 'ahead of';
  throw new SignatureError(
    `x-port-timestamp is more than ${toleranceSeconds} s ${direction} this clock: a replay, or a wrong clock`,
  );
}

/**
 * Other forms of the body that may have been signed. Port's execution agent signs compact JSON but sends it with spaces
 * (port-labs/port-agent, app/utils.py). smee sends `JSON.stringify` of what it parsed (probot/smee-client).
 */
function* rewritings(rawBody: Buffer, throughProxy: boolean): Generator<Buffer> {
  const minified = minifyJson(rawBody);
  if (minified !== rawBody) yield minified;
  const reserialised = throughProxy ? reserialise(rawBody) : undefined;
  if (reserialised !== undefined) yield reserialised;
}

function reserialise(rawBody: Buffer): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(rawBody.toString('utf8'))));
  } catch {
    return undefined; // not JSON, or nested too deeply to be serialised
  }
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
