/** A sender of webhooks: one that does not repeat, as Port, or one that keeps its order and repeats what was not taken. */
import {sign} from '../../src/base/signature.ts';
import {openRawClient, type RawAnswer, type RawClient, rawPost} from './raw-client.ts';

/** A change to be sent: `body` is JSON, signed anew for each attempt. */
export interface Sending {
  readonly id: string;
  readonly entity: string;
  readonly body: string;
}

/** One attempt at handing over a change. Times are those of `performance.now()`. */
export interface Attempt {
  readonly id: string;
  /** Which copy of the relay: what {@link Target.name} was. */
  readonly target: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Undefined where the connection was refused or lost. */
  readonly status: number | undefined;
  /** As received. */
  readonly retryAfter: string | undefined;
  /** Why there is no status. */
  readonly error: string | undefined;
}

/** Where a copy of the relay listens at the moment. */
interface Target {
  readonly name: string;
  readonly port: number;
}

export interface SenderOptions {
  readonly secret: string;
  /** The target of the next attempt. */
  readonly target: () => Target;
  /** `Retry-After` is in whole seconds: a test that is in a hurry waits for this part of it. 1 is what Port should do. */
  readonly hurry: number;
}

export interface Sender {
  /** In the order of their ends. */
  readonly attempts: readonly Attempt[];
  /** Sends all at once on one connection, and repeats nothing. */
  sendOnce(changes: readonly Sending[]): Promise<readonly Attempt[]>;
  /** Sends one after the other, each until it was taken: answered 2xx. Rejects for an answer that no repetition mends. */
  sendInOrder(changes: readonly Sending[]): Promise<void>;
  /** Sends all at once on one connection, in which they arrive in order; then repeats what was not taken. */
  sendAtOnce(changes: readonly Sending[]): Promise<void>;
}

export function createSender({secret, target, hurry}: SenderOptions): Sender {
  const attempts: Attempt[] = [];
  const post = async (changes: readonly Sending[]): Promise<Attempt[]> => {
    const {name, port} = target();
    const startedAt = performance.now();
    const client = await openRawClient(port).catch(unreachable);
    const done = changes.map(async ({id, body}) => {
      const told = await client.send(toRequest(body, secret)).then(describe, lost);
      const attempt = {id, target: name, startedAt, endedAt: performance.now(), ...told};
      attempts.push(attempt);
      return attempt;
    });
    return Promise.all(done).finally(() => client.close());
  };
  const repeat = async (change: Sending, last: Attempt): Promise<void> => {
    for (let attempt = last; !isTaken(attempt); [attempt] = (await post([change])) as [Attempt]) {
      const seconds = Number(attempt.retryAfter ?? 1);
      await new Promise(resolve => setTimeout(resolve, seconds * 1000 * hurry));
    }
  };
  return {
    attempts,
    sendOnce: post,
    async sendInOrder(changes) {
      for (const change of changes) await repeat(change, ((await post([change])) as [Attempt])[0]);
    },
    async sendAtOnce(changes) {
      const first = await post(changes);
      await Promise.all(changes.map((change, index) => repeat(change, first[index] as Attempt)));
    },
  };
}

function isTaken({id, status}: Attempt): boolean {
  if (status !== undefined && status >= 300 && status !== 503) throw new Error(`${id} was answered ${status}`);
  return status !== undefined && status < 300;
}

type Told = Pick<Attempt, 'status' | 'retryAfter' | 'error'>;

function describe({status, head}: RawAnswer): Told {
  return {status, retryAfter: /\r\nretry-after: *(.*)/i.exec(head)?.[1], error: undefined};
}

function lost({message}: Error): Told {
  return {status: undefined, retryAfter: undefined, error: message};
}

/** A client for which nothing can be sent, for the reason that there is no other. */
function unreachable(error: Error): RawClient {
  return {send: () => Promise.reject(error), close() {}};
}

function toRequest(body: string, secret: string): Buffer {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {'x-port-timestamp': timestamp, 'x-port-signature': sign(secret, timestamp, body)};
  return rawPost('/webhooks/port', headers, body);
}
