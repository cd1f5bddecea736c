/** The HTTP server: its address, its limits, and a shutdown that responds to every held request. */
import {createServer, type RequestListener, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import {ConfigError} from '../../src/base/errors.ts';
import {workingTime} from '../process/clock.ts';
import {type Connections, watchConnections} from './connections.ts';
import {refuseMalformed} from './malformed.ts';

export interface RunningServer {
  /** The port that the server listens on. It differs from the requested port if that was 0. */
  readonly port: number;
  /** Stops accepting requests, waits up to `graceMs` for the responses to held ones, and resolves when everything is closed. */
  close(graceMs: number): Promise<void>;
}

/** The limits for one client. Times are in milliseconds. */
const LIMITS = {
  /** Longer than the idle timeout of load balancers (usually 60 s), so that they do not use a connection that is closing. */
  keepAliveMs: 75_000,
  /** For a complete request. The default hold is shorter, so a slower sender would get 503 anyway. */
  requestMs: 15_000,
  /** For complete headers. Also applies to a connection that never sends a byte. */
  headersMs: 10_000,
  /** How often Node checks for late requests. Its default of 30 s is too long for the limits above. */
  checkMs: 1_000,
  /** The maximum time without data in either direction while a response is pending or unread. Longer than the maximum hold. */
  stuckMs: 90_000,
  /** Requests that are sent before earlier responses are read. Port never does that, and each response takes memory. */
  maxSentAhead: 32,
  /** About ten times the headers of Port and of proxies in front of the relay. */
  maxHeaderBytes: 16 * 1024,
  /**
   * Port opens a connection for each held change. A storm of 10,000 changes in a minute, each held for 8 s, takes 1,400. A low
   * limit of open files reduces this maximum.
   */
  maxConnections: 4_000,
};

/**
 * The maximum number of connections that wait in the kernel to be accepted. The kernel's limit (`net.core.somaxconn`) also
 * applies. Beyond the maximum, the kernel drops connections, and the sender's kernel retries after 1, 3, 7, … s. Webhooks then
 * arrive out of order, and some connections are reset. If the process gets no CPU time, a storm fills Node's default of 511 in 3 s.
 */
const BACKLOG = 4_000;

/** At shutdown, the maximum time for accepting the waiting connections. */
const ACCEPT_MS = 5_000;

/** At shutdown, how long to wait for the first request of an open connection. */
const SILENCE_MS = 300;

interface ListenOptions {
  /** 0 means any free port. */
  readonly port: number;
  readonly host: string;
  /** Called for each connection that is closed because too many are open. */
  readonly onConnectionRejected?: () => void;
  /** Overrides, for tests. */
  readonly limits?: Partial<typeof LIMITS>;
}

/** @throws {ConfigError} if the server can't listen on this host and port */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<RunningServer> {
  const {port, host, onConnectionRejected = () => {}, limits} = options;
  const all = {...LIMITS, ...limits};
  const server = createServer({
    keepAliveTimeout: all.keepAliveMs,
    requestTimeout: all.requestMs,
    headersTimeout: all.headersMs,
    connectionsCheckingInterval: all.checkMs,
    maxHeaderSize: all.maxHeaderBytes,
  });
  server.timeout = all.stuckMs;
  const connections = watchConnections(server, {...all, listener, onConnectionRejected});
  refuseMalformed(server, socket => connections.get(socket)?.latest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainListen(error, port, host)));
    server.listen({port, host, backlog: BACKLOG}, resolve);
  });
  server.on('error', onConnectionRejected); // a connection could not be accepted: out of file descriptors or memory
  return {
    port: (server.address() as AddressInfo).port,
    async close(graceMs) {
      await acceptPending(server);
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      endWithLatest(server, connections);
      // Load balancers and browsers open connections in advance. Node would wait for their first request.
      void workingTime(SILENCE_MS).then(() => {
        for (const [socket, {latest}] of connections) if (latest === undefined) socket.destroy();
      });
      void workingTime(graceMs).then(() => server.closeAllConnections());
      await closed;
    },
  };
}

/**
 * Accepts the connections that wait in the kernel. The kernel resets them, with their webhooks, when the server stops listening.
 * Node accepts one connection per turn of its event loop, so a busy process can have thousands waiting (libuv, uv__server_io).
 * New ones keep arriving, so this stops after `BACKLOG` connections.
 */
async function acceptPending(server: Server): Promise<void> {
  let accepted = 0;
  const countOne = () => {
    accepted++;
  };
  server.on('connection', countOne);
  const endMs = performance.now() + ACCEPT_MS;
  await turn(); // Node can have accepted one in the current turn
  for (let before = -1; accepted > before && accepted <= BACKLOG && performance.now() < endMs; ) {
    before = accepted;
    await turn();
  }
  server.off('connection', countOne);
}

/** Resolves after the event loop has read all data that is ready in the kernel. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** Closes each connection with the response to its last request. Earlier requests are completed first. */
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
    EADDRINUSE: `PORT: ${port} is in use by another program. Set PORT to a free port, or to 0 for any free port`,
    EACCES: `PORT: ${port} needs privileges that this user does not have. Set PORT to 1024 or more`,
    EADDRNOTAVAIL: `HOST: ${host} is not an address of this machine. Leave HOST unset to listen on all addresses`,
    ENOTFOUND: `HOST: ${host} is an unknown host. Leave HOST unset to listen on all addresses`,
    EAI_AGAIN: `HOST: ${host} can't be resolved. Leave HOST unset to listen on all addresses`,
  };
  const message = causes[error.code ?? ''];
  return message === undefined ? error : new ConfigError("The relay can't listen:", [{message}]);
}
