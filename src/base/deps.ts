/**
 * Interfaces to the outside world, limited to what we use. Only the entry points build them. All other code receives what it
 * needs.
 */

/** The part of an HTTP response that we use. Compatible with the platform's `Response`. */
export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: {get(name: string): string | null};
  text(): Promise<string>;
  /** For a body that is not text. A test double can omit it. */
  arrayBuffer?(): Promise<ArrayBuffer>;
}

/** The part of `fetch` that we use. Compatible with the platform's `fetch`. Rejects if no response arrives. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    signal?: AbortSignal;
    redirect?: 'error' | 'manual';
    /**
     * Called when the connection is ready. If it returns false, the request is not sent and `fetch` rejects with a
     * `RequestSkipped`.
     */
    shouldSend?: (() => boolean) | undefined;
  },
) => Promise<FetchResponse>;

/** Milliseconds since the epoch. */
export type Now = () => number;

/** Resolves after the time, or when the signal aborts. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** The position of an annotation in a file. Lines and columns count from 1. */
export interface AnnotationPlace {
  readonly title?: string | undefined;
  readonly file?: string | undefined;
  readonly startLine?: number | undefined;
  readonly startColumn?: number | undefined;
}

/** How a step communicates with its runner: the part of `@actions/core` that we use, under the same names. */
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

/** A file of a repository at a commit. */
export interface RepositoryFile {
  /** "owner/name" */
  readonly repository: string;
  /** Relative to the repository's root. */
  readonly path: string;
  readonly sha: string;
}

export interface RepositoryFiles {
  /**
   * The text of a file at a commit.
   * @throws {Error} with GitHub's message, or because GitHub did not answer in time
   */
  read(file: RepositoryFile): Promise<string>;
  /**
   * The text of a file at a commit. Undefined if the commit does not contain it.
   * @throws {Error} as above, and if nothing of the commit can be read
   */
  find(file: RepositoryFile): Promise<string | undefined>;
}

/** Loads src/clients/github/repository-files.ts on demand, because few runs need it. */
export type LoadGitHub = () => Promise<{
  createRepositoryFiles(
    access: {readonly token: string; readonly apiUrl: string},
    deps: Pick<World, 'fetch' | 'sleep'>,
  ): RepositoryFiles;
}>;

/** The dependencies of the action. */
export interface World {
  readonly core: Core;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: Fetch;
  readonly now: Now;
  readonly sleep: Sleep;
  /** Like `sleep`, but always resolves. After a cancellation it waits only a short time, because results must still be recorded. */
  readonly sleepEvenIfCancelled: Sleep;
  readonly loadGitHub: LoadGitHub;
  /** Aborts when the runner ends the step. */
  readonly cancelled: AbortSignal;
  /** Writes to the step's log, unchanged. */
  readonly write: (text: string) => void;
}
