/** The open connections of the server: what each is at, and which are given up when others need the room. */
import type {RequestListener, Server, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {ReactorError} from '../../src/base/errors.ts';

interface Connection {
  /** To the last request that came. Undefined until the first has a whole head. */
  latest: ServerResponse | undefined;
  /** How many requests in a row came before the answer to the one before was finished. */
  sentAhead: number;
}

/** In the order in which their latest requests began. */
export type Connections = ReadonlyMap<Duplex, Connection>;

/** Why a connection ended that was given up for others. */
export class TurnedAway extends ReactorError {}

interface ConnectionLimits {
  /** From here on, each new connection takes the place of one that is given up. */
  readonly room: number;
  /** Beyond this, new connections are closed at once: every other one waits for an answer. */
  readonly max: number;
  readonly maxSentAhead: number;
}

interface ConnectionDeps {
  readonly listener: RequestListener;
  readonly onTurnedAway: () => void;
}

/** Nothing is listened to on a connection that sends too far ahead. */
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
    if (connection === undefined) return; // it has ended meanwhile
    const {latest} = connection;
    connection.sentAhead = latest === undefined || latest.writableFinished ? 0 : connection.sentAhead + 1;
    connection.latest = response;
    connections.delete(socket);
    connections.set(socket, connection); // its place is that of its latest request
    if (connection.sentAhead > limits.maxSentAhead) socket.destroy();
    else deps.listener(request, response);
  });
  return connections;
}

/**
 * Ends the connection that has been at an unfinished request for the longest: nothing of it is verified, and honest requests
 * are whole within milliseconds. If there is none, an idle one.
 * @returns false if every connection waits for an answer
 */
function giveUpOne(connections: Connections): boolean {
  const victim = first(connections, isUnfinished) ?? first(connections, isIdle);
  victim?.destroy(new TurnedAway('given up for other connections'));
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
