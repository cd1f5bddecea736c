/** The expected failures of Port Reactor. Each message states what failed, why, and what to do. */
import type {FetchResponse} from './deps.ts';
import {oneLine} from './text/show.ts';

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

/** Like `instanceof ReactorError`, but also true for errors from another bundle, which has its own copy of the class. */
export function isReactorError(thrown: unknown): thrown is ReactorError {
  return thrown instanceof Error && 'isExpected' in thrown;
}

/** One mistake in a file or in the settings. Lines and columns count from 1. */
export interface Problem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Settings, inputs or a rules file that can't be used. Thrown before the action acts. Contains all problems. */
export class ConfigError extends ReactorError {
  readonly problems: readonly Problem[];
  /** The file that contains the problems, if any. */
  readonly file: string | undefined;

  constructor(summary: string, problems: readonly Problem[], file?: string) {
    super([summary, ...problems.map(problem => describeProblem(problem, file))].join('\n'));
    this.problems = problems;
    this.file = file;
  }
}

/** `file:line:column: message`, the format that compilers and editors use. */
export function describeProblem(problem: Problem, file?: string): string {
  const place = [file, problem.line, problem.column].filter(part => part !== undefined).join(':');
  return place === '' ? problem.message : `${place}: ${problem.message}`;
}

/** A payload that has no known shape. `path` is the JSON path of the invalid value, or "" for the whole payload. */
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
  /** The whole text of the response. */
  readonly body?: string | undefined;
  readonly cause?: unknown;
}

/** A server answered with a status other than 2xx. `url` contains no secret. */
export class RequestError extends ReactorError {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Private, because a server can echo a secret: printing the error must not print the response. */
  readonly #answer: {readonly headers: FetchResponse['headers'] | undefined; readonly body: string};

  constructor(message: string, details: RequestDetails) {
    super(message, {cause: details.cause});
    this.#answer = {headers: details.headers, body: details.body ?? ''};
    this.method = details.method;
    this.url = details.url;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** A header of the response. Undefined if it is absent. */
  header(name: string): string | undefined {
    return this.#answer.headers?.get(name) ?? undefined;
  }

  /** The whole text of the response, which can contain secrets. */
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

/** The request timed out: no response arrived in time. */
export class NoResponse extends NetworkError {}

/** The runner ended the step before a response arrived. */
export class Cancelled extends NetworkError {
  constructor() {
    super('the workflow run was cancelled');
  }
}

/** The message of any thrown value, on one line. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(textOf(thrown));
  // undici reports only "fetch failed". The cause has the details. An AggregateError has only a code.
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
    return 'a value that cannot be converted to text'; // for example, an object without a prototype
  }
}
