/** The outside world, as narrow as we use it. Built only in the entries. Everything else is handed what it needs. */

/** What we use of an HTTP answer. The platform's `Response` fits. */
export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: {get(name: string): string | null};
  text(): Promise<string>;
  /** For what is not text. A double may leave it out. */
  arrayBuffer?(): Promise<ArrayBuffer>;
}

/** What we use of `fetch`. The platform's fits. Rejects if no answer came. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    signal?: AbortSignal;
    redirect?: 'error' | 'manual';
    /** Asked when the connection is ready. If false, the request is not sent, and `fetch` rejects with a `HeldBack`. */
    mayGo?: (() => boolean) | undefined;
  },
) => Promise<FetchResponse>;

/** Milliseconds since the epoch. */
export type Now = () => number;

export type Sleep = (milliseconds: number) => Promise<void>;

/** Where an annotation stands in a file. Lines and columns count from 1. */
export interface AnnotationPlace {
  readonly title?: string | undefined;
  readonly file?: string | undefined;
  readonly startLine?: number | undefined;
  readonly startColumn?: number | undefined;
}

/** How a step talks to its runner: what we use of `@actions/core`, by its names. */
export interface Core {
  /** Empty if the input is not set. */
  getInput(name: string): string;
  setSecret(secret: string): void;
  setOutput(name: string, value: string): void;
  setFailed(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  notice(message: string, place?: AnnotationPlace): void;
  warning(message: string, place?: AnnotationPlace): void;
  error(message: string, place?: AnnotationPlace): void;
  /** Adds Markdown to the job summary. */
  appendSummary(markup: string): void;
}

/** A file of a repository as of a commit. */
export interface RepositoryFile {
  /** "owner/name" */
  readonly repository: string;
  /** Relative to the repository's root. */
  readonly path: string;
  readonly sha: string;
}

/** Loads src/clients/github.ts, which few runs need. */
export type LoadGitHub = () => Promise<{
  readRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string>;
  findRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string | undefined>;
}>;

/** What the action is handed. */
export interface World {
  readonly core: Core;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: Fetch;
  readonly now: Now;
  readonly sleep: Sleep;
  /** As `sleep`, but a cancelled run waits as well, for a moment at most: what has happened must still be written down. */
  readonly rest: Sleep;
  readonly loadGitHub: LoadGitHub;
  /** Aborts when the runner ends the step. */
  readonly cancelled: AbortSignal;
  /** Writes to the step's log, as it is. */
  readonly write: (text: string) => void;
}
