import {describe, expect, test} from '@jest/globals';
import {classify} from '../../../src/clients/github/classify.ts';
import type {GitHubResponse} from '../../../src/clients/github/response.ts';

const repository = {owner: 'acme', name: 'operations'};
const NOW = 1_763_900_000_000;

describe('classify', () => {
  const answer = (status: number | undefined, headers: Record<string, string> = {}, message = ''): GitHubResponse => {
    return {status, headers, body: undefined, message};
  };
  const inSeconds = (seconds: number) => String(NOW / 1000 + seconds);

  test('204 is an acceptance', () => {
    expect(classify(answer(204), repository, NOW)).toEqual({kind: 'accepted'});
  });

  test.each([200, 201, 202])('%i is not an acceptance, because GitHub never answers that', status => {
    const message = expect.stringContaining('Check GITHUB_API_URL');
    expect(classify(answer(status), repository, NOW)).toEqual({kind: 'refused', status, message});
  });

  test('the last acceptance before a limit has the limit', () => {
    const last = {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(90)};
    expect(classify(answer(204, last), repository, NOW)).toEqual({
      kind: 'accepted',
      limit: {waitMs: 90_000, isStated: true},
    });
    const oneLeft = {...last, 'x-ratelimit-remaining': '1'};
    expect(classify(answer(204, oneLeft), repository, NOW)).toEqual({kind: 'accepted'});
  });

  test.each<[string, GitHubResponse]>([
    ['no answer', answer(undefined, {}, 'connect ECONNREFUSED')],
    ['500', answer(500)],
    ['502 of a proxy', answer(502)],
    ...[408, 409, 421, 425].map((status): [string, GitHubResponse] => [String(status), answer(status)]),
  ])('%s is retried without a stated time', (_name, given) => {
    expect(classify(given, repository, NOW)).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^GitHub .*\.$/),
    });
  });

  test.each<[string, GitHubResponse, number]>([
    ['503 with a time', answer(503, {'retry-after': '17'}), 17],
    ['429 with a time', answer(429, {'retry-after': '30'}), 30],
    ['403 with a time', answer(403, {'retry-after': '61'}), 61],
    [
      '403 that says it twice: retry-after comes first',
      answer(403, {'retry-after': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(900)}),
      5,
    ],
    [
      '403 at the end of the hourly limit',
      answer(403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(123.5)}),
      123.5,
    ],
    ['429 with a reset', answer(429, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(7)}), 7],
    [
      "a reset by GitHub's own clock, if ours is wrong",
      answer(403, {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': inSeconds(620),
        date: new Date(NOW + 600_000).toUTCString(),
      }),
      20,
    ],
    ['a date', answer(429, {'retry-after': new Date(NOW + 30_000).toUTCString()}), 30],
    [
      "a date by GitHub's own clock",
      answer(403, {
        'retry-after': new Date(NOW + 90_000).toUTCString(),
        date: new Date(NOW + 60_000).toUTCString(),
      }),
      30,
    ],
    ['500 with an hour, limited to a minute', answer(500, {'retry-after': '3600'}), 60],
    ['a wait of more than an hour', answer(429, {'retry-after': '99999'}), 3600],
    ['a wait of nothing', answer(429, {'retry-after': '0'}), 1],
  ])('%s gives the wait', (_name, given, seconds) => {
    const limit = {waitMs: seconds * 1000, isStated: true};
    expect(classify(given, repository, NOW)).toMatchObject({
      kind: 'limited',
      limit,
      message: expect.stringMatching(/^GitHub /),
    });
  });

  test.each<[string, GitHubResponse]>([
    ['429 without a time', answer(429)],
    ['a reset in the past', answer(403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(-50)})],
    ['a wait that is not a time', answer(403, {'retry-after': 'soon'})],
    ['an abuse limit of older servers', answer(403, {}, 'You have triggered an abuse detection mechanism.')],
    ['an hourly limit without headers', answer(403, {}, 'API rate limit exceeded for installation ID 7.')],
    ['a reset without a time', answer(403, {'x-ratelimit-remaining': '0'})],
    ['a secondary limit', answer(403, {'x-ratelimit-remaining': '4999'}, 'You have exceeded a secondary rate limit.')],
  ])('%s gives the default wait of a minute', (_name, given) => {
    expect(classify(given, repository, NOW)).toMatchObject({kind: 'limited', limit: {waitMs: 60_000, isStated: false}});
  });

  test.each([301, 304, 307, 400, 401, 403, 404, 410, 415, 422, 451])('%i is permanent', status => {
    const outcome = classify(answer(status, {'x-ratelimit-remaining': '4999'}, 'Words'), repository, NOW);
    expect(outcome).toEqual({kind: 'refused', status, message: expect.stringMatching(/./)});
  });

  test.each([undefined, 502, 503, 408])('%s: GitHub can have accepted the dispatch if it was sent', status => {
    const meaning = (more: Partial<GitHubResponse>) =>
      classify({...answer(status, {'retry-after': '1'}), ...more}, repository, NOW);
    expect(meaning({})).toMatchObject({maybeAccepted: true});
    expect(meaning({unsent: 'failed'})).toMatchObject({maybeAccepted: false});
  });

  test("an App's token that is no longer accepted is renewed, but its key is not", () => {
    const refused = {...answer(401), isApp: true};
    expect(classify(refused, repository, NOW)).toMatchObject({kind: 'failed'});
    expect(classify({...refused, explanation: 'The key is wrong.'}, repository, NOW)).toMatchObject({kind: 'refused'});
  });

  test('a refusal that mentions another kind of limit is permanent', () => {
    expect(classify(answer(422, {'retry-after': '5'}, 'secondary rate limit'), repository, NOW)).toMatchObject({
      kind: 'refused',
    });
  });
});
