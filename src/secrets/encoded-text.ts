/** How a text reads to those who decode it: without the quoting of URLs, JSON, XML and shells, and without wrapped lines. Pure. */

/** A text that was decoded, and which characters of the original each of its own stands for. */
export interface DecodedText {
  readonly text: string;
  /** The first character of the original that the character at `index` stands for. */
  startOf(index: number): number;
  /** The end of what the character at `index` stands for. */
  endOf(index: number): number;
}

/** The quotings around the innermost one, which {@link QuotedText} undoes: JSON within JSON within a URL has two. */
const MAX_DEPTH = 2;
/** Only texts that were made to have more views than this have them. */
const MAX_VIEWS = 64;

/** The text itself, then every different text that undoing one kind of quoting everywhere gives. */
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
  /** What the match stands for: one character, or none. */
  readonly meaning: (match: RegExpExecArray) => string;
}

const CONTROL_NAMES: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', b: '\b', f: '\f'};
const ENTITIES: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", sol: '/'};
/** One character of UTF-8, each of its bytes as `%` and two digits. */
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

/** The first one joins lines that were wrapped, of which the next one may be indented. */
const DECODERS: readonly Decoder[] = [{pattern: /\\?\r?\n[ \t]*/g, meaning: () => ''}, ...QUOTINGS];

/** One character, and where the text that stands for it ends. */
interface Reading {
  readonly char: string;
  readonly end: number;
}

/** Reads a text in which each character stands for itself or is quoted, independently of the others. */
export class QuotedText {
  readonly #text: string;
  /** By index. A text that holds a secret is looked at from many starts. */
  readonly #quoted = new Map<number, readonly Reading[]>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether one of the characters may start at this index: a quick look. */
  mayStart(at: number, chars: ReadonlyMap<string, unknown>): boolean {
    const one = this.#text[at] ?? '';
    return STARTS_QUOTING.has(one) || one >= '\ud800' || chars.has(one);
  }

  /** The characters that may start at this index. */
  readingsAt(at: number): readonly Reading[] {
    const point = this.#text.codePointAt(at);
    if (point === undefined) return [];
    const char = String.fromCodePoint(point);
    const itself = {char, end: at + char.length};
    return STARTS_QUOTING.has(char) ? [itself, ...this.#quotedAt(at)] : [itself];
  }

  /**
   * Where the wanted characters end if they start at this index. Undefined if something else stands there. Lines may end
   * between any two of them.
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

  /** Each place where a text may go on after a line: the next one may be indented, and start with spaces of its own. */
  #endsOfBreak(at: number): number[] {
    BREAK.lastIndex = at;
    const [, end, indentation = ''] = BREAK.exec(this.#text) ?? [];
    if (end === undefined) return [];
    return Array.from({length: indentation.length + 1}, (_, spaces) => at + end.length + spaces);
  }
}

/** What makes a quoting of each character that starts one. */
const SAMPLES = ['x', '41', '#65;', "'", '"', "\\''"];
const STARTS_QUOTING: ReadonlySet<string> = new Set('\\%+&\'"`');
const STARTING_QUOTINGS = QUOTINGS.map(({pattern, meaning}) => ({
  pattern: new RegExp(`^(?:${pattern.source})`, pattern.flags.replace('g', '')),
  meaning,
}));
/** Those that may start with the character. */
const QUOTINGS_BY_START = new Map(
  [...STARTS_QUOTING].map(start => [
    start,
    STARTING_QUOTINGS.filter(({pattern}) => SAMPLES.some(sample => pattern.test(start + sample))),
  ]),
);
/** No quoting of one character is longer. */
const MAX_QUOTING = 16;
/** The backslash before the end of a line may belong to a quoting, as spaces after it may. */
const BREAKS_IN_QUOTING = [/\r?\n/y, /\r?\n[ \t]*/y];

interface Spelling {
  readonly chars: string;
  /** Where so many of them end in the text. */
  endOf(length: number): number;
}

/** The next characters of a text, with and without the ends of lines among them. */
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
    startOf: index => starts[index] ?? 0,
    endOf: index => ends[index] ?? 0,
  };
}
