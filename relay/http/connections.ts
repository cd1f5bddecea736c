/** The open connections of the server: how many there may be, their state, and which is closed when others need its place. */
import {readFileSync} from 'node:fs';
import type {RequestListener, Server, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {ReactorError} from '../../src/base/errors.ts';

interface Connection {
  /** The response to the latest request. Undefined until the first head is complete. */
  latest: ServerResponse | undefined;
  /** How many requests in a row arrived before the answer to the previous one was finished. */
  sentAhead: number;
}

/** In the order of their latest requests. */
export type Connections = ReadonlyMap<Duplex, Connection>;

/** The connection was closed to make room for others. */
export class TurnedAway extends ReactorError {}

interface ConnectionOptions {
  readonly listener: RequestListener;
  readonly onTurnedAway: () => void;
  readonly maxConnections: number;
  readonly maxSentAhead: number;
}

/** From this share of the maximum on, a new connection takes the place of an idle or unfinished one. */
const ROOM_SHARE = 0.95;

/**
 * Passes requests on to the listener. Beyond the maximum, new connections are closed at once: all others wait for an answer. A
 * connection that sends too many requests ahead is closed.
 */
export function watchConnections(server: Server, options: ConnectionOptions): Connections {
  const {listener, onTurnedAway, maxSentAhead} = options;
  const connections = new Map<Duplex, Connection>();
  const max = affordableConnections(options.maxConnections);
  const room = Math.floor(max * ROOM_SHARE);
  server.maxConnections = max;
  server.on('drop', onTurnedAway);
  server.on('connection', (socket: Socket) => {
    if (connections.size >= room && giveUpOne(connections)) onTurnedAway();
    connections.set(socket, {latest: undefined, sentAhead: 0});
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const {socket} = request;
    const connection = connections.get(socket);
    if (connection === undefined) return; // already closed
    const {latest} = connection;
    // Changed in place: with a new object for each request, a webhook took half as long again, and the relay 20 MB more.
    connection.sentAhead = latest === undefined || latest.writableFinished ? 0 : connection.sentAhead + 1;
    connection.latest = response;
    connections.delete(socket);
    connections.set(socket, connection); // moves it to the end
    if (connection.sentAhead > maxSentAhead) socket.destroy();
    else listener(request, response);
  });
  return connections;
}

/**
 * Closes the connection with the oldest unfinished request, which is not verified: honest requests are complete within
 * milliseconds. Without one, closes an idle connection.
 * @returns false if every connection waits for an answer
 */
function giveUpOne(connections: Connections): boolean {
  const victim = first(connections, isUnfinished) ?? first(connections, isIdle);
  victim?.destroy(new TurnedAway('closed to make room for other connections'));
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
 * `wanted`, or fewer if the process cannot open as many files. Without free file descriptors, the system would close connections
 * without a log line, and GitHub could not be reached.
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
