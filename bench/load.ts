/** A load generator that uses little CPU time, so that a small machine measures the server and not the client. */
import {openRawClient} from '../test/helpers/processes/raw-client.ts';

export interface LoadOptions {
  readonly port: number;
  /** Whole requests as bytes, sent in turn. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly durationMs: number;
  /** The expected status of every answer. */
  readonly expected: number;
}

/**
 * Keeps every connection busy with one request at a time.
 * @returns milliseconds from each request to its complete response
 * @throws {Error} if an answer has another status, or a connection ends
 */
export async function load({port, requests, connections, durationMs, expected}: LoadOptions): Promise<number[]> {
  const latencies: number[] = [];
  const endAt = performance.now() + durationMs;
  let next = 0;
  const work = async () => {
    const client = await openRawClient(port);
    while (performance.now() < endAt) {
      const sentAt = performance.now();
      const {status} = await client.send(requests[next++ % requests.length] as Buffer);
      latencies.push(performance.now() - sentAt);
      if (status !== expected) throw new Error(`The server on port ${port} answered ${status}, not ${expected}`);
    }
    client.close();
  };
  await Promise.all(Array.from({length: connections}, work));
  return latencies;
}
