/** The built command line in a separate process. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {tmpdir} from 'node:os';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';

const ENTRY = process.env['CLI_ENTRY'] ?? fileURLToPath(new URL('../../../dist/cli/index.js', import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Passes only PATH from our own environment. @param cwd a folder without rules by default */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = tmpdir(),
): Promise<CliRun> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd,
    env: {PATH: process.env['PATH'], no_proxy: '*', ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return {stdout, stderr, code: code as number | null};
}
