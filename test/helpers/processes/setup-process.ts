/** Runs `port-reactor relay --setup` in a separate folder: in a separate process, or in this one with a clock that tests move. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {createManualClock} from '../manual-clock.ts';
import {startCliHere} from './cli-here.ts';

const ENTRY = process.env['CLI_ENTRY'] ?? fileURLToPath(new URL('../../../dist/cli/index.js', import.meta.url));

export interface RunningSetup {
  /** The URL of the page, with its secret path. */
  readonly url: string;
  /** All output so far. */
  readonly output: () => string;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  /** Sends the signal of Ctrl-C. */
  readonly interrupt: () => void;
}

export interface SetupHere extends RunningSetup {
  /** Moves the clock of the setup, which otherwise does not advance. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

type Env = Readonly<Record<string, string>>;

const ENV: Env = {GITHUB_REPOSITORY: 'acme/operations'};

/** Resolves when the page is served. @throws {Error} with its output if it ends first */
export async function startSetupHere(args: readonly string[], cwd: string, env: Env): Promise<SetupHere> {
  const clock = createManualClock(Date.now());
  let interrupt = () => {};
  const interrupted = new Promise<void>(resolve => {
    interrupt = resolve;
  });
  let onOutput = () => {};
  const {output, finished} = startCliHere(['relay', '--setup', ...args], {
    cwd,
    env: {...ENV, ...env},
    interrupted: () => interrupted,
    sleep: (milliseconds, signal) =>
      new Promise(resolve => {
        const cancel = clock.after(milliseconds, resolve);
        signal?.addEventListener('abort', () => [cancel(), resolve()]);
      }),
    write: () => onOutput(),
  });
  const listening = new Promise<string>(resolve => {
    onOutput = () => {
      const url = urlIn(output());
      if (url !== undefined) resolve(url);
    };
  });
  const exited = finished.then(({code}) => code);
  return {url: await untilListening(listening, exited, output), output, exited, interrupt, pass: clock.pass};
}

/** Resolves when the page is served. @throws {Error} with its output if it ends first */
export async function startSetup(args: readonly string[], cwd: string, env: Env): Promise<RunningSetup> {
  const child = spawn(process.execPath, [ENTRY, 'relay', '--setup', ...args], {
    cwd,
    env: {PATH: process.env['PATH'], no_proxy: '*', ...ENV, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const listening = new Promise<string>(resolve => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += String(chunk);
        const url = urlIn(output);
        if (url !== undefined) resolve(url);
      });
    }
  });
  const url = await untilListening(listening, exited, () => output);
  return {url, output: () => output, exited, interrupt: () => child.kill('SIGINT')};
}

function urlIn(output: string): string | undefined {
  return /http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\//.exec(output)?.[0];
}

function untilListening(listening: Promise<string>, exited: Promise<unknown>, output: () => string): Promise<string> {
  const ended = exited.then(code => Promise.reject(new Error(`It ended with ${code}: ${output()}`)));
  ended.catch(() => undefined); // a later end is not a failure
  return Promise.race([listening, ended]);
}
