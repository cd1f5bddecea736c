/**
 * Parse: plain YAML → its content, without the library.
 *
 * Most rules files need a small part of YAML: block mappings and lists, values on one line, and texts of several lines (`|`).
 * Loading the library takes longer than all decisions of the action. This reader leaves everything else, including every
 * mistake, to the library. For plain files, both give the same result (test/rules/yaml/plain-yaml.test.ts).
 */
import type {Path, YamlFile} from './load-yaml.ts';
import {addEntry, ENTRY, NOT_PLAIN, readValue} from './plain-line.ts';

/**
 * Opens a file without positions. To report a mistake, the file must be opened with the library.
 * @returns undefined if the library must read the file
 */
export function openPlainYaml(text: string): YamlFile | undefined {
  const json = readPlainYaml(text);
  if (json === undefined) return undefined;
  return {
    json,
    mistakes: [],
    rest: {json, broken: [], rounded: []},
    writtenAt: path => textOf(valueAt(json, path)), // plain numbers and words are unchanged
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

/** Includes tabs. */
const CONTROL_CHARACTER = /[^\n\P{Cc}]/u;

/** The content of the text. Undefined if the library must read it. */
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

/** A line without its indentation. */
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

/** The maximum nesting of lists and mappings, because the reader is recursive. */
const MAX_LEVELS = 50;

const ITEM = /^-(?: +(.*))?$/;
/** The header of a block text after its key. With a dash, the text does not end with a line break. */
const BLOCK_TEXT = /^\|(-?)$/;

class PlainReader {
  readonly #lines: Line[];
  #next = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  read(): unknown {
    const value = this.#block(0, 0);
    if (this.#line() !== undefined) throw NOT_PLAIN; // its indentation matches no open block
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

  /** The value on the lines below its key. A list can start at the column of the key. */
  #below(indent: number, levels: number): unknown {
    if (this.#isItem(indent)) return this.#block(indent, levels + 1);
    const start = this.#line()?.indent ?? 0;
    if (start <= indent) throw NOT_PLAIN;
    return this.#block(start, levels + 1);
  }

  /** The lines that are indented more than the key, starting at the column of the first line. */
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

  /** After the dash is a value, or the first entry of a mapping or list that starts at that column. */
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
