/** The HTTP server: where it listens, how long it is patient, and how it ends without losing an answer. */
import {createServer, type RequestListener, type Server} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {ConfigError} from '../src/errors.ts';
import {refuseMalformed} from './malformed.ts';

export interface RunningServer {
  /** The one that is listened on; another than the one asked for where that was 0. */
  readonly port: number;
  /** Takes nothing new, lets what is held be answered within `patienceMs`, and resolves when all is closed. */
  close(patienceMs: number): Promise<void>;
}

/** How much of the server one client can take, and for how long; times in milliseconds. */
interface Limits {
  readonly keepAliveMs: number;
  readonly requestMs: number;
  readonly headersMs: number;
  readonly checkMs: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
}

const LIMITS: Limits = {
  /** Longer than load balancers keep an idle connection (60 s is usual), lest they use one that is just being closed. */
  keepAliveMs: 75_000,
  /** To be whole. Whoever takes longer than a webhook is held by default would get no answer but 503 anyway. */
  requestMs: 15_000,
  /** Also of a connection that never sends a byte. */
  headersMs: 10_000,
  /** How often Node looks for those that are late; its own 30 s would make the times above mean little. */
  checkMs: 1_000,
  /** Port and all proxies before us together send a tenth of this. */
  maxHeaderBytes: 16 * 1024,
  /**
   * Port opens a connection for each change that is held: a storm of 10,000 changes in a minute, each held for 8 s, makes
   * 1,400. What is beyond this is closed at once, lest the process runs out of file descriptors.
   */
  maxConnections: 4_000,
};

/** A connection that has been open for this long without a whole head is given up when others need its place. */
const PATIENCE_WHEN_FULL_MS = 1_000;

/** When closing, how long a connection may still be silent: its request may be on the way. */
const SILENCE_MS = 300;

/**
 * @param limits others than ours, for tests
 * @throws {ConfigError} where `PORT` or `HOST` can't be listened on
 */
export async function listen(
  listener: RequestListener,
  port: number,
  host: string,
  limits: Partial<Limits> = {},
): Promise<RunningServer> {
  const {keepAliveMs, requestMs, headersMs, checkMs, maxHeaderBytes, maxConnections} = {...LIMITS, ...limits};
  const server = createServer(
    {
      keepAliveTimeout: keepAliveMs,
      requestTimeout: requestMs,
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkMs,
      maxHeaderSize: maxHeaderBytes,
    },
    listener,
  );
  server.maxConnections = maxConnections;
  const silent = watchSilence(server);
  makeRoom(server, silent);
  refuseMalformed(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainListen(error, port, host)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close(patienceMs) {
      await turn(); // who already waits to be let in is let in: the kernel resets what is not accepted by now
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      const endSilence = setTimeout(async () => {
        await turn(); // of a process that was kept busy, what it has not read yet only seems silent
        for (const socket of silent.keys()) socket.destroy();
      }, SILENCE_MS);
      const endPatience = setTimeout(() => server.closeAllConnections(), patienceMs);
      await closed;
      clearTimeout(endSilence);
      clearTimeout(endPatience);
    },
  };
}

/** Resolves when all has been taken in that the kernel has ready. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** Connections that have not sent a whole head yet, and since when they are open; oldest first. */
type Silent = ReadonlyMap<Socket, number>;

/** Node's own closing waits for these too: load balancers and browsers open connections ahead, without a request. */
function watchSilence(server: Server): Silent {
  const silent = new Map<Socket, number>();
  server.on('connection', socket => {
    silent.set(socket, performance.now());
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({socket}) => silent.delete(socket));
  return silent;
}

/**
 * Whoever takes all connections and keeps them idle would lock Port out. So where one had to be turned away, those that
 * nobody waits for make room for the next: at most once a second, as it goes through all of them.
 */
function makeRoom(server: Server, silent: Silent): void {
  let nextAtMs = 0;
  server.on('drop', () => {
    const nowMs = performance.now();
    if (nowMs < nextAtMs) return;
    nextAtMs = nowMs + 1_000;
    server.closeIdleConnections();
    for (const [socket, sinceMs] of silent) if (sinceMs <= nowMs - PATIENCE_WHEN_FULL_MS) socket.destroy();
  });
}

function explainListen(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const causes: Record<string, string> = {
    EADDRINUSE: `PORT: ${port} is in use by another program; set PORT to a free one, or to 0 for any`,
    EACCES: `PORT: ${port} needs rights that this user does not have; set PORT to 1024 or more`,
    EADDRNOTAVAIL: `HOST: ${host} is no address of this machine; leave HOST unset to listen on all`,
    ENOTFOUND: `HOST: ${host} is not known; leave HOST unset to listen on all`,
    EAI_AGAIN: `HOST: ${host} can't be looked up; leave HOST unset to listen on all`,
  };
  const message = causes[error.code ?? ''];
  return message === undefined ? error : new ConfigError("The relay can't listen:", [{message}]);
}
