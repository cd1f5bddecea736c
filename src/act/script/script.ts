/** Act: runs one file of the repository without a shell and with a time limit, and stores the end of its output. */
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import type {Socket} from 'node:net';
import type {Readable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Now} from '../../base/deps.ts';
import {ConfigError} from '../../base/errors.ts';
import {showDuration} from '../../base/text/show.ts';
import {describeProcess, processesOf} from './process-list.ts';
import {scriptFile, startFailure} from './script-file.ts';
import {ScriptOutput} from './script-output.ts';

export interface ScriptRequest {
  /** Relative to the workspace. */
  readonly run: string;
  readonly workspace: string;
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  /** Receives the output as it arrives, up to 1 MiB. */
  readonly write: (text: string) => void;
  /** Blanks secrets in a line. */
  readonly mask: (line: string) => string;
  readonly now: Now;
  /** The time between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  /** How long to wait for child processes after the script itself has ended. */
  readonly drainMs?: number;
}

export interface ScriptResult {
  readonly succeeded: boolean;
  /** The result as the end of a sentence: "ended with exit code 3", "was stopped after 5 min". */
  readonly detail: string;
  readonly exitCode?: number;
  readonly durationMs: number;
  /** The end of stdout and stderr, as a terminal would show them. */
  readonly output: string;
  /** Whether the step itself was cancelled. */
  readonly cancelled: boolean;
}

const GRACE_MS = 5_000;
const DRAIN_MS = 1_000;
const POLL_MS = 50;
/** The maximum number of processes that a message names. It only counts the others. */
const MAX_NAMED = 3;
/** The variable that identifies a script's processes. */
const MARK = 'REACTOR_SCRIPT_ID';
/** The maximum delay of a Node timer. A longer one would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Runs the file in a separate process group and waits until it ends. Never rejects: a failure is part of the result.
 * A timeout ends the script and everything that it started: SIGTERM, then SIGKILL after `graceMs`.
 */
export async function runScript(request: ScriptRequest): Promise<ScriptResult> {
  const startedAt = request.now();
  const output = new ScriptOutput(request.write, request.mask);
  const end = await startAndWait(request, output);
  output.end();
  return {...end, output: output.tail, durationMs: request.now() - startedAt};
}

type End = Pick<ScriptResult, 'succeeded' | 'detail' | 'exitCode' | 'cancelled'>;

async function startAndWait(request: ScriptRequest, output: ScriptOutput): Promise<End> {
  const family = new ScriptProcesses(request.graceMs ?? GRACE_MS);
  const cancel = () => family.stop(CANCELLED);
  process.on('SIGINT', cancel).on('SIGTERM', cancel); // registered first, because a signal can arrive before the script starts
  try {
    const child = start(request, family.id);
    family.leader = child.pid;
    await once(child, 'spawn');
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.add(text));
    }
    return await waitFor(child, family, request);
  } catch (error) {
    const detail = error instanceof ConfigError ? error.message : startFailure(error as Error, request.run);
    return {succeeded: false, detail, cancelled: false};
  } finally {
    process.off('SIGINT', cancel).off('SIGTERM', cancel);
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** @throws {Error} if the process cannot be created. Other failures are `error` events of the child. */
function start({workspace, run, env}: ScriptRequest, id: string): Child {
  return spawn(scriptFile(workspace, run), [], {
    cwd: workspace,
    env: {...env, [MARK]: id},
    detached: true, // a process group, so that a timeout also ends what the script started
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function waitFor(child: Child, family: ScriptProcesses, request: ScriptRequest): Promise<End> {
  const {timeoutMs, drainMs = DRAIN_MS} = request;
  const stopTimer = setTimeout(
    () => family.stop(`was stopped after ${showDuration(timeoutMs)}, its time limit`),
    Math.min(timeoutMs, MAX_TIMEOUT_MS),
  );
  const closed = once(child, 'close');
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(stopTimer);
  await waitForChildren({child, closed, family, drainMs});
  family.close();
  return describeEnd(code, signal, family);
}

/**
 * Child processes can outlive their script and keep its output open, so the wait for them is short. If the script ended
 * normally, they continue to run. The runner ends them with the job.
 */
async function waitForChildren({child, closed, family, drainMs}: Wait): Promise<void> {
  const untilMs = performance.now() + drainMs;
  const timer = new AbortController();
  await Promise.race([closed, sleep(drainMs, undefined, {signal: timer.signal}).catch(() => {})]);
  timer.abort();
  for (const stream of [child.stdout, child.stderr]) stopListening(stream);
  while (family.left.length > 0 && performance.now() < untilMs) await sleep(Math.min(POLL_MS, drainMs));
}

interface Wait {
  readonly child: Child;
  readonly closed: Promise<unknown>;
  readonly family: ScriptProcesses;
  readonly drainMs: number;
}

/** Discards further output. Closing the pipe would end the process that writes to it. */
function stopListening(stream: Readable): void {
  stream.removeAllListeners('data').resume();
  (stream as Socket).unref();
}

const CANCELLED = 'was stopped: the workflow run was cancelled';

function describeEnd(code: number | null, signal: NodeJS.Signals | null, {stopped, left}: ScriptProcesses): End {
  const end = {cancelled: stopped === CANCELLED, ...(code === null ? {} : {exitCode: code})};
  if (stopped !== undefined) return {succeeded: false, detail: stopped, ...end};
  const ended = code === null ? `was ended by the signal ${signal}` : `ended with exit code ${code}`;
  return {succeeded: code === 0, detail: `${ended}${describeLeft(left)}`, ...end};
}

function describeLeft(left: readonly string[]): string {
  if (left.length === 0) return '';
  const more = left.length > MAX_NAMED ? ` and ${left.length - MAX_NAMED} more` : '';
  return `, and left processes running: ${left.slice(0, MAX_NAMED).join(', ')}${more}`;
}

/** A script and everything that it started, as far as {@link processesOf} finds it. */
class ScriptProcesses {
  /** The value of {@link MARK}. */
  readonly id: string = randomUUID();
  /** The process id of the script, once there is one. */
  leader: number | undefined;
  /** Why it was stopped, if it was. */
  stopped: string | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  readonly #graceMs: number;

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** The processes that still run besides the script: `sleep 300 (process 1234)`. */
  get left(): readonly string[] {
    return this.#others.map(describeProcess);
  }

  stop(why: string): void {
    this.stopped ??= why;
    this.#signal('SIGTERM');
    this.#killTimer ??= setTimeout(() => this.kill(), this.#graceMs);
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  /** Called when the script has ended. If the script was stopped, everything that it started is ended too. */
  close(): void {
    clearTimeout(this.#killTimer);
    if (this.stopped !== undefined) this.kill();
  }

  /** Signals the group in one call, then each process that left the group. */
  #signal(signal: NodeJS.Signals): void {
    if (this.leader === undefined) return;
    const {leader} = this;
    const outside = this.#others.filter(({group}) => group !== leader);
    for (const id of [-leader, ...outside.map(one => one.id)]) send(id, signal);
  }

  get #others(): ReturnType<typeof processesOf> {
    return this.leader === undefined ? [] : processesOf({leader: this.leader, mark: `${MARK}=${this.id}`});
  }
}

function send(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // already ended
  }
}
