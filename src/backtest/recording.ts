/**
 * Backtest: a recording with one JSON document per line → changes in chronological order. The file is streamed. If it is not
 * sorted, an index of the time and offset of each change is built, and the lines are read again in order.
 */
import {closeSync, fstatSync, openSync, readSync} from 'node:fs';
import {ConfigError, ReactorError} from '../base/errors.ts';
import {utf16Mistake, whyUnreadable} from '../base/text/read-text.ts';
import {printable} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import {type RecordedLine, readRecordedLine} from '../change/event/recorded-line.ts';

/** Bytes with random access. */
export interface RandomAccess {
  readonly size: number;
  /** Returns fewer bytes at the end. */
  read(offset: number, length: number): Buffer;
}

export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

/** The summary of a recording that was read to its end. */
export interface RecordingFacts {
  readonly changes: number;
  /** The number of events that are not changes of an entity. */
  readonly others: number;
  /** The number of lines that can't be read. `problems` lists the first {@link MAX_PROBLEMS}. */
  readonly unreadable: number;
  readonly problems: readonly LineProblem[];
}

/** A backtest does not use ids of changes, and computing them is slow. */
const noId = () => '';

const REMEDY = 'Pass a file with one JSON document per line, for example decisions.jsonl of a run.';

/** @throws {ConfigError} if it can't be opened */
export function openFile(path: string, name: string): RandomAccess & {close(): void} {
  try {
    const file = openSync(path, 'r');
    const bytes = {
      size: fstatSync(file).size,
      read(offset: number, length: number) {
        const buffer = Buffer.allocUnsafe(length);
        return buffer.subarray(0, readSync(file, buffer, 0, length, offset));
      },
      close: () => closeSync(file),
    };
    const mistake = utf16Mistake(bytes.read(0, 4));
    if (mistake !== undefined) throw new Error(mistake);
    return bytes;
  } catch (error) {
    throw new ConfigError(`The recording ${name} can't be read: ${whyUnreadable(error)}. ${REMEDY}`, []);
  }
}

/** @throws {ConfigError} if it is UTF-16 */
export function fromInput(bytes: Buffer): RandomAccess {
  const mistake = utf16Mistake(bytes);
  if (mistake !== undefined) throw new ConfigError(`Standard input can't be read: ${mistake}.`, []);
  return inMemory(bytes);
}

export function inMemory(bytes: Buffer): RandomAccess {
  return {size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length)};
}

/**
 * Passes on each change, the earliest first. Changes with the same time keep the order of the file.
 * @param begin returns the function that receives the changes. If the recording is not sorted, it is called again, and the
 * changes that the first function received are invalid
 */
export function readInOrder(bytes: RandomAccess, begin: () => (change: Change) => void): RecordingFacts {
  return readStreamed(bytes, begin()) ?? readSorted(bytes, begin());
}

/** Undefined if a change is earlier than the previous one. */
function readStreamed(bytes: RandomAccess, take: (change: Change) => void): RecordingFacts | undefined {
  const reader = new Reader();
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const line of linesOf(bytes)) {
    for (const change of reader.read(line).changes) {
      const atMs = Date.parse(change.at);
      if (atMs < latestMs) return undefined;
      latestMs = atMs;
      take(change);
    }
  }
  return reader.facts;
}

function readSorted(bytes: RandomAccess, take: (change: Change) => void): RecordingFacts {
  const reader = new Reader();
  const index = new Index();
  for (const line of linesOf(bytes)) {
    for (const [position, {at}] of reader.read(line).changes.entries()) index.add(Date.parse(at), line, position);
  }
  const again = new Lines(bytes);
  for (const {line, position} of index.sorted()) {
    const change = again.changesOf(line)[position];
    if (change !== undefined) take(change);
  }
  return reader.facts;
}

interface Line {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

const CHUNK = 256 * 1024;
const NEWLINE = 10;

/** Skips empty lines. */
export function* linesOf(bytes: RandomAccess): Generator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let number = 0;
  for (let at = 0; at < bytes.size; at += CHUNK) {
    rest = Buffer.concat([rest, bytes.read(at, CHUNK)]);
    let start = 0;
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE, start)) {
      number += 1;
      yield* lineOf(rest.subarray(start, end), number, offset + start);
      start = end + 1;
    }
    rest = rest.subarray(start);
    offset += start;
  }
  yield* lineOf(rest, number + 1, offset);
}

function* lineOf(bytes: Buffer, number: number, offset: number): Generator<Line> {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.trim() !== '') yield {number, offset, length: bytes.length, text};
}

const MAX_PROBLEMS = 10;
const NOTHING: RecordedLine = {changes: [], others: 0};

/** Reads lines and counts their content. */
class Reader {
  #changes = 0;
  #others = 0;
  #unreadable = 0;
  readonly #problems: LineProblem[] = [];

  read({number, text}: Line): RecordedLine {
    try {
      const line = readRecordedLine(text, noId);
      this.#changes += line.changes.length;
      this.#others += line.others;
      return line;
    } catch (error) {
      if (!(error instanceof ReactorError)) throw error;
      this.#unreadable += 1;
      if (this.#problems.length < MAX_PROBLEMS) {
        this.#problems.push({line: number, message: printable(error.message)});
      }
      return NOTHING;
    }
  }

  get facts(): RecordingFacts {
    return {changes: this.#changes, others: this.#others, unreadable: this.#unreadable, problems: this.#problems};
  }
}

/** The position of a change in the recording. */
interface Place {
  readonly atMs: number;
  readonly line: Pick<Line, 'offset' | 'length'>;
  /** The index among the changes of the line. */
  readonly position: number;
}

/** The time and the position of each change, as four numbers. */
class Index {
  readonly #numbers: number[] = [];

  add(atMs: number, {offset, length}: Line, position: number): void {
    this.#numbers.push(atMs, offset, length, position);
  }

  sorted(): Place[] {
    const places = Array.from({length: this.#numbers.length / 4}, (_, index): Place => {
      const [atMs = 0, offset = 0, length = 0, position = 0] = this.#numbers.slice(4 * index, 4 * index + 4);
      return {atMs, line: {offset, length}, position};
    });
    return places.sort((a, b) => a.atMs - b.atMs);
  }
}

/** Cached lines: several changes of one line are often read one after the other. */
const MAX_LINES = 64;

/** Reads lines by their position. */
class Lines {
  readonly #bytes: RandomAccess;
  readonly #known = new Map<number, readonly Change[]>();

  constructor(bytes: RandomAccess) {
    this.#bytes = bytes;
  }

  changesOf({offset, length}: Place['line']): readonly Change[] {
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    const text = this.#bytes
      .read(offset, length)
      .toString('utf8')
      .replace(/^\ufeff/, '');
    const {changes} = readRecordedLine(text, noId);
    if (this.#known.size >= MAX_LINES) this.#known.clear();
    this.#known.set(offset, changes);
    return changes;
  }
}
