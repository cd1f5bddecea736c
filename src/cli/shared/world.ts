/** The outside world of the command line. main.ts builds it, and passes it on. */
import type {Fetch, Now, Sleep} from '../../base/deps.ts';

/** 1: the check or the work failed; 2: invalid usage. */
export type ExitCode = 0 | 1 | 2;

export interface CliWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that the action, the relay and this command line are built into. */
  readonly dist: string;
  /** The folder that paths are relative to. */
  readonly cwd: string;
  /** Standard output, if it is one. */
  readonly terminal: {readonly isTTY?: boolean; readonly columns?: number};
  readonly fetch: Fetch;
  readonly now: Now;
  readonly sleep: Sleep;
  /** Resolves when the user presses Ctrl-C. From the first call on, Ctrl-C does not end the process itself. */
  readonly interrupted: () => Promise<void>;
  /** Asks a person, and resolves with the answer. Undefined if standard input is not a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** All of standard input. */
  readonly readInput: () => Promise<Buffer>;
  /** Text for standard output, as it is. */
  readonly write: (text: string) => void;
  /** Text for standard error, as it is. */
  readonly writeError: (text: string) => void;
  /** The exit code of the process. The default is 0. */
  readonly exitWith: (code: ExitCode) => void;
}
