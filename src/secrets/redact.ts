/** Secrets blanked in text that leaves the runner, whose own masks cover the log only. Pure. */
import {type View, views} from './encoded-text.ts';

/** Shorter parts of a longer secret, as the lines of a certificate, are words of its format. */
const MIN_LINE = 6;
/** A shorter secret is found only as a word: blanking every "x" would leave nothing to read. */
const MIN_INSIDE = 3;
/** A shorter secret is not looked for across the ends of lines. */
const MIN_WRAPPED = 6;
/** Shorter pieces of base64 occur by chance. */
const MIN_BASE64 = 4;

/** Escape sequences of terminals (ECMA-48 CSI and OSC): colours mean nothing in Slack or in a summary. */
const ESCAPES = /\u001b(\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Other control characters, except tabs and ends of lines. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * Gives a text without the secrets, and without what steers terminals. A secret is found as it is and in every form that
 * the runner masks: in base64, trimmed, and quoted for a URL, JSON, XML, a shell or PowerShell, also in lines that are wrapped.
 * @see https://github.com/actions/runner/blob/main/src/Sdk/DTLogging/Logging/ValueEncoders.cs
 */
export function createRedact(secrets: readonly string[]): (text: string) => string {
  const wanted = [...new Set(secrets.flatMap(partsOf))].flatMap(formsOf);
  return text => {
    const plain = text.replace(ESCAPES, '').replace(CONTROLS, '');
    return wanted.length === 0 ? plain : blank(plain, hiddenIn(plain, wanted));
  };
}

/** As {@link createRedact}, for one text. */
export function redact(text: string, secrets: readonly string[]): string {
  return createRedact(secrets)(text);
}

/** The whole secret and each of its lines, trimmed of spaces and quotes. */
function partsOf(secret: string): string[] {
  const whole = secret.trim();
  const lines = whole.includes('\n') ? whole.split('\n').map(line => line.trim()) : [];
  const parts = [whole, ...lines.filter(line => line.length >= MIN_LINE && /[\p{L}\p{N}]/u.test(line))];
  return parts.flatMap(part => [part, part.replace(/^(["'])([\s\S]*)\1$/, '$2')]).filter(part => part !== '');
}

/** A text that gives a secret away. */
interface Form {
  readonly text: string;
  readonly isWord: boolean;
  readonly mayBeWrapped: boolean;
  /** How many characters of base64 before and after it hold some bits of the secret. */
  readonly before: 0 | 1;
  readonly after: 0 | 1;
}

function formsOf(secret: string): Form[] {
  const hex = secret.length < MIN_WRAPPED ? [] : [Buffer.from(secret).toString('hex')];
  const asItIs = [secret, ...hex, ...hex.map(text => text.toUpperCase())].map(text => ({
    text,
    isWord: text.length < MIN_INSIDE,
    mayBeWrapped: text.length >= MIN_WRAPPED,
    before: 0 as const,
    after: 0 as const,
  }));
  const encodable = new Set([
    secret,
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '')),
    JSON.stringify(secret).slice(1, -1),
  ]);
  const encoded = [...encodable].map(text => Buffer.from(text));
  return [...asItIs, ...encoded.flatMap(bytes => [0, 1, 2].flatMap(offset => base64Forms(bytes, offset)))];
}

/** The characters of base64 that depend on the secret alone, if so many bytes modulo 3 come before it. */
function base64Forms(bytes: Buffer, offset: number): Form[] {
  const [firstBit, endBit] = [offset * 8, (offset + bytes.length) * 8];
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const core = encoded.slice(Math.ceil(firstBit / 6), Math.floor(endBit / 6));
  if (core.length < MIN_BASE64) return [];
  const shape = {
    isWord: false,
    mayBeWrapped: core.length >= MIN_WRAPPED,
    before: firstBit % 6 === 0 ? 0 : 1,
    after: endBit % 6 === 0 ? 0 : 1,
  } as const;
  const forUrls = core.replaceAll('+', '-').replaceAll('/', '_');
  return (forUrls === core ? [core] : [core, forUrls]).map(text => ({text, ...shape}));
}

/** Which characters of the text belong to a secret: 1 for each of them. */
function hiddenIn(text: string, forms: readonly Form[]): Uint8Array {
  const hidden = new Uint8Array(text.length);
  for (const view of views(text)) {
    for (const form of forms) {
      if (view.isJoined && !form.mayBeWrapped) continue;
      for (let at = view.text.indexOf(form.text); at !== -1; at = view.text.indexOf(form.text, at + 1)) {
        hide(hidden, view, at, form);
      }
    }
  }
  return hidden;
}

function hide(hidden: Uint8Array, view: View, at: number, form: Form): void {
  const end = at + form.text.length;
  if (form.isWord && (isWordAt(view.text, at - 1) || isWordAt(view.text, end))) return;
  const first = form.before === 1 && isBase64At(view.text, at - 1) ? at - 1 : at;
  const last = form.after === 1 && isBase64At(view.text, end) ? end : end - 1;
  hidden.fill(1, view.startOf(first), view.endOf(last));
}

function isWordAt(text: string, index: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text[index] ?? '');
}

function isBase64At(text: string, index: number): boolean {
  return /[\w+/-]/.test(text[index] ?? '');
}

/** Each run of hidden characters becomes one mark, whatever its length. */
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
