/** Input that is not an HTTP request, or never becomes a complete one. It is refused as JSON if the client can still read that. */
import {type Server, type ServerResponse, STATUS_CODES} from 'node:http';
import type {Duplex} from 'node:stream';
import {workingTime} from '../clock.ts';

/** Node's error codes, and the answer to each. All others are 400. */
const REFUSALS: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request was not complete in time. Send it again.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too large. Send none.'],
};

/** How long the rest of the input is read and dropped. On a connection that is reset, the client would lose the answer. */
const LINGER_MS = 1_000;

/** Before a request is refused as late, the relay reads for this long: the delay may have been its own. */
const GRACE_MS = 500;

/**
 * Replaces Node's own answers, which have no body, and answers CONNECT, which Node does not.
 * @param latestOf the response to the latest request on a connection
 */
export function refuseMalformed(server: Server, latestOf: (socket: Duplex) => ServerResponse | undefined): void {
  const refused = new WeakSet<Duplex>();
  const refuse = (socket: Duplex, status: number, sentence: string) => {
    refused.add(socket);
    socket.end(renderAnswer(status, sentence));
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  };
  server.on('clientError', async (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && (await completes(socket, latestOf))) return;
    if (refused.has(socket)) return; // every further piece is another error
    const [status, sentence] = REFUSALS[error.code ?? ''] ?? [400, 'This is not a valid HTTP request.'];
    if (socket.writable && isNext(latestOf(socket))) refuse(socket, status, sentence);
    else socket.destroy();
  });
  server.on('connect', (_request, socket) => refuse(socket, 405, 'This is not a proxy. CONNECT is not supported.'));
}

/** Whether the request that Node calls late is complete once all that has arrived is read. */
async function completes(socket: Duplex, latestOf: (socket: Duplex) => ServerResponse | undefined): Promise<boolean> {
  const before = latestOf(socket);
  const wasComplete = before?.req.complete ?? false; // then the late one is the next, whose head is not complete
  await workingTime(GRACE_MS);
  const latest = latestOf(socket);
  return (latest?.req.complete ?? false) && (latest !== before || !wasComplete);
}

/**
 * Whether the client reads what is written now as the answer to the malformed request: no other request on this connection
 * waits for its answer, or got it early. A response gets its socket only when those before it are complete.
 */
function isNext(response: ServerResponse | undefined): boolean {
  if (response === undefined) return true;
  if (response.writableFinished) return response.req.complete;
  return response.socket !== null && !response.req.complete && !response.headersSent;
}

function renderAnswer(status: number, error: string): string {
  const body = JSON.stringify({error});
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
