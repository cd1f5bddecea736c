/** The open connections of the server: their state, and which one is closed when others need its place. */
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

interface ConnectionLimits {
  /** From this number on, each new connection takes the place of an older one. */
  readonly room: number;
  /** Beyond this number, new connections are closed at once: all others wait for an answer. */
  readonly max: number;
  readonly maxSentAhead: number;
}

interface ConnectionDeps {
  readonly listener: RequestListener;
  readonly onTurnedAway: () => void;
}

/** Passes requests on to the listener. A connection that sends too many requests ahead is closed. */
export function watchConnections(server: Server, limits: ConnectionLimits, deps: ConnectionDeps): Connections {
  const connections = new Map<Duplex, Connection>();
  server.maxConnections = limits.max;
  server.on('drop', deps.onTurnedAway);
  server.on('connection', (socket: Socket) => {
    if (connections.size >= limits.room && giveUpOne(connections)) deps.onTurnedAway();
    connections.set(socket, {latest: undefined, sentAhead: 0});
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const {socket} = request;
    const connection = connections.get(socket);
    if (connection === undefined) return; // already closed
    const {latest} = connection;
    connection.sentAhead = latest === undefined || latest.writableFinished ? 0 : connection.sentAhead + 1;
    connection.latest = response;
    connections.delete(socket);
    connections.set(socket, connection); // moves it to the end
    if (connection.sentAhead > limits.maxSentAhead) socket.destroy();
    else deps.listener(request, response);
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
