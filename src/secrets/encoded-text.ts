/** A text as those read it who decode it: without the quoting of URLs, JSON, XML and shells, and without wrapped lines. Pure. */

/** A reading of a text, and which characters of the text each of its own stands for. */
export interface View {
  readonly text: string;
  /** Whether lines were joined to get it. */
  readonly isJoined: boolean;
  /** The first character of the original that the character at `index` stands for. */
  startOf(index: number): number;
  /** The end of what the character at `index` stands for. */
  endOf(index: number): number;
}

/** Quoting is undone at most so often: JSON within JSON within a URL, say. */
const MAX_DEPTH = 3;
/** More readings than this have only texts that were made to have them. */
const MAX_VIEWS = 64;

/** The text itself, then every different reading of it. */
export function* views(text: string): Generator<View> {
  const seen = new Set([text]);
  const itself = {text, isJoined: false, startOf: (index: number) => index, endOf: (index: number) => index + 1};
  let level: View[] = [itself];
  yield itself;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const next: View[] = [];
    for (const view of level) {
      for (const decoder of DECODERS) {
        const decoded = decode(view, decoder);
        if (decoded === undefined || seen.has(decoded.text)) continue;
        if (seen.size === MAX_VIEWS) return;
        seen.add(decoded.text);
        next.push(decoded);
        yield decoded;
      }
    }
    level = next;
  }
}

interface Decoder {
  readonly pattern: RegExp;
  /** What the match stands for: one character, or none. */
  readonly meaning: (match: RegExpExecArray) => string;
  readonly joins?: boolean;
}

const CONTROL_NAMES: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', b: '\b', f: '\f'};
const ENTITIES: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", sol: '/'};
/** One character of UTF-8, each of its bytes as `%` and two digits. */
const PERCENT =
  /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/;

const DECODERS: readonly Decoder[] = [
  {pattern: /\\?\r?\n[ \t]*/g, meaning: () => '', joins: true},
  {
    // JSON, and the backslashes of shells
    pattern: /\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([\s\S]))/gi,
    meaning: ([, unicode, hex, one = '']) =>
      unicode === undefined && hex === undefined
        ? (CONTROL_NAMES[one] ?? one)
        : String.fromCharCode(Number.parseInt(unicode ?? hex ?? '', 16)),
  },
  {
    // `CONTROL_NAMES` are letters, which shells may quote, too
    pattern: /\\([\s\S])/g,
    meaning: ([, one = '']) => one,
  },
  {pattern: new RegExp(PERCENT, 'gi'), meaning: ([match]) => decodeOr(match)},
  {pattern: new RegExp(`\\+|${PERCENT.source}`, 'gi'), meaning: ([match]) => (match === '+' ? ' ' : decodeOr(match))},
  {
    pattern: /&(?:#x0*([0-9a-f]{1,6})|#0*(\d{1,7})|(amp|lt|gt|quot|apos|sol));/gi,
    meaning: ([match, hex, decimal, name]) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? match;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : match;
    },
  },
  {
    // quotes within quotes: shells, SQL, YAML, CSV, and PowerShell's backtick
    pattern: /'\\''|'"'"'|''|""|`([\s\S])/g,
    meaning: ([match, one]) => one ?? match[0] ?? '',
  },
];

function decodeOr(match: string): string {
  try {
    return decodeURIComponent(match);
  } catch {
    return match;
  }
}

/** Undefined if there is nothing to decode. */
function decode(view: View, {pattern, meaning, joins = false}: Decoder): View | undefined {
  const matches = Array.from(view.text.matchAll(pattern));
  if (matches.length === 0) return undefined;
  const {length} = view.text;
  // Never longer than what it was made from.
  const [starts, ends] = [new Uint32Array(length), new Uint32Array(length)];
  const parts: string[] = [];
  let [at, size] = [0, 0];
  const copyUntil = (end: number) => {
    parts.push(view.text.slice(at, end));
    for (; at < end; at++, size++) {
      starts[size] = view.startOf(at);
      ends[size] = view.endOf(at);
    }
  };
  for (const match of matches) {
    copyUntil(match.index);
    at = match.index + match[0].length;
    const meant = meaning(match);
    parts.push(meant);
    starts.fill(view.startOf(match.index), size, size + meant.length);
    ends.fill(view.endOf(at - 1), size, size + meant.length);
    size += meant.length;
  }
  copyUntil(length);
  return {
    text: parts.join(''),
    isJoined: view.isJoined || joins,
    startOf: index => starts[index] ?? 0,
    endOf: index => ends[index] ?? 0,
  };
}
