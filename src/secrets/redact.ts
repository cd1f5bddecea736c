/** Masks secrets in text that leaves the runner. The runner itself masks only the log. Pure. */
import {type DecodedText, QuotedText, views} from './encoded-text.ts';

/** Shorter pieces of a longer secret, such as lines of a certificate, are part of its format. */
const MIN_PIECE = 6;
/** A shorter secret is masked only as a whole word. Masking every "x" would make the text unreadable. */
const MIN_INSIDE = 3;
/** Shorter secrets in hexadecimal occur by chance. */
const MIN_HEX = 6;
/** A shorter secret is masked in base64 only if it is a whole word of the decoded text. */
const MIN_BASE64_BYTES = 3;
/** Shorter pieces of base64 occur by chance, unless the characters around them match too. */
const MIN_BASE64 = 4;

/** Escape sequences of terminals (ECMA-48 CSI and OSC): colors have no effect in Slack or in a summary. */
const ESCAPES = /\u001b(\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Other control characters, except tabs and line breaks. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * Returns a function that removes secrets and terminal escape sequences from a text. It finds a secret in plain form and in
 * every form that the runner masks: base64, trimmed, and escaped for a URL, JSON, XML, a shell or PowerShell, including in
 * wrapped lines.
 * @see https://github.com/actions/runner/blob/main/src/Sdk/DTLogging/Logging/ValueEncoders.cs
 */
export function createRedact(secrets: readonly string[]): (text: string) => string {
  const parts = [...new Set(secrets.flatMap(partsOf))];
  const wanted = {plain: byFirst(parts), base64: parts.flatMap(base64Forms), words: parts.filter(isShort)};
  return text => {
    const plain = text.replace(ESCAPES, '').replace(CONTROLS, '');
    return parts.length === 0 ? plain : blank(plain, hiddenIn(plain, wanted));
  };
}

/** Like {@link createRedact}, for a single text. */
export function redact(text: string, secrets: readonly string[]): string {
  return createRedact(secrets)(text);
}

interface Wanted {
  /** The characters of each secret, by its first character. */
  readonly plain: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly base64: readonly Base64Form[];
  /** The secrets that are masked only as whole words. */
  readonly words: readonly string[];
}

/** The whole secret, each of its lines, and its parts before and after `&`, without surrounding spaces and quotes. */
function partsOf(secret: string): string[] {
  const whole = secret.trim();
  const lines = whole.includes('\n') ? whole.split('\n').map(line => line.trim()) : [];
  const pieces = [...lines, ...besideAmpersand(whole)];
  const parts = [whole, ...pieces.filter(piece => piece.length >= MIN_PIECE && /[\p{L}\p{N}]/u.test(piece))];
  return parts.flatMap(part => [part, part.replace(/^(["'])([\s\S]*)\1$/, '$2')]).filter(part => part !== '');
}

/** PowerShell treats `&` as an operator, and prints the parts before and after it separately. */
function besideAmpersand(secret: string): string[] {
  const [, before = '', after = ''] = /^([\s\S]*?&\+|[\s\S]*&)([\s\S]*)$/.exec(secret) ?? [];
  return [before, after];
}

function byFirst(parts: readonly string[]): Wanted['plain'] {
  const forms = parts.flatMap(part => [part, ...hexOf(part)]).map(form => Array.from(form));
  const firsts = new Set(forms.map(([first = '']) => first));
  return new Map([...firsts].map(first => [first, forms.filter(form => form[0] === first)]));
}

function hexOf(secret: string): string[] {
  const hex = secret.length < MIN_HEX ? '' : Buffer.from(secret).toString('hex');
  return hex === '' ? [] : [hex, hex.toUpperCase()];
}

function isShort(secret: string): boolean {
  return secret.length < MIN_INSIDE;
}

/** Characters of base64 that reveal a secret. */
interface Base64Form {
  readonly text: string;
  /** The bits of the secret in the characters before and after it. */
  readonly before: Bits;
  readonly after: Bits;
}

/** Some of the six bits of a base64 character: the bits in the mask have this value. */
interface Bits {
  readonly mask: number;
  readonly value: number;
}

function base64Forms(secret: string): Base64Form[] {
  const encodable = new Set([
    secret,
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '')),
    JSON.stringify(secret).slice(1, -1),
  ]);
  const encoded = [...encodable].map(text => Buffer.from(text)).filter(({length}) => length >= MIN_BASE64_BYTES);
  return encoded.flatMap(bytes => [0, 1, 2].flatMap(offset => formsAfter(offset, bytes)));
}

/** The base64 characters that depend only on the secret, if `offset` bytes (modulo 3) precede it. */
function formsAfter(offset: number, bytes: Buffer): Base64Form[] {
  const [firstBit, endBit] = [offset * 8, (offset + bytes.length) * 8];
  const [first, end] = [Math.ceil(firstBit / 6), Math.floor(endBit / 6)];
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const before = bitsOf(encoded[first - 1], (1 << (first * 6 - firstBit)) - 1);
  const after = bitsOf(encoded[end], 63 & ~(63 >> (endBit - end * 6)));
  const core = encoded.slice(first, end);
  const forUrls = core.replaceAll('+', '-').replaceAll('/', '_');
  return [...new Set([core, forUrls])].map(text => ({text, before, after}));
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The six bits of a base64 character, in the standard or the URL alphabet. -1 for any other character. */
function sixBits(one = ''): number {
  return one === '' ? -1 : BASE64.indexOf(one === '-' ? '+' : one === '_' ? '/' : one);
}

function bitsOf(one: string | undefined, mask: number): Bits {
  return {mask, value: mask === 0 ? 0 : sixBits(one) & mask};
}

/** Flags for the characters of the text: 1 if the character belongs to a secret. */
function hiddenIn(text: string, {plain, base64, words}: Wanted): Uint8Array {
  const hidden = new Uint8Array(text.length);
  for (const view of views(text)) {
    const hide = (start: number, end: number) => hidden.fill(1, view.startOf(start), view.endOf(end - 1));
    findPlain(view, plain, hide);
    for (const form of base64) findBase64(view, form, hide);
    if (words.length > 0) findInBase64(view, words, hide);
  }
  return hidden;
}

type Hide = (start: number, end: number) => void;

function findPlain({text}: DecodedText, plain: Wanted['plain'], hide: Hide): void {
  const quoted = new QuotedText(text);
  for (let at = 0; at < text.length; at++) {
    if (!quoted.mayStart(at, plain)) continue;
    for (const {char} of quoted.readingsAt(at)) {
      for (const wanted of plain.get(char) ?? []) {
        const end = quoted.endOf(wanted, at);
        if (end === undefined || (wanted.length < MIN_INSIDE && !isWholeWord(text, at, end))) continue;
        hide(at, end);
      }
    }
  }
}

function findBase64({text}: DecodedText, {text: core, before, after}: Base64Form, hide: Hide): void {
  for (let at = text.indexOf(core); at !== -1; at = text.indexOf(core, at + 1)) {
    const end = at + core.length;
    const [bitsBefore, bitsAfter] = [sixBits(text[at - 1]), sixBits(text[end])];
    if (core.length < MIN_BASE64 && !(fits(bitsBefore, before) && fits(bitsAfter, after))) continue;
    hide(before.mask !== 0 && bitsBefore !== -1 ? at - 1 : at, after.mask !== 0 && bitsAfter !== -1 ? end + 1 : end);
  }
}

function fits(bits: number, {mask, value}: Bits): boolean {
  return mask === 0 || (bits !== -1 && (bits & mask) === value);
}

function isWholeWord(text: string, at: number, end: number): boolean {
  return !isWordAt(text, at - 1) && !isWordAt(text, end);
}

function isWordAt(text: string, index: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text[index] ?? '');
}

const RUNS_OF_BASE64 = /[\w+/-]{2,}/g;
/** Ordinary words are also valid base64, but they decode to unprintable bytes. */
const WRITTEN = /^[\t\n\r -~]+$/;

/** Finds the base64 characters that encode one of the words. */
function findInBase64({text}: DecodedText, words: readonly string[], hide: Hide): void {
  for (const {index, 0: run} of text.matchAll(RUNS_OF_BASE64)) {
    const decoded = Buffer.from(run, 'base64').toString('latin1');
    if (!WRITTEN.test(decoded)) continue;
    for (const word of words) {
      for (let at = decoded.indexOf(word); at !== -1; at = decoded.indexOf(word, at + 1)) {
        const end = at + word.length;
        if (isWholeWord(decoded, at, end)) hide(index + Math.floor((at * 8) / 6), index + Math.ceil((end * 8) / 6));
      }
    }
  }
}

/** Replaces each run of hidden characters with one mark, regardless of its length. */
function blank(text: string, hidden: Uint8Array): string {
  const parts: string[] = [];
  let at = 0;
  for (let start = hidden.indexOf(1); start !== -1; start = hidden.indexOf(1, at)) {
    const end = hidden.indexOf(0, start);
    parts.push(text.slice(at, start), '***');
    at = end === -1 ? text.length : end;
  }
  return parts.join('') + text.slice(at);
}
