/**
 * `fetch` over `node:http`, with the agents of `@actions/http-client` for proxies. These use the proxies that `https_proxy`,
 * `http_proxy` and `no_proxy` name, as all of GitHub's own actions do. The platform's `fetch` ignores them, and loading it
 * takes the action about 30 ms of a 60 ms run.
 */
import {type Agent, Agent as HttpAgent, type IncomingMessage, request as requestHttp} from 'node:http';
import {Agent as HttpsAgent, request as requestHttps} from 'node:https';
import type {Socket} from 'node:net';
import {getProxyUrl} from '@actions/http-client/lib/proxy';
import type {Fetch, FetchResponse} from './deps.ts';
import {ReactorError} from './errors.ts';

/** The request was not sent, because `mayGo` did not allow it. */
export class HeldBack extends ReactorError {}

/** After this long without a byte, a socket is given up, whatever the caller's own limit is. */
const SOCKET_TIMEOUT_MS = 30_000;

/** Makes a connection for each request, so that none keeps the process alive. */
export const fetch: Fetch = async (url, init) =>
  read(await send(url, {...init, agent: await createAgent(url)}), init.signal);

/** Keeps connections open between requests: for processes that run for long. */
export function createKeepAliveFetch(): Fetch {
  const agents = new Map<string, Promise<Agent>>(); // by origin, as its proxy may be another one
  return async (url, init) => {
    const {origin} = new URL(url);
    const agent = agents.get(origin) ?? createAgent(url, {keepAlive: true});
    agents.set(origin, agent);
    return read(await send(url, {...init, agent: await agent}), init.signal);
  };
}

/** Sends a request and resolves with the head of its answer, whose body is a stream: for answers that do not end. */
export async function openStream(url: string, init: Parameters<Fetch>[1]): Promise<IncomingMessage> {
  return send(url, {...init, agent: await createAgent(url)});
}

/** `host:port` of the proxy that requests to this address go through. Undefined if they go directly. */
export function proxyFor(url: string): string | undefined {
  return getProxyUrl(new URL(url))?.host || undefined;
}

const MAX_SOCKETS = 100;

/** Loads what makes tunnels only if there is a proxy: most runners have none. */
async function createAgent(url: string, {keepAlive = false} = {}): Promise<Agent> {
  if (proxyFor(url) !== undefined) {
    const {HttpClient} = await import(/* webpackMode: "eager" */ '@actions/http-client');
    return new HttpClient(undefined, undefined, {keepAlive}).getAgent(url) as Agent;
  }
  const options = {keepAlive, maxSockets: MAX_SOCKETS};
  return isHttps(url) ? new HttpsAgent(options) : new HttpAgent(options);
}

function isHttps(url: string): boolean {
  return new URL(url).protocol === 'https:';
}

type Options = Parameters<Fetch>[1] & {readonly agent: Agent};
type Signal = AbortSignal | undefined;

/** Does not follow redirects: a webhook's address and a POST's body must not be passed on unasked. */
function send(url: string, options: Options): Promise<IncomingMessage> {
  const {method, headers, body, signal, agent, mayGo} = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const outgoing = (isHttps(url) ? requestHttps : requestHttp)(url, {
      method,
      headers: {'user-agent': 'port-reactor', ...headers},
      agent,
      timeout: SOCKET_TIMEOUT_MS,
    });
    const giveUp = (why: unknown) => {
      outgoing.destroy();
      reject(why); // behind a silent proxy the request has no socket yet, and would never say that it ended
    };
    outgoing.once('response', resolve).on('error', (error: NodeJS.ErrnoException) => {
      // The server closed a connection that was kept open, just as it was to be used again. A POST may have arrived, and whoever
      // sends it counts it: it is not repeated here.
      const isClosed = outgoing.reusedSocket && error.code === 'ECONNRESET' && signal?.aborted !== true;
      const isStale = isClosed && method === 'GET';
      if (isStale) send(url, options).then(resolve, reject);
      else reject(error);
    });
    outgoing.once('timeout', () => giveUp(new Error(`no data for ${SOCKET_TIMEOUT_MS / 1000} s`)));
    signal?.addEventListener('abort', () => giveUp(signal.reason), {once: true});
    if (mayGo === undefined) return outgoing.end(body);
    outgoing.once('socket', socket => {
      whenReady(socket, () => (mayGo() ? outgoing.end(body) : giveUp(new HeldBack('the request was not sent'))));
    });
  });
}

/** A connection can take seconds to be ready: DNS, TCP, the proxy's CONNECT, TLS. */
function whenReady(socket: Socket & {readonly secureConnecting?: boolean}, act: () => void): void {
  if (socket.secureConnecting) socket.once('secureConnect', act);
  else if (socket.connecting) socket.once('connect', act);
  else act();
}

async function read(message: IncomingMessage, signal: Signal): Promise<FetchResponse> {
  const body = await readBody(message, signal);
  const {statusCode: status = 0, statusMessage: statusText = '', headers} = message;
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText,
    headers: {get: name => [headers[name.toLowerCase()]].flat().join(', ') || null},
    text: async () => body.toString(),
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
}

/** Rejects if the connection breaks before the end of the body. The signal's reason says more than the error that it causes. */
async function readBody(message: IncomingMessage, signal: Signal): Promise<Buffer> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
