/** Act: checks the file of a remediation: it must be in the repository and executable without a shell. */
import {closeSync, existsSync, openSync, readSync, realpathSync, type Stats, statSync} from 'node:fs';
import {isAbsolute, resolve, sep} from 'node:path';
import {ConfigError, messageOf} from '../../base/errors.ts';

/**
 * The absolute path of the file, with symbolic links resolved.
 * @param run relative to the workspace
 * @throws {ConfigError} saying what is wrong and what to do
 */
export function scriptFile(workspace: string, run: string): string {
  const file = realPath(workspace, run);
  if (!file.startsWith(realpathSync(workspace) + sep)) {
    throw new ConfigError(`leads out of the workspace. Only files of the repository can be run`, []);
  }
  const stats = statSync(file);
  if (!stats.isFile()) throw new ConfigError('is not a file', []);
  if (!isExecutable(stats)) throw new ConfigError(notExecutable(run), []);
  if (!canStartItself(startOf(file))) throw new ConfigError(`can't be started: ${ADD_SHEBANG}`, []);
  return file;
}

/** Why the file cannot be started on this machine, as the real attempt would report it. Undefined if it probably can. */
export function whyNotStartable(workspace: string, run: string): string | undefined {
  try {
    return hasInterpreter(startOf(scriptFile(workspace, run))) ? undefined : `can't be started: ${NO_INTERPRETER}`;
  } catch (error) {
    return messageOf(error);
  }
}

function realPath(workspace: string, run: string): string {
  try {
    return realpathSync(resolve(workspace, run));
  } catch {
    throw new ConfigError('is not in the workspace. Add a step with actions/checkout before this one.', []);
  }
}

function isExecutable({mode}: Stats): boolean {
  return (mode & 0o111) !== 0;
}

/** Linux programs; macOS programs, also for two kinds of processors. */
const PROGRAM_STARTS = ['7f454c46', 'cffaedfe', 'cafebabe'];

/** Enough for a first line: Linux reads no more of it. */
const MAX_START = 256;

function startOf(file: string): Buffer {
  const start = Buffer.alloc(MAX_START);
  const descriptor = openSync(file, 'r');
  try {
    return start.subarray(0, readSync(descriptor, start));
  } finally {
    closeSync(descriptor);
  }
}

/** Anything else the C library would hand to /bin/sh, whatever language it is in. */
function canStartItself(start: Buffer): boolean {
  return start.toString('latin1', 0, 2) === '#!' || PROGRAM_STARTS.includes(start.toString('hex', 0, 4));
}

/** Whether the program of the first line is there. `env` is; what it is to look for is known only when it has looked. */
function hasInterpreter(start: Buffer): boolean {
  const [, line] = /^#![ \t]*([^\n]+)/.exec(start.toString('latin1')) ?? [];
  if (line === undefined) return true;
  const [program = ''] = line.split(/[ \t]/);
  return !line.endsWith('\r') && (!isAbsolute(program) || existsSync(program));
}

const NO_INTERPRETER =
  'the interpreter that its first line names is not installed, or the line ends in CR LF instead of LF';
const ADD_SHEBANG = 'its first line must name its interpreter, for example #!/usr/bin/env bash';

/** Explains why a process could not be started. */
export function startFailure(error: NodeJS.ErrnoException, run: string): string {
  if (error.code === 'EACCES') return notExecutable(run);
  return `can't be started: ${REASONS[error.code ?? ''] ?? error.message}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: NO_INTERPRETER,
  ENOEXEC: 'it is a program for another kind of machine',
  E2BIG: 'its variables are too large. Shorten those of `remediate.env` and `remediate.pass`',
};

/** The first half is for this disk, the second for git, which gives the runner its mode: tracked already or not. */
function notExecutable(run: string): string {
  return `is not executable. Run: chmod +x ${run} && git add --chmod=+x ${run}`;
}
