/** A real HTTP server on a free port that records its requests. The fakes of Port and others use it. */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/** One received request. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, not decoded. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON, or undefined if it is not JSON. */
  readonly json: unknown;
}

/** `body` is sent as JSON, or unchanged if it is a string or bytes. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `reset` ends the connection without a response, `cut` in the middle of the response. */
export type Handler = (request: RecordedRequest) => Reply | 'reset' | 'cut' | Promise<Reply | 'reset' | 'cut'>;

export interface TestServer {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  /** All requests so far, in the order in which they arrived. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

export async function startServer(handler: Handler): Promise<TestServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void record(incoming)
      .then(request => {
        requests.push(request);
        return handler(request);
      })
      .catch((error: unknown) => ({status: 500, body: `The test's handler failed: ${String(error)}`}))
      .then(reply => answer(outgoing, reply));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const {pathname, searchParams} = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    text,
    json: parseOrUndefined(text),
  };
}

function answer(outgoing: ServerResponse, reply: Reply | 'reset' | 'cut'): void {
  if (reply === 'cut') {
    outgoing.writeHead(200, {'content-type': 'application/json', 'content-length': 100});
    outgoing.write('{"ok":', () => outgoing.socket?.destroy());
    return;
  }
  if (reply === 'reset') {
    outgoing.socket?.destroy();
    return;
  }
  const {status, headers, body} = reply;
  outgoing.writeHead(status, {'content-type': 'application/json', ...headers});
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  outgoing.end(isRaw ? body : body === undefined ? '' : JSON.stringify(body));
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
