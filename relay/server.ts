/** The HTTP server: where it listens, how long it is patient, and how it ends without losing an answer. */
import {createServer, type RequestListener, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import type {Duplex} from 'node:stream';
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
  readonly stuckMs: number;
  readonly maxSentAhead: number;
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
  /** Without a byte in either direction while an answer is due or unread; longer than a webhook can be held. */
  stuckMs: 90_000,
  /** Requests sent before the answers to earlier ones are read. No client of ours does it; each answer takes memory. */
  maxSentAhead: 32,
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

/** When closing, how long those are let in who wait at the door. */
const DOOR_MS = 1_000;

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
  const all = {...LIMITS, ...limits};
  const server = createServer({
    keepAliveTimeout: all.keepAliveMs,
    requestTimeout: all.requestMs,
    headersTimeout: all.headersMs,
    connectionsCheckingInterval: all.checkMs,
    maxHeaderSize: all.maxHeaderBytes,
  });
  server.maxConnections = all.maxConnections;
  server.timeout = all.stuckMs;
  const connections = watchConnections(server, all.maxSentAhead, listener);
  makeRoom(server, connections);
  refuseMalformed(server, socket => connections.get(socket)?.latest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainListen(error, port, host)));
    server.listen(port, host, resolve);
  });
  server.on('error', () => {}); // a connection could not be accepted, for want of memory, say: no reason to crash
  return {
    port: (server.address() as AddressInfo).port,
    async close(patienceMs) {
      await letIn(server);
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      endWithLatest(server, connections);
      // Node's own closing waits for connections without a request: load balancers and browsers open some ahead.
      const endSilence = setTimeout(async () => {
        await turn(); // of a process that was kept busy, what it has not read yet only seems silent
        for (const [socket, {latest}] of connections) if (latest === undefined) socket.destroy();
      }, SILENCE_MS);
      const endPatience = setTimeout(() => server.closeAllConnections(), patienceMs);
      await closed;
      clearTimeout(endSilence);
      clearTimeout(endPatience);
    },
  };
}

/**
 * Accepts the connections that wait in the kernel: when listening ends, it resets them, with the webhooks that they carry.
 * Node accepts one in each turn of its loop, so that a busy process may have hundreds waiting (libuv, uv__server_io).
 */
async function letIn(server: Server): Promise<void> {
  let hasCome = false;
  const note = () => {
    hasCome = true;
  };
  server.on('connection', note);
  const endMs = performance.now() + DOOR_MS;
  await turn(); // ends the present one, in which the door may have been looked at already
  do {
    hasCome = false;
    await turn();
  } while (hasCome && performance.now() < endMs);
  server.off('connection', note);
}

/** Resolves when all has been read that the kernel has ready. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

interface Connection {
  readonly sinceMs: number;
  /** To the last request that came; undefined as long as there is no whole head of any. */
  latest: ServerResponse | undefined;
  /** How many requests in a row came before the answer to the one before was through. */
  sentAhead: number;
}

/** The open connections, oldest first. */
type Connections = ReadonlyMap<Duplex, Connection>;

/** Costs one look-up for each request. Of what comes on a connection that sends too far ahead, nothing is listened to. */
function watchConnections(server: Server, maxSentAhead: number, listener: RequestListener): Connections {
  const connections = new Map<Duplex, Connection>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, {sinceMs: performance.now(), latest: undefined, sentAhead: 0});
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return; // it has ended meanwhile
    const {latest} = connection;
    connection.sentAhead = latest === undefined || latest.writableFinished ? 0 : connection.sentAhead + 1;
    connection.latest = response;
    if (connection.sentAhead > maxSentAhead) request.socket.destroy();
    else listener(request, response);
  });
  return connections;
}

/** Each connection ends with the answer to its last request: what was sent ahead of it is answered first. */
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

/**
 * Whoever takes all connections and keeps them idle would lock Port out. So where one had to be turned away, those that
 * nobody waits for make room for the next: at most once a second, as it goes through all of them.
 */
function makeRoom(server: Server, connections: Connections): void {
  let nextAtMs = 0;
  server.on('drop', () => {
    const nowMs = performance.now();
    if (nowMs < nextAtMs) return;
    nextAtMs = nowMs + 1_000;
    server.closeIdleConnections();
    for (const [socket, {sinceMs, latest}] of connections) {
      if (latest === undefined && sinceMs <= nowMs - PATIENCE_WHEN_FULL_MS) socket.destroy();
    }
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
