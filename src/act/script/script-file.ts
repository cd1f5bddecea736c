/** Act: checks the file of a remediation. It must be in the repository, and executable without a shell. */
import {closeSync, existsSync, openSync, readSync, realpathSync, type Stats, statSync} from 'node:fs';
import {isAbsolute, resolve, sep} from 'node:path';
import {ConfigError, messageOf} from '../../base/errors.ts';

/**
 * The absolute path of the file, with symbolic links resolved.
 * @param run relative to the workspace
 * @throws {ConfigError} that explains the problem and its solution
 */
export function scriptFile(workspace: string, run: string): string {
  const file = realPath(workspace, run);
  if (!file.startsWith(realpathSync(workspace) + sep)) {
    throw new ConfigError(`is outside the workspace. Only files of the repository can be run`, []);
  }
  const stats = statSync(file);
  if (!stats.isFile()) throw new ConfigError('is not a file', []);
  if (!isExecutable(stats)) throw new ConfigError(notExecutable(run), []);
  if (!canStartItself(startOf(file))) throw new ConfigError(`can't be started: ${ADD_SHEBANG}`, []);
  return file;
}

/** Why the file cannot be started on this machine, in the words of a real attempt. Undefined if it can probably be started. */
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

/** The first bytes of Linux and macOS programs. The last one is for macOS programs that support two processors. */
const PROGRAM_STARTS = ['7f454c46', 'cffaedfe', 'cafebabe'];

/** The longest first line that Linux reads. */
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

/** Whether the kernel can start the file. The C library would pass any other file to /bin/sh, regardless of its language. */
function canStartItself(start: Buffer): boolean {
  return start.toString('latin1', 0, 2) === '#!' || PROGRAM_STARTS.includes(start.toString('hex', 0, 4));
}

/** Whether the interpreter of the first line exists. For `#!/usr/bin/env name`, only `env` itself is checked. */
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
  ENOEXEC: 'it is built for a different type of processor',
  E2BIG: 'its variables are too large. Shorten those of `remediate.env` and `remediate.pass`',
};

/**
 * Contains a command for this disk and one for git, which sets the file mode on the runner. The second works for tracked and
 * new files.
 */
function notExecutable(run: string): string {
  return `is not executable. Run: chmod +x ${run} && git add --chmod=+x ${run}`;
}
