/** Parse: positions of mistakes in the text of a YAML document, and messages for YAML syntax errors. */
import {type Document, isMap, isNode, isScalar, isSeq, type Node, type Scalar, type YAMLError} from 'yaml';
import {clip, oneLine} from '../../base/text/show.ts';
import type {FoundProblem} from '../problem.ts';
import type {OffsetProblem} from './offset-problem.ts';
import {findAliasProblems} from './yaml-aliases.ts';

/** The mistakes that prevent the text from being read as one document of plain values. */
export function findYamlProblems(document: Document.Parsed, text: string): OffsetProblem[] {
  const all: YAMLError[] = [...document.errors, ...document.warnings];
  // Errors after the first syntax error are mostly consequences of it.
  const syntax = all.filter(({code}) => !INDEPENDENT.includes(code)).slice(0, 1);
  const found = [...syntax, ...all.filter(({code}) => INDEPENDENT.includes(code))];
  if (found.length > 0) return found.map(error => explainError(error, text));
  return findAliasProblems(document);
}

/**
 * The paths of the parts of the file, two levels deep, that contain the mistakes: `rules[2]`. Undefined if a mistake affects
 * more than its part, so that the rest cannot be read.
 */
export function partsWithMistakes(document: Document.Parsed): PropertyKey[][] | undefined {
  const all: YAMLError[] = [...document.errors, ...document.warnings];
  const isBounded = all.every(({code}) => INDEPENDENT.includes(code)) && findAliasProblems(document).length === 0;
  return isBounded ? all.map(({pos: [offset]}) => partAt(document.contents, offset, 2)) : undefined;
}

function partAt(node: unknown, offset: number, levels: number): PropertyKey[] {
  const isBefore = (part: unknown) => isNode(part) && startOf(part) <= offset;
  if (levels === 0) return [];
  if (isMap(node)) {
    const pair = node.items.findLast(({key}) => isBefore(key));
    return pair === undefined ? [] : [String(pair.key), ...partAt(pair.value, offset, levels - 1)];
  }
  const index = isSeq(node) ? node.items.findLastIndex(isBefore) : -1;
  return isSeq(node) && index !== -1 ? [index, ...partAt(node.items[index], offset, levels - 1)] : [];
}

/** Mistakes that do not prevent reading the rest. */
const INDEPENDENT: readonly YAMLError['code'][] = ['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED'];

/** Fixes by error code. https://eemeli.org/yaml/#errors */
const REMEDIES: Partial<Record<YAMLError['code'], string>> = {
  BAD_SCALAR_START: 'Put quotes around the value',
  BLOCK_AS_IMPLICIT_KEY: 'Put quotes around a value that contains a colon, or fix the indentation',
  TAB_AS_INDENT: 'Use spaces',
  UNEXPECTED_TOKEN: 'Put quotes around the whole value, or fix the indentation',
};

/** Fixes by message, because one code covers several mistakes. */
const REMEDIES_BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^Sequence item without - indicator|must start at the same column$/,
    'Compare the indentation of this line with the one before it',
  ],
  [
    /^Block collections are not allowed within flow collections|^Unexpected \w+-quoted-scalar token/,
    'Add a comma between two entries, or put quotes around the value',
  ],
  [
    /^Implicit keys need to be on a single line|^Implicit map keys need to be followed by map values/,
    'Add a colon and a space after this key',
  ],
  [/^Flow .* must be sufficiently indented and end with a/, 'Close it, and indent each of its lines more than the key'],
];

function remedyFor({code, message}: YAMLError): string | undefined {
  return REMEDIES_BY_WORDS.find(([words]) => words.test(message))?.[1] ?? REMEDIES[code];
}

function explainError(error: YAMLError, text: string): OffsetProblem {
  const {
    code,
    message,
    pos: [offset],
  } = error;
  const word = clip(oneLine(/^[^\s:,}\]]*/.exec(text.slice(offset))?.[0] ?? ''), 60);
  if (code === 'DUPLICATE_KEY') return {offset, message: `the key "${word}" appears twice. Remove one of them.`};
  if (code === 'MULTIPLE_DOCS') {
    return {offset, message: 'the file contains more than one document. Keep one, without `---` after it.'};
  }
  if (code === 'TAG_RESOLVE_FAILED') {
    return {offset, message: `${word} is read as a YAML tag. Put quotes around a value that starts with !.`};
  }
  const quote = /^Missing closing (["'])quote/.exec(message)?.[1];
  if (quote !== undefined) return {offset, message: `a value has no closing ${quote}. Add it at the end of the value.`};
  const remedy = remedyFor(error);
  const [what = message] = message.split('\n');
  return {offset, message: remedy === undefined ? what : `${what}. ${remedy}.`};
}

/** The offset to report: that of the value, of the key if the mistake is in the key, or of the nearest existing parent. */
export function offsetOf(document: Document, text: string, {path, atKey, column, part}: FoundProblem): number {
  const find = (at: readonly PropertyKey[]) => (at.length > 0 ? document.getIn(at, true) : document.contents);
  const parent = find(path.slice(0, -1));
  if (atKey && isMap(parent)) {
    const key = parent.items.find(item => isScalar(item.key) && item.key.value === path.at(-1))?.key;
    if (isNode(key)) return startOf(key);
  }
  for (let length = path.length; length >= 0; length--) {
    const node = find(path.slice(0, length));
    if (!isNode(node)) continue;
    if (length < path.length || !isScalar(node)) return startOf(node);
    if (part !== undefined) return offsetOfPart(text, node, part);
    return column === undefined ? startOf(node) : offsetWithin(text, node, column);
  }
  return 0;
}

/** The offset of the part. The start of the scalar if the part is not found in its text. */
function offsetOfPart(text: string, scalar: Scalar, part: string): number {
  const start = startOf(scalar);
  const within = text.slice(start, scalar.range?.[1]).indexOf(part);
  return within === -1 ? start : start + within;
}

/**
 * The offset of a column of the scalar's trimmed text. The start of the scalar if the text contains escapes or folded lines.
 */
function offsetWithin(text: string, scalar: Scalar, column: number): number {
  const value = String(scalar.value);
  const start = startOf(scalar);
  const prefix = value.slice(0, value.length - value.trimStart().length + column);
  const [firstLine = ''] = value.split('\n');
  const within = text.slice(start, scalar.range?.[1]).indexOf(firstLine);
  return (within === -1 ? undefined : endOf(prefix.split('\n'), text, start + within)) ?? start;
}

/** The end of the lines that start at the offset. Undefined if they are not found. The lines do not include indentation. */
function endOf(lines: readonly string[], text: string, offset: number): number | undefined {
  let at = offset;
  for (const [index, line] of lines.entries()) {
    if (index > 0) {
      const [lineBreak = ''] = /^\r?\n[ ]*/.exec(text.slice(at)) ?? [];
      at += lineBreak.length - (line.length - line.trimStart().length);
    }
    if (!text.startsWith(line, at)) return undefined;
    at += line.length;
  }
  return at;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
