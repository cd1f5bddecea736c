/** A sender of webhooks. It sends once, as Port does, or keeps the order and retries what was not accepted. */
import {sign} from '../../src/base/signature.ts';
import {openRawClient, type RawClient, type RawResponse, rawPost} from './processes/raw-client.ts';

/** A change to send. `body` is JSON, signed for each attempt. */
export interface Sending {
  readonly id: string;
  readonly entity: string;
  readonly body: string;
}

/** One attempt to send a change. Times are those of `performance.now()`. */
export interface Attempt {
  readonly id: string;
  /** Requests on one connection arrive in order. Separate connections can overtake each other. */
  readonly connection: number;
  /** The copy of the relay: {@link Target.name}. */
  readonly target: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Undefined if the connection was refused or lost. */
  readonly status: number | undefined;
  /** As received. */
  readonly retryAfter: string | undefined;
  /** The reason if there is no status. */
  readonly error: string | undefined;
}

/** Where a copy of the relay currently listens. */
interface Target {
  readonly name: string;
  readonly port: number;
}

export interface SenderOptions {
  readonly secret: string;
  /** The target of the next attempt. */
  readonly target: () => Target;
  /** The part of `Retry-After`, in whole seconds, that the sender waits. Port should use 1. */
  readonly hurry: number;
}

/** A connection that stays open between requests. */
export interface Line {
  /** Sends a change once. Never rejects. */
  send(change: Sending): Promise<Attempt>;
  close(): Promise<void>;
}

export interface Sender {
  /** In the order in which they ended. */
  readonly attempts: readonly Attempt[];
  /** Opens a connection to the next target. */
  open(): Line;
  /** Sends a change once, on a separate connection. */
  sendOnce(change: Sending): Promise<Attempt>;
  /** Sends one after the other, and repeats each until it is accepted. Rejects if the relay refuses for good. */
  sendInOrder(changes: readonly Sending[]): Promise<void>;
  /** Sends all at the same time on one connection, then retries those that were not accepted. */
  sendAtOnce(changes: readonly Sending[]): Promise<void>;
}

export function createSender({secret, target, hurry}: SenderOptions): Sender {
  const attempts: Attempt[] = [];
  let connections = 0;
  const open = (): Line => {
    const {name, port} = target();
    const connection = connections++;
    const client = openRawClient(port).catch(unreachable);
    return {
      async send({id, body}) {
        const startedAt = performance.now();
        const answer = await (await client).send(toRequest(body, secret)).then(describe, lost);
        const attempt = {id, connection, target: name, startedAt, endedAt: performance.now(), ...answer};
        attempts.push(attempt);
        return attempt;
      },
      close: async () => (await client).close(),
    };
  };
  const sendOnce = async (change: Sending): Promise<Attempt> => {
    const line = open();
    return line.send(change).finally(line.close);
  };
  const repeat = async (change: Sending, last: Attempt): Promise<void> => {
    for (let attempt = last; !isAccepted(attempt); attempt = await sendOnce(change)) {
      const seconds = Number(attempt.retryAfter ?? 1);
      await new Promise(resolve => setTimeout(resolve, seconds * 1000 * hurry));
    }
  };
  return {
    attempts,
    open,
    sendOnce,
    async sendInOrder(changes) {
      for (const change of changes) await repeat(change, await sendOnce(change));
    },
    async sendAtOnce(changes) {
      const line = open();
      const first = await Promise.all(changes.map(line.send)).finally(line.close);
      await Promise.all(changes.map((change, index) => repeat(change, first[index] as Attempt)));
    },
  };
}

function isAccepted({id, status}: Attempt): boolean {
  if (status !== undefined && status >= 300 && status !== 503) throw new Error(`${id} was answered ${status}`);
  return status !== undefined && status < 300;
}

type Answer = Pick<Attempt, 'status' | 'retryAfter' | 'error'>;

function describe({status, head}: RawResponse): Answer {
  return {status, retryAfter: /\r\nretry-after: *(.*)/i.exec(head)?.[1], error: undefined};
}

function lost({message}: Error): Answer {
  return {status: undefined, retryAfter: undefined, error: message};
}

/** A client that has no connection and cannot send. */
function unreachable(error: Error): RawClient {
  return {send: () => Promise.reject(error), close() {}};
}

function toRequest(body: string, secret: string): Buffer {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {'x-port-timestamp': timestamp, 'x-port-signature': sign(secret, timestamp, body)};
  return rawPost('/webhooks/port', headers, body);
}
