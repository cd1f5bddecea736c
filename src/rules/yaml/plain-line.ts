/** Parse: the part of a line of plain YAML that is a value. What plain is: plain-yaml.ts. */

/** Thrown for what is not plain. */
export const NOT_PLAIN = new Error('The library has to read this YAML.');

/** Names that a mapping may have. */
const NAME = String.raw`[A-Za-z_][\w.-]{0,99}`;
/** `key:` and what stands behind it. */
export const ENTRY = new RegExp(`^(${NAME}):(?: +(.*))?$`);

const FLOW_KEY = new RegExp(`(${NAME}): +`, 'y');
const SINGLE_QUOTED = /'((?:[^']|'')*)'/y;
const DOUBLE_QUOTED = /"(?:[^"\\]|\\["\\/nt])*"/y;
/** A scalar without quotes ends before a comment, before a colon that makes it a key, and in brackets before a comma. */
const UNQUOTED = /[\w./<](?:[^:#]|:(?! |$)|(?<! )#)*/y;
const UNQUOTED_IN_BRACKETS = /[\w./<](?:[^:#,[\]{}]|:(?![ ,[\]{}]|$)|(?<! )#)*/y;

/** Brackets may be in each other this often, as every level is a call. */
const MAX_LEVELS = 50;

/** The value that a line ends with. A comment may follow. @throws {NOT_PLAIN} */
export function readValue(text: string): unknown {
  const reader = new LineReader(text);
  const value = reader.value(UNQUOTED, 0);
  reader.end();
  return value;
}

class LineReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(unquoted: RegExp, levels: number): unknown {
    if (levels > MAX_LEVELS) throw NOT_PLAIN;
    switch (this.#text[this.#at]) {
      case '[':
        return this.#list(levels + 1);
      case '{':
        return this.#mapping(levels + 1);
      case "'":
        return this.#take(SINGLE_QUOTED)[1]?.replaceAll("''", "'");
      case '"':
        return JSON.parse(this.#take(DOUBLE_QUOTED)[0]);
      default:
        return scalarOf(this.#take(unquoted)[0].replace(/ +$/, ''));
    }
  }

  /** Nothing but a comment may follow, with a space before it. */
  end(): void {
    this.#skipSpaces();
    const isComment = this.#text[this.#at] === '#' && this.#text[this.#at - 1] === ' ';
    if (this.#at < this.#text.length && !isComment) throw NOT_PLAIN;
  }

  #list(levels: number): unknown[] {
    const list: unknown[] = [];
    this.#entries(']', () => list.push(this.value(UNQUOTED_IN_BRACKETS, levels)));
    return list;
  }

  #mapping(levels: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    this.#entries('}', () => {
      const [, key = ''] = this.#take(FLOW_KEY);
      addEntry(mapping, key, this.value(UNQUOTED_IN_BRACKETS, levels));
    });
    return mapping;
  }

  /** From the opening bracket to behind the closing one. */
  #entries(closing: string, readEntry: () => void): void {
    this.#at++;
    this.#skipSpaces();
    if (this.#skip(closing)) return;
    do {
      this.#skipSpaces();
      readEntry();
      this.#skipSpaces();
    } while (this.#skip(','));
    if (!this.#skip(closing)) throw NOT_PLAIN;
  }

  #skip(character: string): boolean {
    const isThere = this.#text[this.#at] === character;
    if (isThere) this.#at++;
    return isThere;
  }

  #skipSpaces(): void {
    while (this.#skip(' '));
  }

  #take(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw NOT_PLAIN;
    this.#at = pattern.lastIndex;
    return match;
  }
}

/** A key twice is a mistake. A key that is not a text, and one that JavaScript has its own meaning for, is left to the library. */
export function addEntry(mapping: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__' || Object.hasOwn(mapping, key) || scalarOf(key) !== key) throw NOT_PLAIN;
  mapping[key] = value;
}

const WORD = /^(?:true|false|null|\.inf|\.nan)$/i;
const NUMBER = /^(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0o[0-7]+|0x[\da-f]+)$/i;

/** A scalar without quotes, in YAML's core schema. Only words and numbers that are written as JSON writes them are plain. */
function scalarOf(text: string): unknown {
  if (!WORD.test(text) && !NUMBER.test(text)) return text;
  const isJson = ['true', 'false', 'null'].includes(text) || String(Number(text)) === text;
  if (!isJson) throw NOT_PLAIN;
  return JSON.parse(text);
}
