import {describe, expect, test} from '@jest/globals';
import {isAccepted, renderRelayAnswer} from '../../../src/cli/send/relay-answer.ts';

describe('a response of the relay', () => {
  test.each([
    [
      202,
      {status: 'dispatched', id: 'r_1'},
      '202 dispatched, id: r_1\nGitHub accepted the dispatch. See the Actions tab',
    ],
    [
      200,
      {status: 'ignored', id: 'r_1', reason: 'healthStatus did not change'},
      'reason: healthStatus did not change\n',
    ],
    [400, {error: 'The body is not JSON'}, '400 The body is not JSON\nThe event is not valid JSON. Fix the event.'],
    [401, {error: 'no'}, 'PORT_CLIENT_SECRET differs from yours, or the two clocks'],
    [404, 'Not Found', '404 Not Found\nNo relay answers at this URL. Check --relay.'],
    [413, {error: 'no'}, 'REACTOR_MAX_BODY_BYTES'],
    [415, {error: 'no'}, 'content type'],
    [422, {error: 'context: must be an object'}, '422 context: must be an object\n'],
    [
      502,
      {error: 'Bad credentials'},
      '502 Bad credentials\nGitHub rejects dispatches of the relay until you fix the problem above.\n',
    ],
    [503, {error: 'limited'}, 'Send the event again in a minute'],
    [500, '<html>\u001b[31moops', '500 <html> [31moops\nThis is not the answer of a relay'],
    [204, '', '204 not set\nAccepted.'],
  ])('%d with %j is explained', (status, answer, expected) => {
    expect(renderRelayAnswer({status, answer}, undefined)).toContain(expected);
  });

  test('has the time to wait', () => {
    expect(renderRelayAnswer({status: 503, answer: {error: 'x'}, retryAfterMs: 90_000}, undefined)).toContain(
      'again in 1 min 30 s',
    );
  });

  test('has a link if the repository is known', () => {
    const text = renderRelayAnswer({status: 202, answer: {status: 'dispatched'}}, 'acme/ops');
    expect(text).toContain('https://github.com/acme/ops/actions');
  });

  test.each([
    [200, true],
    [202, true],
    [302, false],
    [401, false],
    [503, false],
  ])('of %d is accepted: %j', (status, accepted) => {
    expect(isAccepted({status, answer: ''})).toBe(accepted);
  });
});
