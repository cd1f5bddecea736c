/** Child processes of the demo. Each has a separate process group, so that the demo can end all of them. */
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import type {Readable} from 'node:stream';

export type Child = ChildProcessByStdio<null, Readable, Readable>;

/** The time between SIGTERM and SIGKILL, in which the relay responds to open requests. The action gives scripts the same time. */
const GRACE_MS = 7_000;

export class Children {
  readonly #children = new Set<Child>();
  /** Whether the demo itself ends them. */
  isStopping = false;
  readonly #killAll = () => {
    for (const {pid} of this.#children) signalGroup(pid, 'SIGKILL');
  };

  constructor() {
    process.on('exit', this.#killAll); // also covers an exit after an error
  }

  /** Runs a script with the current Node binary. Its environment is exactly `env`. */
  start(script: string, {cwd, env}: {cwd: string; env: Record<string, string>}): Child {
    // A separate group, because Ctrl-C in a terminal signals the whole foreground group. stop() ends the children instead.
    const child = spawn(process.execPath, [script], {cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe']});
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    child.once('error', () => this.#children.delete(child));
    return child;
  }

  /** Sends SIGTERM to all children, and waits until they have ended. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const ends = [...this.#children].map(child => new Promise(resolve => child.once('close', resolve)));
    for (const {pid} of this.#children) signalGroup(pid, 'SIGTERM');
    const kill = setTimeout(this.#killAll, GRACE_MS);
    await Promise.all(ends);
    clearTimeout(kill);
    process.off('exit', this.#killAll);
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // the group has already ended
  }
}

/** Calls back with each line, including a last one without a line break. */
export function onLines(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.on('end', () => rest !== '' && take(rest));
}
