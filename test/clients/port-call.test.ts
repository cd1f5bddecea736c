import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {NetworkError, PayloadError} from '../../src/base/errors.ts';
import {type CallPort, createPortCall, segment} from '../../src/clients/port-call.ts';
import {PortError} from '../../src/clients/port-error.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';

const GET = {method: 'GET', route: '/v1/blueprints'} as const;
const POST = {method: 'POST', route: '/v1/actions/runs/r_1/logs', body: {message: 'hello'}} as const;
const TOKEN_ROUTE = 'POST /v1/auth/access_token';

let port: PortServer;
let waits: number[];
let call: CallPort;

beforeEach(async () => {
  port = await startPortServer();
  waits = [];
  call = connect();
});
afterEach(() => port.close());

function connect(credentials: Partial<PortServer['credentials']> = {}): CallPort {
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  return createPortCall({...port.credentials, ...credentials}, {fetch, sleep});
}

function tokensFetched(): number {
  return port.requests.filter(({method, url}) => `${method} ${url}` === TOKEN_ROUTE).length;
}

async function failure(work: Promise<unknown>): Promise<PortError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PortError);
  return error as PortError;
}

describe('the access token', () => {
  test('is fetched when it is first needed, once for calls at the same time', async () => {
    expect(port.requests).toHaveLength(0);
    await Promise.all([call(GET), call(GET), call(GET)]);
    await call(GET);
    expect(tokensFetched()).toBe(1);
    expect(port.calls).toHaveLength(4);
  });

  test('is renewed once if it is refused, and the calls are repeated', async () => {
    await call(GET);
    port.expireToken();
    await Promise.all([call(GET), call(GET)]);
    expect(tokensFetched()).toBe(2);
  });

  test('that is refused again fails the call without another attempt', async () => {
    port.replyNext('GET /v1/blueprints', {status: 401});
    port.replyNext('GET /v1/blueprints', {status: 401});
    expect((await failure(call(GET))).status).toBe(401);
    expect(port.calls).toHaveLength(2);
  });

  test('is fetched by the next call after a failure', async () => {
    for (let i = 0; i < 3; i++) port.replyNext(TOKEN_ROUTE, {status: 500});
    await failure(call(GET));
    await expect(call(GET)).resolves.toMatchObject({ok: true});
  });

  test('that is missing in the response is an error about PORT_API_URL', async () => {
    port.replyNext(TOKEN_ROUTE, {status: 200, body: '<html>Welcome</html>'});
    const answer = call(GET);
    await expect(answer).rejects.toThrow(PayloadError);
    await expect(answer).rejects.toThrow(/without an access token, so it is not Port's API. Check PORT_API_URL/);
  });

  test('is fetched for an API URL that ends in a slash or in /v1', async () => {
    for (const ending of ['/', '/v1', '/v1/']) await connect({apiUrl: `${port.url}${ending}`})(GET);
    expect(port.calls).toEqual(Array(3).fill('GET /v1/blueprints'));
  });
});

describe('a limited call', () => {
  test.each([
    ['Retry-After', {'retry-after': '7'}, 7_000],
    ['x-ratelimit-reset', {'x-ratelimit-reset': '12'}, 12_000],
    ['a second if Port names no time', {}, 1_000],
    ['a second if Port names zero seconds', {'retry-after': '0'}, 1_000],
  ])('waits for %s and is repeated', async (_, headers, expected) => {
    port.replyNext('GET /v1/blueprints', {status: 429, headers});
    await call(GET);
    expect(waits).toEqual([expected]);
  });

  test('is repeated even if it must not happen twice, because it did not happen', async () => {
    const run = port.startRun('r_1');
    port.replyNext('POST /v1/actions/runs/r_1/logs', {status: 429});
    await call(POST);
    expect(run.logs).toEqual(['hello']);
  });

  test('waits for 30 seconds in total, then fails', async () => {
    for (let i = 0; i < 4; i++) port.replyNext('GET /', {status: 429, headers: {'retry-after': '10'}});
    const error = await failure(call(GET));
    expect(error.status).toBe(429);
    expect(error.message).toMatch(/rate limit is used up/);
    expect(waits).toEqual([10_000, 10_000, 10_000]);
  });

  test('does not wait for a longer limit', async () => {
    port.replyNext('GET /', {status: 429, headers: {'x-ratelimit-reset': '240'}});
    expect((await failure(call(GET))).retryAfterMs).toBe(240_000);
    expect(waits).toEqual([]);
  });
});

describe('after an outage', () => {
  test.each([500, 502, 503, 504])('with %d, a call that can happen twice is repeated twice', async status => {
    port.replyNext('GET /', {status});
    await call(GET);
    expect(port.calls).toHaveLength(2);
    for (let i = 0; i < 3; i++) port.replyNext('GET /', {status});
    expect((await failure(call(GET))).message).toMatch(/Port has an internal problem. Try again in a few minutes/);
  });

  test('a call that must not happen twice is not repeated', async () => {
    port.startRun('r_1');
    port.replyNext('POST /v1/actions/runs/r_1/logs', {status: 503});
    await failure(call(POST));
    expect(port.calls).toHaveLength(1);
  });

  test('the request for a token is repeated', async () => {
    port.replyNext(TOKEN_ROUTE, {status: 503});
    await expect(call(GET)).resolves.toMatchObject({ok: true});
  });

  test.each(['reset', 'cut'] as const)('a connection that breaks each time (%s) is a NetworkError', async reply => {
    for (let i = 0; i < 3; i++) port.replyNext('GET /', reply);
    await expect(call(GET)).rejects.toThrow(NetworkError);
  });
});

test('refused credentials name the API, and a secret that Port echoes is not shown', async () => {
  const {message} = await failure(connect({clientSecret: 'wrong'})(GET));
  expect(message).toContain(`PORT_API_URL, which is ${port.url} (EU: https://api.port.io`);
  await call(GET);
  const echo = `bad: ${port.credentials.clientSecret} token-number-1`;
  port.replyNext('GET /', {status: 422, body: {ok: false, error: 'invalid_request', message: echo}});
  const error = await failure(call(GET));
  expect(error.message).toMatch(
    /^Port answered 422 to GET \/v1\/blueprints \(invalid_request, bad: \*\*\* \*\*\*, trace id trace-1234\): /,
  );
  expect(JSON.stringify({...error})).not.toMatch(/token-number|test-client-secret/);
});

describe('segment', () => {
  test('encodes all characters that Port allows in an identifier', () => {
    expect(segment('a/b\\c=d ü?#%')).toBe('a%2Fb%5Cc%3Dd%20%C3%BC%3F%23%25');
  });

  test.each(['', '.', '..'])('refuses "%s", which would change the path', identifier => {
    expect(() => segment(identifier)).toThrow(/is not a valid Port identifier/);
  });
});
