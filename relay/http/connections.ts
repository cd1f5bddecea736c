/** The open connections of the server: their maximum, their state, and which one is closed for a new one. */
import {readFileSync} from 'node:fs';
import type {RequestListener, Server, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {ReactorError} from '../../src/base/errors.ts';

interface Connection {
  /** The response to the latest request. Undefined until the first head is complete. */
  latest: ServerResponse | undefined;
  /** The number of consecutive requests that arrived before the previous response was finished. */
  sentAhead: number;
}

/** In the order of their latest requests. */
export type Connections = ReadonlyMap<Duplex, Connection>;

/** The relay closed the connection because too many were open. */
export class ConnectionRejected extends ReactorError {}

interface ConnectionOptions {
  readonly listener: RequestListener;
  readonly onConnectionRejected: () => void;
  readonly maxConnections: number;
  readonly maxSentAhead: number;
}

/** Above this share of the maximum, a new connection replaces an idle or unfinished one. */
const ROOM_SHARE = 0.95;

/**
 * Passes requests to the listener. If every open connection waits for a response and the maximum is reached, new ones are
 * closed at once. A connection that sends too many requests ahead is closed.
 */
export function watchConnections(server: Server, options: ConnectionOptions): Connections {
  const {listener, onConnectionRejected, maxSentAhead} = options;
  const connections = new Map<Duplex, Connection>();
  const max = affordableConnections(options.maxConnections);
  const room = Math.floor(max * ROOM_SHARE);
  server.maxConnections = max;
  server.on('drop', onConnectionRejected);
  server.on('connection', (socket: Socket) => {
    if (connections.size >= room && evictOne(connections)) onConnectionRejected();
    connections.set(socket, {latest: undefined, sentAhead: 0});
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const {socket} = request;
    const connection = connections.get(socket);
    if (connection === undefined) return; // already closed
    const {latest} = connection;
    // Changed in place. With a new object for each request, a webhook takes 50 % longer, and the relay uses 20 MB more.
    connection.sentAhead = latest === undefined || latest.writableFinished ? 0 : connection.sentAhead + 1;
    connection.latest = response;
    connections.delete(socket);
    connections.set(socket, connection); // moves the connection to the end of the map
    if (connection.sentAhead > maxSentAhead) socket.destroy();
    else listener(request, response);
  });
  return connections;
}

/**
 * Closes the connection with the oldest unfinished request, which is not verified. Normal requests are complete within
 * milliseconds. If all requests are complete, closes an idle connection.
 * @returns false if every connection waits for a response
 */
function evictOne(connections: Connections): boolean {
  const victim = first(connections, isUnfinished) ?? first(connections, isIdle);
  victim?.destroy(new ConnectionRejected('closed to make room for other connections'));
  return victim !== undefined;
}

function first(connections: Connections, test: (connection: Connection) => boolean): Duplex | undefined {
  for (const [socket, connection] of connections) if (!socket.destroyed && test(connection)) return socket;
  return undefined;
}

function isUnfinished({latest}: Connection): boolean {
  return latest === undefined || !latest.req.complete;
}

function isIdle({latest}: Connection): boolean {
  return latest?.writableFinished ?? false;
}

/** File descriptors for Node, the log, the rules, and connections to GitHub, Port and smee. */
const RESERVED = 48;

/**
 * `wanted`, or fewer if the process cannot open that many files. Without free file descriptors, the system closes connections
 * without a log line, and the relay cannot reach GitHub.
 */
export function affordableConnections(wanted: number, limit = openFilesLimit()): number {
  return limit === undefined ? wanted : Math.min(wanted, Math.max(limit - RESERVED, Math.ceil(limit / 4)));
}

/** Undefined if the system does not report it. Node itself raises the soft limit to the hard limit. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // not Linux
  }
}
