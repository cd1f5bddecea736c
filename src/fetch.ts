/**
 * `fetch` over `@actions/http-client`, which the runner's proxies (`https_proxy`, `no_proxy`) apply to, as to all of
 * GitHub's own actions. It also spares the action the loading of the platform's `fetch`: about 30 ms of a 60 ms run.
 */
import {HttpClient} from '@actions/http-client';
import type {Fetch} from './deps.ts';

/** After this long without a byte a socket is given up, whatever the caller's own limit. */
const SOCKET_TIMEOUT_MS = 30_000;

export const fetch: Fetch = async (url, {method, headers, body, signal}) => {
  const client = new HttpClient('port-reactor', [], {
    allowRedirects: false,
    keepAlive: true,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
  try {
    const response = await abortable(client.request(method, url, body ?? null, headers), signal);
    const text = await abortable(response.readBody(), signal);
    const {statusCode: status = 0, statusMessage: statusText = '', headers: received} = response.message;
    const header = (name: string) => received[name.toLowerCase()];
    return {
      ok: status >= 200 && status < 300,
      status,
      statusText,
      headers: {get: name => [header(name)].flat().join(', ') || null},
      text: async () => text,
    };
  } finally {
    client.dispose(); // ends the socket, also one that is still waiting
  }
};

async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true});
    work.then(resolve, reject);
  });
}
