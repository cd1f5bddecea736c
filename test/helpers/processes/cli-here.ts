/**
 * Runs the command line in this process, with real servers, files and time, and with its own environment and folder. Use it for tables
 * of cases, because a new process takes more time than most commands. `cli-process.ts` runs the built command line.
 */
import {tmpdir} from 'node:os';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {fetch} from '../../../src/base/http/fetch.ts';
import {runProgram} from '../../../src/cli/program.ts';
import type {CliWorld} from '../../../src/cli/shared/world.ts';
import type {CliRun} from './cli-process.ts';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));

export interface RunningCli {
  /** All of standard output and standard error so far. */
  readonly output: () => string;
  readonly finished: Promise<CliRun>;
}

/** @param changed parts of the world. By default, `env` is empty and `cwd` is a folder without rules. `write` also gets the output */
export function startCliHere(args: readonly string[], changed: Partial<CliWorld> = {}): RunningCli {
  const written = {stdout: '', stderr: '', both: ''};
  const write = (stream: 'stdout' | 'stderr') => (text: string) => {
    written[stream] += text;
    written.both += text;
    changed[stream === 'stdout' ? 'write' : 'writeError']?.(text);
  };
  let code = 0;
  const finished = runProgram(args, {
    ...{env: {}, cwd: tmpdir(), dist: DIST, terminal: {}, fetch, now: Date.now},
    sleep: async milliseconds => void (await sleep(milliseconds)),
    interrupted: () => new Promise(() => {}), // never
    readInput: async () => Buffer.from(''),
    ...changed,
    write: write('stdout'),
    writeError: write('stderr'),
    exitWith: given => {
      code = given;
    },
  });
  return {
    output: () => written.both,
    finished: finished.then(() => ({stdout: written.stdout, stderr: written.stderr, code})),
  };
}

/** Like `runCli` of `cli-process.ts`. */
export function runCliHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = tmpdir(),
): Promise<CliRun> {
  return startCliHere(args, {env, cwd}).finished;
}
