/** The HTTP server: where it listens, how long it is patient, and how it ends without losing an answer. */
import {createServer, type RequestListener, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import {ConfigError} from '../../src/base/errors.ts';
import {workingTime} from '../clock.ts';
import {type Connections, watchConnections} from './connections.ts';
import {refuseMalformed} from './malformed.ts';
import {affordableConnections} from './open-files.ts';

export interface RunningServer {
  /** The one that is listened on; another than the one asked for if that was 0. */
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
  /** To be whole. A sender that takes longer than a webhook is held by default would be answered 503 anyway. */
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
   * 1,400. The limit of open files lowers it.
   */
  maxConnections: 4_000,
};

/** Part of the connections that is kept for those that wait for an answer. */
const ROOM_SHARE = 0.95;

/** When closing, how long those are let in who wait at the door. */
const DOOR_MS = 1_000;

/** When closing, how long a connection may still be silent: its request may be on the way. */
const SILENCE_MS = 300;

interface ListenOptions {
  /** 0 stands for any that is free. */
  readonly port: number;
  readonly host: string;
  /** Called for each connection that is closed because there are too many. */
  readonly onTurnedAway?: () => void;
  /** Others than ours, for tests. */
  readonly limits?: Partial<Limits>;
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
  const max = affordableConnections(all.maxConnections);
  const room = Math.floor(max * ROOM_SHARE);
  const connections = watchConnections(server, {...all, max, room}, {listener, onTurnedAway});
  refuseMalformed(server, socket => connections.get(socket)?.latest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainListen(error, port, host)));
    server.listen(port, host, resolve);
  });
  server.on('error', onTurnedAway); // a connection could not be accepted, for want of file descriptors or memory
  return {
    port: (server.address() as AddressInfo).port,
    async close(patienceMs) {
      await letIn(server);
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      endWithLatest(server, connections);
      // Node's own closing waits for connections without a request: load balancers and browsers open some ahead.
      void workingTime(SILENCE_MS).then(() => {
        for (const [socket, {latest}] of connections) if (latest === undefined) socket.destroy();
      });
      void workingTime(patienceMs).then(() => server.closeAllConnections());
      await closed;
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

function explainListen(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const causes: Record<string, string> = {
    EADDRINUSE: `PORT: ${port} is in use by another program; set PORT to a free one, or to 0 for any`,
    EACCES: `PORT: ${port} needs rights that this user does not have; set PORT to 1024 or more`,
    EADDRNOTAVAIL: `HOST: ${host} is not an address of this machine; leave HOST unset to listen on all`,
    ENOTFOUND: `HOST: ${host} is not known; leave HOST unset to listen on all`,
    EAI_AGAIN: `HOST: ${host} can't be looked up; leave HOST unset to listen on all`,
  };
  const message = causes[error.code ?? ''];
  return message === undefined ? error : new ConfigError("The relay can't listen:", [{message}]);
}
