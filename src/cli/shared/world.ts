/** The external dependencies of the command line. main.ts creates them. */
import type {Fetch, Now, Sleep} from '../../base/deps.ts';

/** 1: a check or an operation failed. 2: invalid usage. */
export type ExitCode = 0 | 1 | 2;

export interface CliWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder with the builds of the action, the relay and this command line. */
  readonly dist: string;
  /** The base folder of relative paths. */
  readonly cwd: string;
  /** The properties of standard output, if it is a terminal. */
  readonly terminal: {readonly isTTY?: boolean; readonly columns?: number};
  readonly fetch: Fetch;
  readonly now: Now;
  readonly sleep: Sleep;
  /** Resolves when the user presses Ctrl-C. From the first call on, Ctrl-C does not end the process itself. */
  readonly interrupted: () => Promise<void>;
  /** Asks the user a question. Undefined if standard input is not a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** All of standard input. */
  readonly readInput: () => Promise<Buffer>;
  /** Writes unchanged text to standard output. */
  readonly write: (text: string) => void;
  /** Writes unchanged text to standard error. */
  readonly writeError: (text: string) => void;
  /** Sets the exit code of the process. Default: 0. */
  readonly exitWith: (code: ExitCode) => void;
}
