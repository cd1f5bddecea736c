/** Receives webhooks through a smee channel, for machines that Port can't reach (https://smee.io). */
import {type IncomingMessage, request as requestHttp} from 'node:http';
import {createParser} from 'eventsource-parser';
import {messageOf} from '../../src/base/errors.ts';
import {openStream} from '../../src/base/http/fetch.ts';
import {isObject} from '../../src/base/json.ts';
import type {RelayLog} from '../observe/log.ts';
import type {Clock} from '../process/clock.ts';

export interface ChannelSettings {
  /** Never logged, because this address is enough to read the channel. */
  readonly source: string;
  /** The address that receives the events: the relay's own route. */
  readonly target: string;
}

interface ChannelDeps {
  readonly clock: Clock;
  readonly log: RelayLog;
  /** From 0 to 1. */
  readonly random: () => number;
}

const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/** A connection that lasted longer than this does not count as a failed attempt. */
const LASTING_MS = 30_000;

/** The time limit for the head of the response. smee.io takes less than a second. */
const CONNECT_TIMEOUT_MS = 15_000;

/** The maximum time without data. smee.io sends comments to keep the connection open. An unnecessary reconnect is harmless. */
const SILENCE_MS = 90_000;

/** The maximum size of an event. A larger one ends the connection, because its sender is not verified. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

const NOT_YET = 'The smee channel of WEBHOOK_PROXY_URL is not connected yet.';

/** Subscribes in the background, and reconnects for as long as the relay runs. */
export function subscribe(settings: ChannelSettings, deps: ChannelDeps): Channel {
  const channel = new Channel(settings, deps);
  void channel.run();
  return channel;
}

export class Channel {
  /** Why the channel is not connected. Undefined if it is connected. */
  problem: string | undefined = NOT_YET;
  readonly #settings: ChannelSettings;
  readonly #deps: ChannelDeps;
  readonly #stopping = new AbortController();

  constructor(settings: ChannelSettings, deps: ChannelDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** The delay doubles with each failed attempt, and is reset after a connection that lasted. Never rejects. */
  async run(): Promise<void> {
    const {signal} = this.#stopping;
    const {log, random} = this.#deps;
    for (let failures = 0; !signal.aborted; failures++) {
      const startMs = performance.now();
      const reason = await this.#listen().catch((error: unknown) => messageOf(error));
      if (signal.aborted) return;
      if (performance.now() - startMs > LASTING_MS) failures = 0;
      this.problem = `The smee channel of WEBHOOK_PROXY_URL is not connected: ${reason}`;
      const delayMs = Math.round(Math.min(MIN_DELAY_MS * 2 ** failures, MAX_DELAY_MS) * (0.75 + random() / 4));
      log.warn({reason, retryInMs: delayMs}, 'smee channel not connected. Check WEBHOOK_PROXY_URL');
      await this.#pause(delayMs);
    }
  }

  /** Ends early if the channel is stopped. */
  async #pause(milliseconds: number): Promise<void> {
    const {signal} = this.#stopping;
    await new Promise<void>(resolve => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#deps.clock.after(milliseconds, end);
      signal.addEventListener('abort', end);
    });
  }

  /** Resolves with the reason for the end of the connection. */
  async #listen(): Promise<string> {
    const stream = await this.#connect();
    if (stream.statusCode !== 200 || !/^text\/event-stream\b/i.test(stream.headers['content-type'] ?? '')) {
      stream.destroy();
      const type = stream.statusCode === 200 ? ', but the answer is not an event stream' : '';
      return `smee answered ${stream.statusCode}${type}`;
    }
    this.problem = undefined;
    this.#deps.log.info({}, 'smee channel connected');
    stream.setTimeout(SILENCE_MS, () => stream.destroy(new Error(`no data for ${SILENCE_MS / 1000} s`)));
    const parser = createParser({
      maxBufferSize: MAX_CHARACTERS,
      onEvent: ({event = 'message', data}) => event === 'message' && data !== '' && this.#forward(data),
    });
    for await (const text of stream.setEncoding('utf8')) parser.feed(text); // throws after an event that is too large
    return 'smee ended the connection';
  }

  async #connect(): Promise<IncomingMessage> {
    const timeout = new AbortController();
    const timer = setTimeout(
      () => timeout.abort(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)),
      CONNECT_TIMEOUT_MS,
    );
    const signal = AbortSignal.any([this.#stopping.signal, timeout.signal]);
    const headers = {accept: 'text/event-stream', 'cache-control': 'no-store'};
    try {
      return await openStream(this.#settings.source, {method: 'GET', headers, signal});
    } finally {
      clearTimeout(timer);
    }
  }

  #forward(data: string): void {
    const event = eventOf(data);
    if (event === undefined) {
      this.#deps.log.warn({}, 'skipped a message from the smee channel that is not a webhook');
      return;
    }
    post(this.#settings.target, event).catch((error: unknown) =>
      this.#deps.log.error(
        {reason: messageOf(error)},
        'an event from the smee channel could not be delivered to the relay',
      ),
    );
  }
}

interface ChannelEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers that the relay reads. Others could make the request invalid. */
const HEADERS = ['x-port-timestamp', 'x-port-signature'];

/**
 * smee sends the headers together with `body`, `query` and `timestamp`.
 * @see https://github.com/probot/smee.io
 */
function eventOf(data: string): ChannelEvent | undefined {
  try {
    const message: unknown = JSON.parse(data);
    if (!isObject(message) || message['body'] === undefined) return undefined;
    const headers = HEADERS.map(name => [name, message[name]] as const).filter(isSafe);
    const body = JSON.stringify(message['body']);
    return {headers: {'content-type': 'application/json', ...Object.fromEntries(headers)}, body};
  } catch {
    return undefined; // not JSON, or nested too deeply to be serialized
  }
}

/** Whether the header can be sent. Without an invalid header, the relay refuses the signature. */
function isSafe(header: readonly [string, unknown]): header is [string, string] {
  return typeof header[1] === 'string' && /^[\x20-\x7e]*$/.test(header[1]);
}

/** Posts to the relay itself, so never through a proxy. The relay logs the result. */
function post(target: string, {headers, body}: ChannelEvent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = requestHttp(target, {
      method: 'POST',
      headers: {...headers, 'content-length': Buffer.byteLength(body)},
    });
    outgoing.on('response', response => response.resume().on('close', resolve)).on('error', reject);
    outgoing.end(body);
  });
}
