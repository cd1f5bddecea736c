/** Decodes text: undoes the escaping of URLs, JSON, XML and shells, and joins wrapped lines. Pure. */
import {decodeOrKeep} from '../base/http/url.ts';

/** A decoded text, with a map from its characters to those of the original. */
export interface DecodedText {
  readonly text: string;
  /** The index in the original at which the character at `index` starts. */
  startOf(index: number): number;
  /** The index in the original at which the character at `index` ends (exclusive). */
  endOf(index: number): number;
}

/** The number of encodings around the innermost one, which {@link QuotedText} undoes. JSON within JSON within a URL has two. */
const MAX_DEPTH = 2;
/** Only maliciously crafted texts have more views than this. */
const MAX_VIEWS = 64;

/** The text itself, then each distinct text that results from undoing one kind of quoting everywhere. */
export function* views(text: string): Generator<DecodedText> {
  const seen = new Set([text]);
  const itself = {text, startOf: (index: number) => index, endOf: (index: number) => index + 1};
  let level: DecodedText[] = [itself];
  yield itself;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const next: DecodedText[] = [];
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
  /** The decoded match: one character, or none. */
  readonly meaning: (match: RegExpExecArray) => string;
}

const CONTROL_NAMES: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', b: '\b', f: '\f'};
const ENTITIES: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", sol: '/'};
/** One character of UTF-8, with each byte as `%` and two digits. */
const PERCENT =
  /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/;

const QUOTINGS: readonly Decoder[] = [
  {
    // JSON, and the backslashes of shells
    pattern: /\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4})|x([0-9a-f]{2})|([\s\S]))/gi,
    meaning: ([, high, low, unicode, hex, one = '']) => {
      const codes = [high, low, unicode, hex].filter(code => code !== undefined);
      if (codes.length === 0) return CONTROL_NAMES[one] ?? one;
      return String.fromCharCode(...codes.map(code => Number.parseInt(code, 16)));
    },
  },
  {
    // shells can also quote the letters of `CONTROL_NAMES`
    pattern: /\\([\s\S])/g,
    meaning: ([, one = '']) => one,
  },
  {pattern: new RegExp(PERCENT, 'gi'), meaning: ([match]) => decodeOrKeep(match)},
  {
    pattern: new RegExp(`\\+|${PERCENT.source}`, 'gi'),
    meaning: ([match]) => (match === '+' ? ' ' : decodeOrKeep(match)),
  },
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

/** The first decoder joins wrapped lines. Continuation lines can be indented. */
const DECODERS: readonly Decoder[] = [{pattern: /\\?\r?\n[ \t]*/g, meaning: () => ''}, ...QUOTINGS];

/** One decoded character, and the index at which its encoded form ends. */
interface Reading {
  readonly char: string;
  readonly end: number;
}

/** Reads a text in which each character is either literal or quoted, independently of the others. */
export class QuotedText {
  readonly #text: string;
  /** By index, because the search for secrets reads the text from many start positions. */
  readonly #quoted = new Map<number, readonly Reading[]>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether one of the characters can start at this index. A quick check. */
  mayStart(at: number, chars: ReadonlyMap<string, unknown>): boolean {
    const one = this.#text[at] ?? '';
    return STARTS_QUOTING.has(one) || one >= '\ud800' || chars.has(one);
  }

