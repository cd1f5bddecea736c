/** A world for the command line: a folder of its own, a clock that stands still, and an ear for what is said. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {ExitCode, World} from '../../src/cli/shared/world.ts';

/** 2026-11-20T12:28:18.477Z */
export const NOW = 1_795_177_698_477;

export interface TestWorld extends World {
  /** All that went to standard output. */
  readonly said: string;
  /** All that went to standard error. */
  readonly complained: string;
  readonly exitCode: ExitCode;
  /** The milliseconds of each wait. Nothing waits. */
  readonly waits: readonly number[];
  /** Forgets what was said, as between two runs. */
  clear(): void;
  remove(): void;
}

export interface WorldOptions {
  readonly env?: World['env'];
  /** Standard input. */
  readonly input?: string | Buffer;
  readonly terminal?: World['terminal'];
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
  const heard = {said: '', complained: '', exitCode: 0 as ExitCode, waits: [] as number[]};
  return {
    env,
    dist: join(cwd, 'dist'),
    cwd,
    terminal,
    fetch,
    now: () => NOW,
    sleep: async milliseconds => void heard.waits.push(milliseconds),
    readInput: async () => Buffer.from(input),
    write: text => {
      heard.said += text;
    },
    complain: text => {
      heard.complained += text;
    },
    exitWith: code => {
      heard.exitCode = code;
    },
    get said() {
      return heard.said;
    },
    get complained() {
      return heard.complained;
    },
    get exitCode() {
      return heard.exitCode;
    },
    get waits() {
      return heard.waits;
    },
    clear: () => void Object.assign(heard, {said: '', complained: '', exitCode: 0}),
    remove: () => rmSync(cwd, {recursive: true, force: true}),
  };
}
