/** Act: runs one file of the repository, without a shell, within a time, and keeps the end of what it said. */
import {spawn} from 'node:child_process';
import {realpathSync, statSync} from 'node:fs';
import {resolve, sep} from 'node:path';
import type {Now} from '../deps.ts';
import {ConfigError, messageOf} from '../errors.ts';
import {showDuration} from '../text.ts';

export interface ScriptRequest {
  /** Relative to the workspace. */
  readonly run: string;
  readonly workspace: string;
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  /** Gets the output as it comes, up to {@link MAX_SHOWN} characters. */
  readonly write: (text: string) => void;
  readonly now: Now;
}

export interface ScriptResult {
  readonly succeeded: boolean;
  /** What became of it, as the end of a sentence: "ended with exit code 3", "was stopped after 5 min". */
  readonly detail: string;
  readonly exitCode?: number;
  readonly durationMs: number;
  /** The end of stdout and stderr, as they came. */
  readonly output: string;
}

/** A log with more is a dump; the runner slows down under it. */
const MAX_SHOWN = 1024 * 1024;
const MAX_KEPT = 64 * 1024;
/** Between the request to end and the kill. */
const GRACE_MS = 5_000;
/** After the script's own end, for its children to close their output. */
const DRAIN_MS = 1_000;

/**
 * Runs the file in a process group of its own and waits for its end. Never rejects: what goes wrong is the result.
 * A time-out ends the whole group: SIGTERM, and SIGKILL after 5 s.
 */
export async function runScript(request: ScriptRequest): Promise<ScriptResult> {
  const startedAt = request.now();
  const result = (detail: string, rest: Partial<ScriptResult> = {}): ScriptResult => ({
    succeeded: false,
    detail,
    output: '',
    ...rest,
    durationMs: request.now() - startedAt,
  });
  let file: string;
  try {
    file = scriptFile(request.workspace, request.run);
  } catch (error) {
    return result(messageOf(error));
  }
  return await new Promise(resolveResult => {
    const output = new Output(request.write);
    const child = spawn(file, [], {
      cwd: request.workspace,
      env: request.env,
      detached: true, // a process group, so that a time-out reaches what the script started
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = createStop(child.pid, request.timeoutMs);
    let ended: End | undefined;
    let drain: NodeJS.Timeout | undefined;
    const finish = (detail: string, rest: Partial<ScriptResult> = {}) => {
      stop.clear();
      clearTimeout(drain);
      output.end();
      resolveResult(result(detail, {output: output.tail, ...rest}));
    };
    const settle = () => ended && finish(...describeEnd(ended, stop.reason()));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.add(text));
    }
    child.once('error', error => finish(startFailure(error, request.run)));
    child.once('exit', (code, signal) => {
      ended = {code, signal};
      // Children that the script left behind may hold the pipes open for ever: their output is not waited for.
      drain = setTimeout(() => {
        stop.killGroup();
        child.stdout.destroy();
        child.stderr.destroy();
      }, DRAIN_MS);
    });
    child.once('close', settle);
  });
}

/** The file, proven to be one, inside the workspace (symbolic links followed), and executable. */
function scriptFile(workspace: string, run: string): string {
  const wanted = resolve(workspace, run);
  let file: string;
  try {
    file = realpathSync(wanted);
  } catch {
    throw new ConfigError(`there is no file ${run} in the workspace; is actions/checkout a step before this one?`, []);
  }
  if (!file.startsWith(realpathSync(workspace) + sep)) {
    throw new ConfigError(`${run} leads out of the workspace, where only files of the repository are run`, []);
  }
  const stats = statSync(file);
  if (!stats.isFile()) throw new ConfigError(`${run} is not a file`, []);
  if ((stats.mode & 0o111) === 0) throw new ConfigError(`${run} is not executable; ${MAKE_EXECUTABLE} ${run}`, []);
  return file;
}

const MAKE_EXECUTABLE = 'run: git update-index --chmod=+x';

function startFailure(error: NodeJS.ErrnoException, run: string): string {
  if (error.code === 'ENOEXEC')
    return `${run} could not be started: its first line must name its interpreter, as #!/usr/bin/env bash`;
  if (error.code === 'ENOENT')
    return `${run} could not be started: the interpreter that its first line names is not installed`;
  if (error.code === 'EACCES') return `${run} could not be started: it is not executable; ${MAKE_EXECUTABLE} ${run}`;
  return `${run} could not be started: ${messageOf(error)}`;
}

type End = {code: number | null; signal: NodeJS.Signals | null};

function describeEnd({code, signal}: End, stopped: string | undefined): [string, Partial<ScriptResult>] {
  const exitCode = code === null ? {} : {exitCode: code};
  if (stopped !== undefined) return [stopped, exitCode];
  if (code === 0) return ['ended with exit code 0', {succeeded: true, ...exitCode}];
  return [code === null ? `was ended by the signal ${signal}` : `ended with exit code ${code}`, exitCode];
}

/** Ends the process group when its time is over, or when the step itself is told to end. */
function createStop(pid: number | undefined, timeoutMs: number) {
  let reason: string | undefined;
  let kill: NodeJS.Timeout | undefined;
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // the group is gone already
    }
  };
  const stop = (why: string) => {
    reason ??= why;
    signalGroup('SIGTERM');
    kill ??= setTimeout(() => signalGroup('SIGKILL'), GRACE_MS);
  };
  const onCancel = () => stop('was stopped: the workflow run was cancelled');
  process.on('SIGINT', onCancel).on('SIGTERM', onCancel);
  const timer = setTimeout(() => stop(`was stopped after ${showDuration(timeoutMs)}, its time limit`), timeoutMs);
  return {
    reason: () => reason,
    killGroup: () => signalGroup('SIGKILL'),
    clear: () => {
      clearTimeout(timer);
      clearTimeout(kill);
      process.off('SIGINT', onCancel).off('SIGTERM', onCancel);
    },
  };
}

/** What the script says: shown as far as a log takes it, its end kept for the report. */
class Output {
  tail = '';
  #shown = 0;
  #endsInLine = true;
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(text: string): void {
    this.tail = (this.tail + text).slice(-MAX_KEPT);
    const room = MAX_SHOWN - this.#shown;
    if (room <= 0) return;
    this.#shown += text.length;
    const shown = text.length <= room ? text : `${text.slice(0, room)}\n… the rest of the output is not shown\n`;
    this.#endsInLine = shown.endsWith('\n');
    this.#write(shown);
  }

  /** Whatever comes next in the log starts on a line of its own. */
  end(): void {
    if (!this.#endsInLine) this.#write('\n');
  }
}
