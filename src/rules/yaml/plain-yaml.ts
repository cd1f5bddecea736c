/**
 * Parse: plain YAML → its content, without the library.
 *
 * Most rules files need a small part of YAML: block mappings and lists, values on one line, and texts of several lines (`|`).
 * To load the library takes the action longer than all of its decisions. This reader gives up on everything else and on every mistake, so
 * that the library reads the file. What both can read is the same (test/rules/yaml/plain-yaml.test.ts).
 */
import type {Path, YamlFile} from './load-yaml.ts';
import {addEntry, ENTRY, NOT_PLAIN, readValue} from './plain-line.ts';

/**
 * A file whose places are not known: the library has to open it if a mistake is to be reported.
 * @returns undefined if the library has to read it
 */
export function openPlainYaml(text: string): YamlFile | undefined {
  const json = readPlainYaml(text);
  if (json === undefined) return undefined;
  return {
    json,
    mistakes: [],
    rest: {json, broken: [], rounded: []},
    writtenAt: path => textOf(valueAt(json, path)), // plain numbers and words are written as they are
    place: () => ({line: 1, column: 1}),
    describe: ({message}) => ({offset: 0, message}),
  };
}

function valueAt(json: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);
}

function textOf(value: unknown): string {
  return value === undefined || (typeof value === 'object' && value !== null) ? '' : String(value);
}

/** Tabs among them. */
const CONTROL_CHARACTER = /[^\n\P{Cc}]/u;

/** The content of the text. Undefined if the library has to read it. */
export function readPlainYaml(text: string): unknown {
  const unixText = text.replaceAll('\r\n', '\n');
  if (CONTROL_CHARACTER.test(unixText)) return undefined;
  try {
    return new PlainReader(linesOf(unixText)).read();
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

/** A line from its first character that is not a space. */
interface Line {
  readonly indent: number;
  readonly text: string;
}

function linesOf(text: string): Line[] {
  return text.split('\n').map(line => {
    const indent = line.search(/[^ ]|$/);
    return {indent, text: line.slice(indent)};
  });
}

/** Lists and mappings may be in each other this often, as every level is a call. */
const MAX_LEVELS = 50;

const ITEM = /^-(?: +(.*))?$/;
/** What stands behind the key of a text of several lines. With a dash, the text does not end with a new line. */
const BLOCK_TEXT = /^\|(-?)$/;

class PlainReader {
  readonly #lines: Line[];
  #next = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  read(): unknown {
    const value = this.#block(0, 0);
    if (this.#line() !== undefined) throw NOT_PLAIN; // it starts at no column of those before it
    return value;
  }

  /** The next line with content. */
  #line(): Line | undefined {
    for (let line = this.#lines[this.#next]; line !== undefined; line = this.#lines[++this.#next]) {
      if (line.text !== '' && !line.text.startsWith('#')) return line;
    }
    return undefined;
  }

  /** The mapping or list whose entries start at the column. */
  #block(indent: number, levels: number): unknown {
    if (levels > MAX_LEVELS || this.#line()?.indent !== indent) throw NOT_PLAIN;
    return this.#isItem(indent) ? this.#list(indent, levels) : this.#mapping(indent, levels);
  }

  #mapping(indent: number, levels: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    for (let line = this.#line(); line?.indent === indent; line = this.#line()) {
      const [, key, rest = ''] = ENTRY.exec(line.text) ?? [];
      if (key === undefined) throw NOT_PLAIN;
      this.#next++;
      addEntry(mapping, key, this.#behindKey(rest, indent, levels));
    }
    return mapping;
  }

  #behindKey(rest: string, indent: number, levels: number): unknown {
    if (rest === '' || rest.startsWith('#')) return this.#below(indent, levels);
    const [header, dash] = BLOCK_TEXT.exec(rest) ?? [];
    return header === undefined ? readValue(rest) : this.#blockText(indent, dash === '-');
  }

  /** The value on the lines below its key. A list may start at the key's own column. */
  #below(indent: number, levels: number): unknown {
    if (this.#isItem(indent)) return this.#block(indent, levels + 1);
    const start = this.#line()?.indent ?? 0;
    if (start <= indent) throw NOT_PLAIN;
    return this.#block(start, levels + 1);
  }

  /** The lines that are further in than the key, from the column where the first of them starts. */
  #blockText(indent: number, isStripped: boolean): string {
    const start = this.#lines[this.#next]?.indent ?? 0;
    const lines: string[] = [];
    for (let line = this.#lines[this.#next]; line !== undefined; line = this.#lines[++this.#next]) {
      if (line.text !== '' && line.indent < start) break;
      lines.push(' '.repeat(Math.max(0, line.indent - start)) + line.text);
    }
    if (start <= indent || lines[0] === '' || lines.some(line => /^ +$/.test(line))) throw NOT_PLAIN;
    const text = lines.join('\n').replace(/\n+$/, '');
    return isStripped ? text : `${text}\n`;
  }

  #isItem(indent: number): boolean {
    const line = this.#line();
    return line?.indent === indent && ITEM.test(line.text);
  }

  #list(indent: number, levels: number): unknown[] {
    const list: unknown[] = [];
    while (this.#isItem(indent)) list.push(this.#item(indent, levels));
    return list;
  }

  /** Behind the dash is a value, or the first entry of a mapping or list that starts at its column. */
  #item(indent: number, levels: number): unknown {
    const {text} = this.#lines[this.#next] as Line;
    const [, rest = ''] = ITEM.exec(text) ?? [];
    if (ENTRY.test(rest) || ITEM.test(rest)) {
      const inner = indent + text.length - rest.length;
      this.#lines[this.#next] = {indent: inner, text: rest};
      return this.#block(inner, levels + 1);
    }
    this.#next++;
    return readValue(rest);
  }
}