  /** The characters that can start at this index. */
  readingsAt(at: number): readonly Reading[] {
    const point = this.#text.codePointAt(at);
    if (point === undefined) return [];
    const char = String.fromCodePoint(point);
    const itself = {char, end: at + char.length};
    return STARTS_QUOTING.has(char) ? [itself, ...this.#quotedAt(at)] : [itself];
  }

  /**
   * The end of the wanted characters if they start at this index. Undefined if the text differs. Lines can break between any
   * two of them.
   */
  endOf(wanted: readonly string[], start: number): number | undefined {
    let ends = new Set([start]);
    for (const [index, one] of wanted.entries()) {
      const starts = index === 0 ? ends : [...ends].flatMap(end => [end, ...this.#endsOfBreak(end)]);
      ends = new Set(
        [...starts].flatMap(at => this.readingsAt(at).flatMap(({char, end}) => (char === one ? end : []))),
      );
      if (ends.size === 0) return undefined;
    }
    return Math.max(...ends);
  }

  #quotedAt(at: number): readonly Reading[] {
    const known = this.#quoted.get(at);
    if (known !== undefined) return known;
    const spellings = spellingsAt(this.#text, at);
    const readings = spellings.flatMap(({chars, endOf}) =>
      (QUOTINGS_BY_START.get(chars.charAt(0)) ?? []).flatMap(({pattern, meaning}) => {
        const match = pattern.exec(chars);
        return match === null ? [] : [{char: meaning(match), end: endOf(match[0].length)}];
      }),
    );
    this.#quoted.set(at, readings);
    return readings;
  }

  /**
   * Each index at which the text can continue after a line break. The next line can be indented, and can itself start with
   * spaces.
   */
  #endsOfBreak(at: number): number[] {
    BREAK.lastIndex = at;
    const [, end, indentation = ''] = BREAK.exec(this.#text) ?? [];
    if (end === undefined) return [];
    return Array.from({length: indentation.length + 1}, (_, spaces) => at + end.length + spaces);
  }
}

/** Texts that complete a quoting after its first character. */
const SAMPLES = ['x', '41', '#65;', "'", '"', "\\''"];
const STARTS_QUOTING: ReadonlySet<string> = new Set('\\%+&\'"`');
const STARTING_QUOTINGS = QUOTINGS.map(({pattern, meaning}) => ({
  pattern: new RegExp(`^(?:${pattern.source})`, pattern.flags.replace('g', '')),
  meaning,
}));
/** The quotings that can start with the character. */
const QUOTINGS_BY_START = new Map(
  [...STARTS_QUOTING].map(start => [
    start,
    STARTING_QUOTINGS.filter(({pattern}) => SAMPLES.some(sample => pattern.test(start + sample))),
  ]),
);
/** The maximum length of one quoted character. */
const MAX_QUOTING = 16;
/** The backslash before a line break can belong to a quoting, as can the spaces after it. */
const BREAKS_IN_QUOTING = [/\r?\n/y, /\r?\n[ \t]*/y];

interface Spelling {
  readonly chars: string;
  /** The index in the text at which the first `length` characters end. */
  endOf(length: number): number;
}

/** The next characters of a text, with and without line breaks among them. */
function spellingsAt(text: string, at: number): Spelling[] {
  const here = text.slice(at, at + MAX_QUOTING);
  const itself = {chars: here, endOf: (length: number) => at + length};
  return here.includes('\n')
    ? [itself, ...BREAKS_IN_QUOTING.map(breaks => spellingWithout(breaks, text, at))]
    : [itself];
}

function spellingWithout(breaks: RegExp, text: string, at: number): Spelling {
  const ends: number[] = [];
  let chars = '';
  for (let next = at; next < text.length && chars.length < MAX_QUOTING; ) {
    breaks.lastIndex = next;
    const skipped = breaks.exec(text)?.[0].length ?? 0;
    next += skipped;
    if (skipped > 0) continue;
    chars += text[next++];
    ends.push(next);
  }
  return {chars, endOf: length => ends[length - 1] ?? at};
}

const BREAK = /(\\?\r?\n)([ \t]{0,80})/y;

/** Undefined if there is nothing to decode. */
function decode(view: DecodedText, {pattern, meaning}: Decoder): DecodedText | undefined {
  const matches = Array.from(view.text.matchAll(pattern));
  if (matches.length === 0) return undefined;
  const {length} = view.text;
  // The decoded text is never longer than the original.
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
    const decoded = meaning(match);
    parts.push(decoded);
    starts.fill(view.startOf(match.index), size, size + decoded.length);
    ends.fill(view.endOf(at - 1), size, size + decoded.length);
    size += decoded.length;
  }
  copyUntil(length);
  return {
    text: parts.join(''),
    startOf: index => starts[index] ?? 0,
    endOf: index => ends[index] ?? 0,
  };
}
