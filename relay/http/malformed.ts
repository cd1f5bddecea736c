/** What is no HTTP request, or never becomes one: refused as JSON where there is still somebody to read it. */
import {type Server, type ServerResponse, STATUS_CODES} from 'node:http';
import type {Duplex} from 'node:stream';

/** Node's codes of errors, and what they are answered with; all others are 400. */
const REFUSALS: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request was not whole in time: send it again.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of the chunks are too large: send none.'],
};

/** How long what is still sent is read and dropped: on a connection that is reset, the answer would be lost. */
const LINGER_MS = 1_000;

/**
 * Takes the place of Node's own answers, which have no body, and of an answer to CONNECT, for which it has none.
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
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (refused.has(socket)) return; // every further piece is an error again
    const [status, sentence] = REFUSALS[error.code ?? ''] ?? [400, 'This is no HTTP request that can be understood.'];
    if (socket.writable && isNext(latestOf(socket))) refuse(socket, status, sentence);
    else socket.destroy();
  });
  server.on('connect', (_request, socket) => refuse(socket, 405, 'This is no proxy: CONNECT is not for it.'));
}

/**
 * Whether what is written now is read as the answer to what is malformed: nothing else is waiting for its answer on this
 * connection, or has got it early. A response gets its socket only when those before it are through.
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
