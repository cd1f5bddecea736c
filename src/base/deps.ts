/** The outside world, as narrow as we use it. Built only in the entries. Everything else is handed what it needs. */

/** What we use of an HTTP answer. The platform's `Response` fits. */
export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: {get(name: string): string | null};
  text(): Promise<string>;
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
  },
) => Promise<FetchResponse>;

/** Milliseconds since the epoch. */
export type Now = () => number;

export type Sleep = (milliseconds: number) => Promise<void>;

/** The part of `@actions/core` that we use: how a step talks to its runner. */
export type Core = Pick<
  typeof import('@actions/core'),
  'getInput' | 'setSecret' | 'setOutput' | 'setFailed' | 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'summary'
>;

/** A file of a repository as of a commit. */
export interface RepositoryFile {
  /** "owner/name" */
  readonly repository: string;
  /** Relative to the repository's root. */
  readonly path: string;
  readonly sha: string;
}

/** Loads src/clients/github.ts: large, and needed by few runs. */
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
