/** A world for the command line: its own folder, a fixed clock, and a record of the output. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {CliWorld, ExitCode} from '../../../src/cli/shared/world.ts';

/** 2026-11-20T12:28:18.477Z */
export const NOW = 1_795_177_698_477;

export interface TestWorld extends CliWorld {
  /** All text of standard output. */
  readonly output: string;
  /** All text of standard error. */
  readonly errorOutput: string;
  readonly exitCode: ExitCode;
  /** The milliseconds of each wait. The world only records waits. */
  readonly waits: readonly number[];
  /** Clears the output between two runs. */
  clear(): void;
  remove(): void;
}

export interface WorldOptions {
  readonly env?: CliWorld['env'];
  /** Standard input. */
  readonly input?: string | Buffer;
  readonly terminal?: CliWorld['terminal'];
  /** The texts of files, by path in the folder of the world. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** Creates a world for the commands. `fetch` is that of the platform. Call `remove` after the test. */
export function aCliWorld({env = {}, input = '', terminal = {}, files = {}}: WorldOptions = {}): TestWorld {
  const cwd = mkdtempSync(join(tmpdir(), 'port-reactor-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), {recursive: true});
    writeFileSync(join(cwd, path), text);
  }
  const recorded = {output: '', errorOutput: '', exitCode: 0 as ExitCode, waits: [] as number[]};
  return {
    env,
    dist: join(cwd, 'dist'),
    cwd,
    terminal,
    fetch,
    now: () => NOW,
    sleep: async milliseconds => void recorded.waits.push(milliseconds),
    interrupted: () => new Promise(() => {}), // never
    readInput: async () => Buffer.from(input),
    write: text => {
      recorded.output += text;
    },
    writeError: text => {
      recorded.errorOutput += text;
    },
    exitWith: code => {
      recorded.exitCode = code;
    },
    get output() {
      return recorded.output;
    },
    get errorOutput() {
      return recorded.errorOutput;
    },
    get exitCode() {
      return recorded.exitCode;
    },
    get waits() {
      return recorded.waits;
    },
    clear: () => void Object.assign(recorded, {output: '', errorOutput: '', exitCode: 0}),
    remove: () => rmSync(cwd, {recursive: true, force: true}),
  };
}
