import {EventEmitter} from 'node:events';
import {setTimeout as wait} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {type Cancellation, watchCancellation} from '../../src/action/cancel.ts';
import {Cancelled} from '../../src/base/errors.ts';
import {fetch} from '../../src/base/http/fetch.ts';
import {eventually} from '../helpers/processes/run-script.ts';
import {type Handler, startServer, type TestServer} from '../helpers/servers/http-server.ts';

let server: TestServer;
let handler: Handler;
let process: EventEmitter;
let cancellation: Cancellation;

beforeEach(async () => {
  handler = () => new Promise(() => {});
  server = await startServer(request => handler(request));
  process = new EventEmitter();
  cancellation = watchCancellation(process, {
    fetch,
    wait: (milliseconds, options) => wait(milliseconds / 20, undefined, options),
  });
});
afterEach(() => server.close());

const get = (signal?: AbortSignal) =>
  cancellation.fetch(server.url, {method: 'GET', headers: {}, ...(signal === undefined ? {} : {signal})});

describe.each(['SIGINT', 'SIGTERM'])('after %s', signal => {
  test('ends a pending request soon', async () => {
    const requested = get();
    await eventually('it was sent', async () => server.requests.length === 1);
    process.emit(signal);
    await expect(requested).rejects.toBeInstanceOf(Cancelled);
  });

  test('ends all waits, and starts no other', async () => {
    const waiting = cancellation.sleep(60_000);
    process.emit(signal);
    await expect(waiting).rejects.toBeInstanceOf(Cancelled);
    await expect(cancellation.sleep(60_000)).rejects.toBeInstanceOf(Cancelled);
    expect(cancellation.cancelled.aborted).toBe(true);
  });

  test('a request to a quick server still succeeds', async () => {
    process.emit(signal);
    handler = () => ({status: 200, body: 'ok'});
    await expect(get()).resolves.toMatchObject({ok: true});
  });
});

test('a signal of the caller still ends a request', async () => {
  await expect(get(AbortSignal.timeout(20))).rejects.toMatchObject({name: 'TimeoutError'});
  await expect(get(AbortSignal.abort())).rejects.toMatchObject({name: 'AbortError'});
  expect(cancellation.cancelled.aborted).toBe(false);
});

test('hundreds of simultaneous waits and requests cause no warning', async () => {
  const warnings: unknown[] = [];
  const listen = (warning: unknown) => warnings.push(warning);
  globalThis.process.on('warning', listen);
  handler = () => ({status: 200, body: 'ok'});
  await Promise.all(Array.from({length: 50}, () => Promise.all([get(), cancellation.sleep(1)])));
  await cancellation.sleep(1);
  globalThis.process.off('warning', listen);
  expect(warnings).toEqual([]);
});
