/** Parse: the value in a line of plain YAML. See plain-yaml.ts for the definition of plain. */

/** Thrown if the text is not plain. */
export const NOT_PLAIN = new Error('This YAML needs the library.');

/** Keys that a mapping can have. */
const NAME = String.raw`[A-Za-z_][\w.-]{0,99}`;
/** `key:` and the text after it. */
export const ENTRY = new RegExp(`^(${NAME}):(?: +(.*))?$`);

const FLOW_KEY = new RegExp(`(${NAME}): +`, 'y');
const SINGLE_QUOTED = /'((?:[^']|'')*)'/y;
const DOUBLE_QUOTED = /"(?:[^"\\]|\\["\\/nt])*"/y;
/** A scalar without quotes ends before a comment, before a colon that makes it a key, and in brackets before a comma. */
const UNQUOTED = /[\w./<](?:[^:#]|:(?! |$)|(?<! )#)*/y;
const UNQUOTED_IN_BRACKETS = /[\w./<](?:[^:#,[\]{}]|:(?![ ,[\]{}]|$)|(?<! )#)*/y;

/** The maximum nesting of brackets, because the reader is recursive. */
const MAX_LEVELS = 50;

/** The value at the end of a line, which a comment can follow. @throws {NOT_PLAIN} */
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

  /** Checks that only a comment follows, after a space. */
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

  /** Reads from the opening bracket to after the closing one. */
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

/** Adds an entry. Leaves duplicate keys, keys that are not texts, and keys that are special in JavaScript to the library. */
export function addEntry(mapping: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__' || Object.hasOwn(mapping, key) || scalarOf(key) !== key) throw NOT_PLAIN;
  mapping[key] = value;
}

const WORD = /^(?:true|false|null|\.inf|\.nan)$/i;
const NUMBER = /^(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0o[0-7]+|0x[\da-f]+)$/i;

/** A scalar without quotes, in YAML's core schema. Only words and numbers in JSON form are plain. */
function scalarOf(text: string): unknown {
  if (!WORD.test(text) && !NUMBER.test(text)) return text;
  const isJson = ['true', 'false', 'null'].includes(text) || String(Number(text)) === text;
  if (!isJson) throw NOT_PLAIN;
  return JSON.parse(text);
}
