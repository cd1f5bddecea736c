/** Parse: a YAML file that is open → what can be made of its content, or every mistake in it with its place. */
import {ConfigError, type Problem} from '../../base/errors.ts';
import {clip, oneLine} from '../../base/text.ts';
import type {FoundProblem} from '../problem.ts';
import {describeNumber} from '../written/describe-value.ts';
import type {OffsetProblem} from './offset-problem.ts';

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What came of reading the JSON of a file: every mistake, and what works in spite of them. */
export interface Reading<T> {
  /** Undefined if nothing works. */
  readonly value?: T | undefined;
  readonly problems: readonly FoundProblem[];
}

/** What came of reading a file. One of the two is there, or both. */
export interface Loaded<T> {
  readonly value: T | undefined;
  /** All mistakes, each with line and column. */
  readonly error: ConfigError | undefined;
}

/** What the messages about a file say. */
interface FileWords {
  /** The file's path. */
  readonly file: string;
  /** What opens the message, by "a mistake" or "3 mistakes", and whether anything works in spite of them. */
  readonly summary: (mistakes: string, works: boolean) => string;
  /** What an empty file needs. */
  readonly needs: string;
}

/** A path of the content. */
export type Path = readonly PropertyKey[];

interface Rest {
  readonly json: unknown;
  readonly broken: readonly Path[];
  /** Where numbers are that JavaScript rounds. */
  readonly rounded: readonly Path[];
}

/** A file that was read: its content, and where things are in it. */
export interface YamlFile {
  /** Undefined if the text is not a document of plain values. Null if it is empty. */
  readonly json: unknown;
  /** What keeps the text from being read. */
  readonly mistakes: readonly OffsetProblem[];
  /** The content in spite of the mistakes, and the parts that have one. Undefined if the rest cannot be read. */
  readonly rest: Rest | undefined;
  readonly writtenAt: WrittenAt;
  /** By the offset in characters. */
  place(offset: number): Place;
  /** The problem in the file's words: with the path that it is about, and where that is. */
  describe(problem: FoundProblem): OffsetProblem;
}

/** Takes the content apart. */
type Read<T> = (json: unknown, source: YamlSource) => Reading<T>;

/** What is known of the text beside its content. */
export interface YamlSource {
  readonly placeOf: PlaceOf;
  readonly writtenAt: WrittenAt;
  /** The parts, two levels deep, that have a mistake of YAML's own: a key that is there twice, say. */
  readonly broken: readonly Path[];
  /** Numbers that JavaScript cannot hold, a mistake each unless the text counts. */
  readonly rounded: readonly FoundProblem[];
}

/** Where a path of the content is. */
export type PlaceOf = (path: Path) => Place;

/** The scalar at a path of the content, as the file has it: 3.10, which YAML reads as 3.1. Empty without a scalar. */
export type WrittenAt = (path: Path) => string;

/**
 * The content of a file of which some parts may work without the others. Never throws.
 * @returns with all mistakes at once in `error`, each with line and column
 */
export function loadYaml<T>(yaml: YamlFile, {file, summary, needs}: FileWords, read: Read<T>): Loaded<T> {
  const placeOf = (path: Path) => yaml.place(yaml.describe({path, message: ''}).offset);
  const {value, problems} = readContent(yaml, needs, (json, broken, rounded) =>
    read(json, {placeOf, broken, rounded: rounded.map(path => roundedAt(path, json)), writtenAt: yaml.writtenAt}),
  );
  if (problems.length === 0) return {value, error: undefined};
  const placed = inOrder(problems).map(({offset, message}): Problem => ({message, ...yaml.place(offset)}));
  const mistakes = placed.length === 1 ? 'a mistake' : `${placed.length} mistakes`;
  return {value, error: new ConfigError(summary(mistakes, value !== undefined), placed, file)};
}

interface Result<T> {
  readonly value?: T | undefined;
  readonly problems: readonly OffsetProblem[];
}

function readContent<T>(
  yaml: YamlFile,
  needs: string,
  read: (json: unknown, broken: readonly Path[], rounded: readonly Path[]) => Reading<T>,
): Result<T> {
  const {rest, mistakes} = yaml;
  if (rest === undefined) return {problems: mistakes};
  if (rest.json === null || rest.json === undefined) {
    return {problems: [...mistakes, {offset: 0, message: `the file is empty. It needs ${needs}.`}]};
  }
  const {value, problems} = read(rest.json, rest.broken, rest.rounded);
  // A problem in a part with a YAML syntax error may be a consequence of that error.
  const others = problems.filter(
    ({path}) => !rest.broken.some(part => part.every((key, index) => path[index] === key)),
  );
  return {value, problems: [...mistakes, ...others.map(problem => yaml.describe(problem))]};
}

/** What else is wrong with a number that is rounded says enough: it quotes its text too. */
export function withRounded(problems: readonly FoundProblem[], rounded: readonly FoundProblem[]): FoundProblem[] {
  if (rounded.length === 0) return [...problems];
  const known = new Set(problems.map(({path}) => JSON.stringify(path)));
  return [...problems, ...rounded.filter(({path}) => !known.has(JSON.stringify(path)))];
}

function roundedAt(path: Path, json: unknown): FoundProblem {
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);
  const quoting = (written: string) => {
    const source = clip(oneLine(written), 60);
    const read = typeof value === 'number' ? describeNumber(value, source) : `${source}, which YAML rounds`;
    return `is ${read}. Write a number that keeps its value: at most 15 digits, or quotes around it if it is a text.`;
  };
  return {path, message: 'is a number that YAML rounds', quoting};
}

/** In the order of the file, each once. */
function inOrder(problems: readonly OffsetProblem[]): OffsetProblem[] {
  const unique = new Map(problems.map(problem => [JSON.stringify(problem), problem]));
  return [...unique.values()].toSorted((a, b) => a.offset - b.offset);
}
