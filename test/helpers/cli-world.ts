/** A world for the command line: a folder of its own, a clock that stands still, and a record of the output. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {CliWorld, ExitCode} from '../../src/cli/shared/world.ts';

/** 2026-11-20T12:28:18.477Z */
export const NOW = 1_795_177_698_477;

export interface TestWorld extends CliWorld {
  /** All that went to standard output. */
  readonly output: string;
  /** All that went to standard error. */
  readonly errorOutput: string;
  readonly exitCode: ExitCode;
  /** The milliseconds of each wait. Nothing waits. */
  readonly waits: readonly number[];
  /** Forgets the output, as between two runs. */
  clear(): void;
  remove(): void;
}

export interface WorldOptions {
  readonly env?: CliWorld['env'];
  /** Standard input. */
  readonly input?: string | Buffer;
  readonly terminal?: CliWorld['terminal'];
  /** Texts by path within the world's folder. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** Hand it to the commands; `fetch` is the platform's. Remove it after the test. */
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
