/**
 * A fake of GitHub's dispatch route that fails: it limits, refuses, resets, stalls, answers late and loses answers. It keeps a ledger
 * of every request, with which tests check each promise of the relay.
 */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';

/** What happens to a request, after `afterMs`. */
export interface DispatchOutcome {
  /** True if GitHub accepts the dispatch, regardless of the response. */
  readonly accepts: boolean;
  /** `reset` breaks the connection, `silence` keeps it open without a response. */
  readonly answer: 'reset' | 'silence' | {readonly status: number; readonly headers?: Record<string, string>};
  readonly afterMs: number;
}

/** One request for a dispatch. Times are those of `performance.now()`. */
export interface LedgerEntry {
  /** The token of the sender. Each copy of the relay has its own. */
  readonly token: string;
  readonly arrivedAt: number;
  readonly text: string;
  readonly outcome: DispatchOutcome;
  /** When GitHub accepted it. */
  acceptedAt: number | undefined;
  /** When it was answered, or its connection ended. */
  endedAt: number | undefined;
  readonly connection: Connection;
}

/** The connection of one or more requests. `endedAt` is undefined while it is open. */
interface Connection {
  endedAt: number | undefined;
}

export interface FaultyGitHub {
  readonly url: string;
  /** In the order of arrival. */
  readonly ledger: readonly LedgerEntry[];
  close(): Promise<void>;
}

/** @param decide the outcome of each dispatch, as it arrives */
export async function startFaultyGitHub(decide: (token: string) => DispatchOutcome): Promise<FaultyGitHub> {
  const ledger: LedgerEntry[] = [];
  const connections = new WeakMap<Socket, Connection>();
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || !request.url?.endsWith('/dispatches')) return reply(response, 404);
    const token = request.headers.authorization?.replace(/^\S+ /, '') ?? '';
    void readText(request).then(text => {
      const entry: LedgerEntry = {
        token,
        arrivedAt: performance.now(),
        text,
        outcome: decide(token),
        acceptedAt: undefined,
        endedAt: undefined,
        connection: connections.get(request.socket) ?? {endedAt: undefined},
      };
      ledger.push(entry);
      response.once('close', () => {
        entry.endedAt ??= performance.now();
      });
      if (entry.outcome.afterMs === 0) respond(entry, response);
      else setTimeout(respond, entry.outcome.afterMs, entry, response);
    });
  });
  server.on('connection', socket => {
    const connection: Connection = {endedAt: undefined};
    connections.set(socket, connection);
    socket.once('close', () => {
      connection.endedAt = performance.now();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** GitHub can accept a dispatch after its sender has disconnected. */
function respond(entry: LedgerEntry, response: ServerResponse): void {
  const {accepts, answer} = entry.outcome;
  if (accepts) entry.acceptedAt = performance.now();
  if (answer === 'silence') return;
  entry.endedAt ??= performance.now(); // set before the response is sent, so that an immediate next dispatch does not overlap
  if (answer === 'reset') response.socket?.resetAndDestroy();
  else reply(response, answer.status, answer.headers);
}

function reply(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const body = status === 204 ? '' : JSON.stringify({message: `a made up ${status}`});
  response.writeHead(status, {'content-type': 'application/json', ...headers}).end(body);
}

/** Resolves only if the whole request arrives. Its sender can end before. */
function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise(resolve => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('error', () => {});
  });
}
