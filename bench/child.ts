/** A server in a separate process, which contains the probe. */
import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {Usage} from './probe.ts';

const PROBE = new URL('./probe.js', import.meta.url).href;

export interface Measured {
  readonly port: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Resolves when the server listens and has written a line of JSON with `port`. It does not inherit our environment. */
export async function startMeasured(file: string | URL, env: Readonly<Record<string, string>>): Promise<Measured> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const child = fork(path, [], {
    execArgv: ['--import', PROBE],
    env: {PATH: process.env['PATH'], NODE_ENV: 'production', ...env},
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return {
    port: await listeningPort(child),
    async usage() {
      child.send('usage');
      const [usage] = (await once(child, 'message')) as [Usage];
      return usage;
    },
    async stop() {
      kill();
      await once(child, 'exit');
    },
  };
}

async function listeningPort(child: ChildProcess): Promise<number> {
  for await (const line of createInterface({input: child.stdout as NodeJS.ReadableStream})) {
    const {msg, port} = JSON.parse(line) as {msg?: string; port?: number};
    if (msg !== 'listening' || port === undefined) continue;
    child.stdout?.resume(); // otherwise the server blocks when the pipe is full
    return port;
  }
  throw new Error('The server ended before it listened');
}
