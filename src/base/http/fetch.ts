/**
 * `fetch` over `node:http`, with the proxy agents of `@actions/http-client`. Like GitHub's own actions, these respect
 * `https_proxy`, `http_proxy` and `no_proxy`. The platform's `fetch` ignores these variables, and loading it takes about 30
 * ms of a 60 ms run.
 */
import {type Agent, Agent as HttpAgent, type IncomingMessage, request as requestHttp} from 'node:http';
import {Agent as HttpsAgent, request as requestHttps} from 'node:https';
import type {Socket} from 'node:net';
import {getProxyUrl} from '@actions/http-client/lib/proxy';
import type {Fetch, FetchResponse} from '../deps.ts';
import {ReactorError} from '../errors.ts';

/** The request was not sent, because `shouldSend` did not allow it. */
export class RequestSkipped extends ReactorError {}

/** A socket that receives no data for this long is closed, regardless of the caller's timeout. */
const SOCKET_TIMEOUT_MS = 30_000;

/** Opens a new connection for each request. No idle connection keeps the process alive. */
export const fetch: Fetch = async (url, init) =>
  read(await send(url, {...init, agent: await createAgent(url)}), init.signal);

/** Keeps connections open between requests, for long-running processes. */
export function createKeepAliveFetch(): Fetch {
  const agents = new Map<string, Promise<Agent>>(); // by origin, because each origin can have a different proxy
  return async (url, init) => {
    const {origin} = new URL(url);
    const agent = agents.get(origin) ?? createAgent(url, {keepAlive: true});
    agents.set(origin, agent);
    return read(await send(url, {...init, agent: await agent}), init.signal);
  };
}

/** Sends a request and resolves with the response as a stream, for responses that do not end. */
export async function openStream(url: string, init: Parameters<Fetch>[1]): Promise<IncomingMessage> {
  return send(url, {...init, agent: await createAgent(url)});
}

/** `host:port` of the proxy that requests to this address go through. Undefined if they use no proxy. */
export function proxyFor(url: string): string | undefined {
  return getProxyUrl(new URL(url))?.host || undefined;
}

const MAX_SOCKETS = 100;

/** Loads the tunnelling code only if there is a proxy. Most runners have none. */
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

/** Does not follow redirects: the address of a webhook and the body of a POST must not be sent to another server. */
function send(url: string, options: Options): Promise<IncomingMessage> {
  const {method, headers, body, signal, agent, shouldSend} = options;
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
      reject(why); // behind a silent proxy the request has no socket yet, and would never emit an event
    };
    outgoing.once('response', resolve).on('error', (error: NodeJS.ErrnoException) => {
      // The server closed a kept-open connection just before we reused it. A POST may have arrived, so only the caller can
      // repeat it.
      const isClosed = outgoing.reusedSocket && error.code === 'ECONNRESET' && signal?.aborted !== true;
      const isStale = isClosed && method === 'GET';
      if (isStale) send(url, options).then(resolve, reject);
      else reject(error);
    });
    outgoing.once('timeout', () => giveUp(new Error(`no data for ${SOCKET_TIMEOUT_MS / 1000} s`)));
    signal?.addEventListener('abort', () => giveUp(signal.reason), {once: true});
    if (shouldSend === undefined) return outgoing.end(body);
    outgoing.once('socket', socket => {
      whenReady(socket, () =>
        shouldSend() ? outgoing.end(body) : giveUp(new RequestSkipped('the request was not sent')),
      );
    });
  });
}

/** A connection can take seconds to be ready: DNS, TCP, the CONNECT of the proxy, TLS. */
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

/**
 * Rejects if the connection breaks before the end of the body. If the signal was aborted, its reason is more useful than the
 * resulting error.
 */
async function readBody(message: IncomingMessage, signal: Signal): Promise<Buffer> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
