/** Parse: an opened YAML file → its valid content and all mistakes with their positions. */
import {ConfigError, type Problem} from '../../base/errors.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import type {FoundProblem} from '../problem.ts';
import {describeNumber} from '../written/describe-value.ts';
import type {OffsetProblem} from './offset-problem.ts';

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The result of reading the JSON of a file: the valid part and all mistakes. */
export interface Reading<T> {
  /** Undefined if no part is valid. */
  readonly value?: T | undefined;
  readonly problems: readonly FoundProblem[];
}

/** The result of reading a file. At least one of the two is set. */
export interface Loaded<T> {
  readonly value: T | undefined;
  /** All mistakes, each with line and column. */
  readonly error: ConfigError | undefined;
}

/** Texts for the messages about a file. */
interface FileWords {
  /** The file's path. */
  readonly file: string;
  /** The first line of the message. @param mistakes "a mistake" or "3 mistakes" @param works whether any part is valid */
  readonly summary: (mistakes: string, works: boolean) => string;
  /** The minimum content of a file, for the message about an empty one. */
  readonly needs: string;
}

/** A path of the content. */
export type Path = readonly PropertyKey[];

interface Rest {
  readonly json: unknown;
  readonly broken: readonly Path[];
  /** The paths of numbers that JavaScript rounds. */
  readonly rounded: readonly Path[];
}

/** A file that was read: its content and positions. */
export interface YamlFile {
  /** Undefined if the text is not a document of plain values. Null if it is empty. */
  readonly json: unknown;
  /** The mistakes that prevent the text from being read. */
  readonly mistakes: readonly OffsetProblem[];
  /** The readable content, and the paths of the parts with mistakes. Undefined if no content can be read. */
  readonly rest: Rest | undefined;
  readonly writtenAt: WrittenAt;
  /** The position of an offset in characters. */
  place(offset: number): Place;
  /** Adds the path and the offset of a problem to its message. */
  describe(problem: FoundProblem): OffsetProblem;
}

/** Reads the content. */
type Read<T> = (json: unknown, source: YamlSource) => Reading<T>;

/** Positions and mistakes in the text, in addition to its content. */
export interface YamlSource {
  readonly placeOf: PlaceOf;
  readonly writtenAt: WrittenAt;
  /** The parts, two levels deep, with a YAML mistake, for example a duplicate key. */
  readonly broken: readonly Path[];
  /** Numbers that JavaScript cannot represent. Each is a mistake, unless the value is used as text. */
  readonly rounded: readonly FoundProblem[];
}

/** The position of a path of the content. */
export type PlaceOf = (path: Path) => Place;

/** The scalar at a path of the content as written: 3.10, which YAML reads as 3.1. Empty if there is no scalar. */
export type WrittenAt = (path: Path) => string;

/**
 * Reads a file whose parts can be valid independently of each other. Never throws.
 * @returns the value, and all mistakes in `error`, each with line and column
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

/** Adds the problems of rounded numbers, except at paths that already have a problem. */
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
    return `is ${read}. Write a number that keeps its value: at most 15 digits, or put quotes around it if it is a string.`;
  };
  return {path, message: 'is a number that YAML rounds', quoting};
}

/** Sorted by position, without duplicates. */
function inOrder(problems: readonly OffsetProblem[]): OffsetProblem[] {
  const unique = new Map(problems.map(problem => [JSON.stringify(problem), problem]));
  return [...unique.values()].toSorted((a, b) => a.offset - b.offset);
}
