/** Parse: the text of a YAML file that people write → its content, or every mistake in it with its place. */
import {type Document, LineCounter, parseDocument} from 'yaml';
import {ConfigError, type Problem} from '../errors.ts';
import type {FoundProblem} from './check-rules.ts';
import {findYamlProblems, type OffsetProblem, offsetOf} from './yaml-problems.ts';

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What came of reading the JSON of a file. */
export type Reading<T> = {readonly value: T} | {readonly problems: readonly FoundProblem[]};

interface FileKind {
  /** What opens the message, by "a mistake" or "3 mistakes". */
  readonly summary: (mistakes: string) => string;
  /** What an empty file needs. */
  readonly needs: string;
}

/**
 * @param file its path, for the messages
 * @param read takes the content apart; `placeOf` tells where a path of it is written
 * @throws {ConfigError} with all mistakes at once, each with line and column
 */
export function parseYaml<T>(
  text: string,
  file: string,
  {summary, needs}: FileKind,
  read: (json: unknown, placeOf: (path: readonly PropertyKey[]) => Place) => Reading<T>,
): T {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {lineCounter, prettyErrors: false, merge: true, logLevel: 'error'});
  const place = (offset: number): Place => {
    const {line, col} = lineCounter.linePos(offset);
    return {line, column: col};
  };
  const placeOf = (path: readonly PropertyKey[]) => place(offsetOf(document, text, {path, message: ''}));
  const result = readDocument(document, text, needs, json => read(json, placeOf));
  if ('value' in result) return result.value;
  const placed = inOrder(result.problems).map(({offset, message}): Problem => ({message, ...place(offset)}));
  throw new ConfigError(summary(placed.length === 1 ? 'a mistake' : `${placed.length} mistakes`), placed, file);
}

type Result<T> = {readonly value: T} | {readonly problems: readonly OffsetProblem[]};

function readDocument<T>(
  document: Document.Parsed,
  text: string,
  needs: string,
  read: (json: unknown) => Reading<T>,
): Result<T> {
  const ofYaml = findYamlProblems(document, text);
  if (ofYaml.length > 0) return {problems: ofYaml};
  const json: unknown = document.toJS();
  if (json === null || json === undefined) {
    return {problems: [{offset: 0, message: `the file is empty; it needs ${needs}`}]};
  }
  const result = read(json);
  if ('value' in result) return result;
  return {
    problems: result.problems.map(problem => ({
      offset: offsetOf(document, text, problem),
      message: messageFor(problem),
    })),
  };
}

/** In the order of the file, each once. */
function inOrder(problems: readonly OffsetProblem[]): OffsetProblem[] {
  const unique = new Map(problems.map(problem => [JSON.stringify(problem), problem]));
  return [...unique.values()].toSorted((a, b) => a.offset - b.offset);
}

function messageFor({path, shown = path, message}: FoundProblem): string {
  const dotted = shown.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return dotted === '' ? message : `${dotted.replace(/^\./, '')}: ${message}`;
}
