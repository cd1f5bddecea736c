import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';

export type Finished = {code: number | null; stdout: string; stderr: string; all: string};
type Options = {env: Record<string, string>; cwd: string};

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Starts a script of the repository as the action does: directly, and with only `env` as its environment. */
export function startScript(path: string, options: Options): {child: ChildProcess; finished: Promise<Finished>} {
  return startProgram(join(repository, path), [], options);
}

export function runScript(path: string, options: Options): Promise<Finished> {
  return startScript(path, options).finished;
}

export function runProgram(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return startProgram(file, args, options).finished;
}

function startProgram(file: string, args: readonly string[], options: SpawnOptions) {
  const child = spawn(file, args, {...options, stdio: ['ignore', 'pipe', 'pipe']});
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = once(child, 'close').then(([code]) => ({code, stdout, stderr, all: stdout + stderr}));
  return {child, finished};
}

/** The rules file in the header of a script: the comment from `rules:` to the first empty line. */
export async function exampleRules(path: string): Promise<string> {
  const script = await readFile(join(repository, path), 'utf8');
  const example = /^# {3}rules:\n(?:#.+\n)+/m.exec(script)?.[0] ?? '';
  return `version: 1\n${example.replace(/^# {3}/gm, '')}`;
}

/** Creates a directory for one test. `remove()` deletes it. */
export async function temporaryDirectory(): Promise<{path: string; remove(): Promise<void>}> {
  const path = await mkdtemp(join(tmpdir(), 'port-reactor-'));
  return {path, remove: () => rm(path, {recursive: true, force: true})};
}

export async function writeExecutable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

/** Links the named tools of this machine into `directory`, for a PATH that has no other tools. */
export async function linkTools(directory: string, tools: readonly string[]): Promise<void> {
  for (const tool of tools) {
    const places = (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, tool));
    const place = places.find(existsSync);
    if (place === undefined) throw new Error(`${tool} is not on this machine's PATH`);
    await symlink(place, join(directory, tool));
  }
}

/** Repeats the check until it returns a truthy value. Tests use it instead of a fixed wait. */
export async function eventually<T>(what: string, ask: () => Promise<T | 0 | false>, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`Timed out after ${timeoutMs} ms: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/**
 * Writes a file for BASH_ENV that sends SIGTERM to a script when it has just started a background process, before its next command. The
 * file `started` in the directory then has the id of that process. @returns the path
 */
export async function writeEarlyTermination(directory: string): Promise<string> {
  const path = join(directory, 'terminate-early.sh');
  const hook = `started=$(jobs -p); [[ -z $started ]] || { trap - DEBUG; echo $started >${join(directory, 'started')}; kill -TERM $$; }`;
  await writeFile(path, `unset BASH_ENV\nset -T\ntrap '${hook}' DEBUG\n`);
  return path;
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
