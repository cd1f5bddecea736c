/** `port-reactor relay --setup` in a separate process and folder. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';

const ENTRY = process.env['CLI_ENTRY'] ?? fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));

export interface SetupProcess {
  /** The URL of the page, with its secret path. */
  readonly url: string;
  readonly child: ChildProcess;
  /** All output so far. */
  readonly output: () => string;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

/** Resolves when the page is served. @throws {Error} with its output if it ends before */
export async function startSetup(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<SetupProcess> {
  const child = spawn(process.execPath, [ENTRY, 'relay', '--setup', ...args], {
    cwd,
    env: {PATH: process.env['PATH'], no_proxy: '*', GITHUB_REPOSITORY: 'acme/operations', ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const listening = new Promise<string>(resolve => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += String(chunk);
        const url = /http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\//.exec(output)?.[0];
        if (url !== undefined) resolve(url);
      });
    }
  });
  const ended = exited.then(code => Promise.reject(new Error(`It ended with ${code}: ${output}`)));
  ended.catch(() => undefined);
  return {url: await Promise.race([listening, ended]), child, output: () => output, exited};
}
