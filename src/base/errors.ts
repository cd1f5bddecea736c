/** The error family: every failure that Port Reactor expects, each saying what failed, why, and what to do. */
import type {FetchResponse} from './deps.ts';
import {oneLine} from './text.ts';

/** Parent of all expected failures. Anything else that is thrown is a bug. */
export abstract class ReactorError extends Error {
  override get name(): string {
    return this.constructor.name;
  }

  /** See {@link isReactorError}. */
  get isExpected(): true {
    return true;
  }
}

/** As `instanceof ReactorError`, also for errors from another bundle, which has a class of its own. */
export function isReactorError(thrown: unknown): thrown is ReactorError {
  return thrown instanceof Error && 'isExpected' in thrown;
}

/** One mistake in a file or in the settings. Lines and columns count from 1. */
export interface Problem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Settings, inputs or a rules file that can't be used. Thrown before anything acts, with every problem at once. */
export class ConfigError extends ReactorError {
  readonly problems: readonly Problem[];
  /** The file that the problems are in, if there is one. */
  readonly file: string | undefined;

  constructor(summary: string, problems: readonly Problem[], file?: string) {
    super([summary, ...problems.map(problem => describeProblem(problem, file))].join('\n'));
    this.problems = problems;
    this.file = file;
  }
}

/** `file:line:column: message`, as compilers and editors know it. */
export function describeProblem(problem: Problem, file?: string): string {
  const place = [file, problem.line, problem.column].filter(part => part !== undefined).join(':');
  return place === '' ? problem.message : `${place}: ${problem.message}`;
}

/** A message that is not of a known shape. `path` is the JSON path that is wrong, "" for the whole. */
export class PayloadError extends ReactorError {
  readonly path: string;

  constructor(path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`);
    this.path = path;
  }
}

interface RequestDetails {
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
  readonly status: number;
  readonly retryAfterMs?: number | undefined;
  readonly headers?: FetchResponse['headers'] | undefined;
  /** The whole text of the answer. */
  readonly body?: string | undefined;
  readonly cause?: unknown;
}

/** A server answered, and the answer is a refusal or a failure of its own. `url` holds no secret. */
export class RequestError extends ReactorError {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Private, as a server may echo a secret: what prints the error does not print the answer. */
  readonly #answer: {readonly headers: FetchResponse['headers'] | undefined; readonly body: string};

  constructor(message: string, details: RequestDetails) {
    super(message, {cause: details.cause});
    this.#answer = {headers: details.headers, body: details.body ?? ''};
    this.method = details.method;
    this.url = details.url;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** A header of the answer. Undefined if the answer does not have it. */
  header(name: string): string | undefined {
    return this.#answer.headers?.get(name) ?? undefined;
  }

  /** The whole text of the answer, which may hold secrets. */
  get body(): string {
    return this.#answer.body;
  }
}

/** A server could not be reached, or did not answer in time. Whether it got the request is unknown. */
export class NetworkError extends ReactorError {
  constructor(message: string, cause?: unknown) {
    super(message, {cause});
  }
}

/** Nothing was refused and nothing broke: no answer came in time. */
export class NoAnswer extends NetworkError {}

/** The runner ended the step before an answer came. */
export class Cancelled extends NetworkError {
  constructor() {
    super('the workflow run was cancelled');
  }
}

/** The text of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(textOf(thrown));
  // undici says only "fetch failed". What failed is in the cause. Of several failures, only the code is left.
  const text = thrown.message || codeOf(thrown) || thrown.name;
  const detail = thrown.cause instanceof Error ? thrown.cause.message || codeOf(thrown.cause) : undefined;
  return oneLine(detail && !text.includes(detail) ? `${text} (${detail})` : text);
}

function codeOf(error: NodeJS.ErrnoException): string | undefined {
  return error.code;
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'something that has no text'; // an object without a prototype, say
  }
}
