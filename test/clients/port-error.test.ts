import {describe, expect, test} from '@jest/globals';
import {RequestError} from '../../src/base/errors.ts';
import {explainRefusal, type PortError} from '../../src/clients/port-error.ts';

interface Refused {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly retryAfterMs?: number;
}

function explain({status, body = {}, headers = {}, retryAfterMs}: Refused): PortError {
  const error = new RequestError('refused', {
    ...{method: 'GET', url: 'https://api.port.io/v1/x', status, retryAfterMs, headers: new Headers(headers)},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return explainRefusal(error, '/v1/x', ['secret', undefined, 'token']);
}

describe('a refusal', () => {
  test('names the route, the status, the message of Port and the trace id', () => {
    const body = {ok: false, error: 'not_found', message: '"x" was not found'};
    const error = explain({status: 404, body, headers: {'x-trace-id': 't-1'}});
    expect(error.message).toMatch(/^Port answered 404 to GET \/v1\/x \(not_found, "x" was not found, trace id t-1\): /);
    expect(error).toMatchObject({name: 'PortError', status: 404, code: 'not_found', method: 'GET'});
  });

  test.each([
    [
      401,
      {},
      /PORT_CLIENT_ID and PORT_CLIENT_SECRET.*https:\/\/api\.port\.io \(EU: .*, US: https:\/\/api\.us\.port\.io\)/,
    ],
    [403, {error: 'missing_permissions'}, /lack a permission.*administrator/],
    [403, {error: 'private_destination'}, /public address, or use a smee channel \(WEBHOOK_PROXY_URL\)/],
    [403, {error: 'not_resolvable_destination'}, /cannot resolve the host/],
    [403, {error: 'constructor'}, /administrator$/],
    [404, {ok: false, error: 'not_found'}, /does not exist.*Check the name and PORT_API_URL/],
    [404, '<html>', /not from Port's API, but from a proxy/],
    [409, {error: 'identifier_taken'}, /the identifier is already in use/],
    [413, {}, /1 MiB/],
    [422, {error: 'invalid_request', message: 'body/x is odd'}, /body\/x is odd\).*See Port's message for the part/],
    [422, {error: {odd: true}, message: ['a', 'b']}, /\(\["a","b"\]\)/],
    [429, {}, /rate limit is used up/],
    [500, {}, /internal problem/],
    [418, 'I am a teapot', /^Port answered 418 to GET \/v1\/x: Port refuses/],
  ])('%d %j is explained', (status, body, expected) => {
    expect(explain({status, body}).message).toMatch(expected);
  });

  test('never shows a secret, and stays on one line', () => {
    const {message} = explain({status: 422, body: {message: 'secret and token\n::error::x'}});
    expect(message).toContain('(*** and *** ::error::x)');
  });

  test('has the time to wait from Retry-After or the rate limit', () => {
    const headers = {'x-ratelimit-reset': '12'};
    expect(explain({status: 429, headers}).retryAfterMs).toBe(12_000);
    expect(explain({status: 429, headers, retryAfterMs: 7_000}).retryAfterMs).toBe(7_000);
    expect(explain({status: 429}).retryAfterMs).toBeUndefined();
  });
});
