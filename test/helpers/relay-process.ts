/** The built relay in a process of its own, as it is deployed: to be killed, ended, started again, and listened to. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

/** `RELAY_ENTRY` names another bundle: one that was just built, say. */
const ENTRY = process.env['RELAY_ENTRY'] ?? fileURLToPath(new URL('../../dist/relay/index.js', import.meta.url));

export interface RelayProcess {
  readonly port: number;
  readonly pid: number;
  /** What it wrote to its log, line by line, and to standard error. */
  readonly lines: readonly string[];
  /** Whether it still runs. */
  readonly isAlive: boolean;
  /** Sends the signal, and resolves with the exit code, or null where the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/**
 * Resolves once it listens. Nothing of our own environment is handed on but PATH.
 * @param nodeOptions for node itself, ahead of the entry
 * @throws {Error} with what it said, where it ends before
 */
export async function startRelayProcess(
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<RelayProcess> {
  const child = spawn(process.execPath, [...nodeOptions, ENTRY], {
    env: {PATH: process.env['PATH'], NODE_ENV: 'production', ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill); // also where the tests are broken off
  const exited = once(child, 'exit').then(([code]) => {
    process.off('exit', kill);
    return code as number | null;
  });
  const lines: string[] = [];
  const port = await listeningPort(child, lines, exited);
  return {
    port,
    pid: child.pid as number,
    lines,
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

function listeningPort(child: ChildProcess, lines: string[], exited: Promise<unknown>): Promise<number> {
  const listening = new Promise<number>(resolve => {
    const hear = (line: string) => {
      lines.push(line);
      const port = /"port":(\d+).*"msg":"listening"/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({input: stream}).on('line', hear);
    }
  });
  const ended = exited.then(code => Promise.reject(new Error(`The relay ended with ${code}:\n${lines.join('\n')}`)));
  ended.catch(() => undefined); // its end, later, is no failure
  return Promise.race([listening, ended]);
}
