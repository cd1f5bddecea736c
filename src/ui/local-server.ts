/** A small HTTP server on the loopback interface: serves the demo's fakes and the pages of commands. */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

export interface Request {
  readonly method: string;
  /** Without the query, undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** `body` is sent as JSON, or unchanged if it is text. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Returns a reply, or undefined if it has written the response itself. */
export type Handler = (request: Request, response: ServerResponse) => Promise<Reply | undefined> | Reply | undefined;

export interface LocalServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BYTES = 2 * 1024 * 1024;

/** @param port 0 for any free port */
export async function listenLocally(handler: Handler, port = 0): Promise<LocalServer> {
  const server = createServer((incoming, response) => {
    void answer(incoming, response, handler);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether the port is currently free. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await (await listenLocally(() => undefined, port)).close();
    return true;
  } catch {
    return false;
  }
}

async function answer(incoming: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  try {
    const text = await readText(incoming);
    const [path = '/', query] = (incoming.url ?? '/').split('?');
    const {method = '', headers} = incoming;
    const reply = await handler({method, path, query: new URLSearchParams(query), headers, text}, response);
    if (reply !== undefined) send(response, reply);
  } catch (error) {
    if (!response.headersSent) send(response, {status: 500, body: {message: String(error)}});
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += (chunk as Buffer).length;
    if (length > MAX_BYTES) throw new Error('The body is too large.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, {status, headers = {}, body}: Reply): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    ...(isText || body === undefined ? {} : {'content-type': 'application/json; charset=utf-8'}),
    ...headers,
  });
  response.end(isText || body === undefined ? body : JSON.stringify(body));
}
