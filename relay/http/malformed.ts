/** Refuses input that is not a complete HTTP request, with JSON if the client can still read it. */
import {type Server, type ServerResponse, STATUS_CODES} from 'node:http';
import type {Duplex} from 'node:stream';
import {workingTime} from '../process/clock.ts';

/** The response to each of Node's error codes. The others get 400. */
const REFUSALS: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request was not complete in time. Send it again.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too large. Send none.'],
};

/** How long the rest of the input is read and discarded. A connection reset would lose the response. */
const LINGER_MS = 1_000;

/** How long the relay reads before it refuses a request as late, because the relay itself may have caused the delay. */
const GRACE_MS = 500;

/**
 * Replaces Node's own responses, which have no body, and responds to CONNECT, which Node does not.
 * @param latestOf the response to the latest request on a connection
 */
export function refuseMalformed(server: Server, latestOf: (socket: Duplex) => ServerResponse | undefined): void {
  const refused = new WeakSet<Duplex>();
  const refuse = (socket: Duplex, status: number, sentence: string) => {
    refused.add(socket);
    socket.end(renderRefusal(status, sentence));
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  };
  server.on('clientError', async (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && (await completes(socket, latestOf))) return;
    if (refused.has(socket)) return; // every further chunk is another error
    const [status, sentence] = REFUSALS[error.code ?? ''] ?? [400, 'This is not a valid HTTP request.'];
    if (socket.writable && isNext(latestOf(socket))) refuse(socket, status, sentence);
    else socket.destroy();
  });
  server.on('connect', (_request, socket) => refuse(socket, 405, 'This is not a proxy. CONNECT is not supported.'));
}

/** Whether a request that Node reports as late is complete after the received data is read. */
async function completes(socket: Duplex, latestOf: (socket: Duplex) => ServerResponse | undefined): Promise<boolean> {
  const before = latestOf(socket);
  const wasComplete = before?.req.complete ?? false; // if it is, the late request is the next one, whose head is incomplete
  await workingTime(GRACE_MS);
  const latest = latestOf(socket);
  return (latest?.req.complete ?? false) && (latest !== before || !wasComplete);
}

/**
 * Whether the client would read a response written now as the response to the malformed request. For that, no other request on
 * this connection can be waiting for its response, or have received it early. A response gets its socket only after earlier
 * ones are complete.
 */
function isNext(response: ServerResponse | undefined): boolean {
  if (response === undefined) return true;
  if (response.writableFinished) return response.req.complete;
  return response.socket !== null && !response.req.complete && !response.headersSent;
}

function renderRefusal(status: number, error: string): string {
  const body = JSON.stringify({error});
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
