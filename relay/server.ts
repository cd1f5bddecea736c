/** The HTTP server: where it listens, how long it is patient, and how it ends without losing an answer. */
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {ConfigError} from '../src/errors.ts';

export interface RunningServer {
  /** The one that is listened on; another than the one asked for where that was 0. */
  readonly port: number;
  /** Takes nothing new, lets what is held be answered within `patienceMs`, and resolves when all is closed. */
  close(patienceMs: number): Promise<void>;
}

/** Longer than load balancers keep an idle connection (60 s is usual), lest they use one that is just being closed. */
const KEEP_ALIVE_MS = 75_000;

/** Port's own agent gives a request 30 s. */
const REQUEST_MS = 30_000;

const HEADERS_MS = 10_000;

/** When closing, how long a connection may still be silent: its request may be on the way. */
const SILENCE_MS = 300;

/** @throws {ConfigError} where `PORT` or `HOST` can't be listened on */
export async function listen(listener: RequestListener, port: number, host: string): Promise<RunningServer> {
  const timeouts = {keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS};
  const server = createServer(timeouts, listener);
  // Node's own closing waits for connections that never sent a request, as load balancers and browsers make ahead.
  const silent = new Set<Socket>();
  server.on('connection', socket => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({socket}) => silent.delete(socket));
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
        for (const socket of silent) socket.destroy();
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
