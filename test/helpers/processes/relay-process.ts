/** The built relay in a separate process, as it is deployed. Tests can kill, stop and restart it, and read its log. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

/** `RELAY_ENTRY` names another bundle, for example one that was just built. */
const ENTRY = process.env['RELAY_ENTRY'] ?? fileURLToPath(new URL('../../../dist/relay/index.js', import.meta.url));

export interface RelayProcess {
  readonly port: number;
  readonly pid: number;
  /** The lines of standard output (the log) and of standard error. */
  readonly lines: readonly string[];
  /** True while the process runs. */
  readonly isAlive: boolean;
  /** Sends the signal, and resolves with the exit code, or null if the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/**
 * Resolves when it listens. Passes only PATH from our own environment.
 * @param nodeOptions options of node, before the entry
 * @throws {Error} with its output if it ends first
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
  process.once('exit', kill); // even if the tests are interrupted
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
    const onLine = (line: string) => {
      lines.push(line);
      const port = /"port":(\d+).*"msg":"listening"/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({input: stream}).on('line', onLine);
    }
  });
  const ended = exited.then(code => Promise.reject(new Error(`The relay ended with ${code}:\n${lines.join('\n')}`)));
  ended.catch(() => undefined); // a later end is not a failure
  return Promise.race([listening, ended]);
}
