/** The HTTP server: its address, its limits, and how it closes without losing an answer. */
import {createServer, type RequestListener, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import {ConfigError} from '../../src/base/errors.ts';
import {workingTime} from '../clock.ts';
import {type Connections, watchConnections} from './connections.ts';
import {refuseMalformed} from './malformed.ts';

export interface RunningServer {
  /** The port in use. It differs from the requested one if that was 0. */
  readonly port: number;
  /** Accepts nothing new, lets held requests be answered within `graceMs`, and resolves when everything is closed. */
  close(graceMs: number): Promise<void>;
}

/** How much of the server one client can use, and for how long. Times are in milliseconds. */
const LIMITS = {
  /** Longer than load balancers keep an idle connection (usually 60 s), so that they never use one that is being closed. */
  keepAliveMs: 75_000,
  /** For a complete request. A slower sender would get 503 anyway, as the default hold is shorter. */
  requestMs: 15_000,
  /** For complete headers. Also applies to a connection that never sends a byte. */
  headersMs: 10_000,
  /** How often Node checks for late requests. With its default of 30 s, the limits above would be of little use. */
  checkMs: 1_000,
  /** Without a byte in either direction while an answer is due or unread. Longer than a webhook can be held. */
  stuckMs: 90_000,
  /** Requests sent before earlier answers are read. Port never does that, and each answer takes memory. */
  maxSentAhead: 32,
  /** Port and the proxies before the relay together send a tenth of this. */
  maxHeaderBytes: 16 * 1024,
  /**
   * Port opens a connection for each held change: a storm of 10,000 changes in a minute, each held for 8 s, takes 1,400. The
   * limit of open files lowers it.
   */
  maxConnections: 4_000,
};

/**
 * How many connections may wait in the kernel to be accepted, which also has a limit of its own (`net.core.somaxconn`). Beyond it,
 * the kernel drops what arrives, and the sender's kernel repeats it after 1, 3, 7, … s: webhooks overtake each other, and some
 * connections are reset. A storm fills Node's default of 511 in 3 s without CPU time.
 */
const BACKLOG = 4_000;

/** When closing, the maximum time for accepting those. */
const ACCEPT_MS = 5_000;

/** When closing, how long a connection may stay silent: its request may be on the way. */
const SILENCE_MS = 300;

interface ListenOptions {
  /** 0 means any free port. */
  readonly port: number;
  readonly host: string;
  /** Called for each connection that is closed because too many are open. */
  readonly onTurnedAway?: () => void;
  /** Overrides, for tests. */
  readonly limits?: Partial<typeof LIMITS>;
}

/** @throws {ConfigError} if `PORT` or `HOST` can't be listened on */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<RunningServer> {
  const {port, host, onTurnedAway = () => {}, limits} = options;
  const all = {...LIMITS, ...limits};
  const server = createServer({
    keepAliveTimeout: all.keepAliveMs,
    requestTimeout: all.requestMs,
    headersTimeout: all.headersMs,
    connectionsCheckingInterval: all.checkMs,
    maxHeaderSize: all.maxHeaderBytes,
  });
  server.timeout = all.stuckMs;
  const connections = watchConnections(server, {...all, listener, onTurnedAway});
  refuseMalformed(server, socket => connections.get(socket)?.latest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainListen(error, port, host)));
    server.listen({port, host, backlog: BACKLOG}, resolve);
  });
  server.on('error', onTurnedAway); // a connection could not be accepted: no file descriptor or memory was left
  return {
    port: (server.address() as AddressInfo).port,
    async close(graceMs) {
      await acceptPending(server);
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      endWithLatest(server, connections);
      // Node waits for connections without a request, which load balancers and browsers open ahead.
      void workingTime(SILENCE_MS).then(() => {
        for (const [socket, {latest}] of connections) if (latest === undefined) socket.destroy();
      });
      void workingTime(graceMs).then(() => server.closeAllConnections());
      await closed;
    },
  };
}

/**
 * Accepts the connections that wait in the kernel, which resets them, with their webhooks, when listening ends. Node accepts
 * one in each turn of its loop, so a busy process may have thousands waiting (libuv, uv__server_io). New ones keep arriving, so
 * it ends after as many as can have been waiting.
 */
async function acceptPending(server: Server): Promise<void> {
  let accepted = 0;
  const note = () => {
    accepted++;
  };
  server.on('connection', note);
  const endMs = performance.now() + ACCEPT_MS;
  await turn(); // in the current turn, Node may have accepted one already
  for (let before = -1; accepted > before && accepted <= BACKLOG && performance.now() < endMs; ) {
    before = accepted;
    await turn();
  }
  server.off('connection', note);
}

/** Resolves after everything that the kernel has ready is read. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** Each connection closes with the answer to its last request. Earlier requests are answered first. */
function endWithLatest(server: Server, connections: Connections): void {
  const last = new WeakMap<Duplex, ServerResponse>();
  const end = (socket: Duplex, response: ServerResponse) => {
    const former = last.get(socket);
    if (former && !former.headersSent) former.shouldKeepAlive = true;
    response.shouldKeepAlive = false;
    last.set(socket, response);
  };
  for (const [socket, {latest}] of connections) if (latest) end(socket, latest);
  server.prependListener('request', (request, response) => end(request.socket, response));
}

function explainListen(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const causes: Record<string, string> = {
    EADDRINUSE: `PORT: ${port} is in use by another program. Set PORT to a free port, or to 0 for any`,
    EACCES: `PORT: ${port} needs rights that this user does not have. Set PORT to 1024 or more`,
    EADDRNOTAVAIL: `HOST: ${host} is not an address of this machine. Leave HOST unset to listen on all`,
    ENOTFOUND: `HOST: ${host} is not known. Leave HOST unset to listen on all`,
    EAI_AGAIN: `HOST: ${host} can't be looked up. Leave HOST unset to listen on all`,
  };
  const message = causes[error.code ?? ''];
  return message === undefined ? error : new ConfigError("The relay can't listen:", [{message}]);
}
