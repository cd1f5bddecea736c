import {describe, expect, test} from '@jest/globals';
import {RequestError} from '../../../src/base/errors.ts';
import {
  isLimitMessage,
  isRateLimit,
  limitOf,
  primaryLimitOf,
  requestedWait,
} from '../../../src/clients/github/limit.ts';
import {responseIn} from '../../../src/clients/github/response.ts';

const NOW = 1_763_900_000_000;
const MINUTE = {waitMs: 60_000, isStated: false};
const stated = (seconds: number) => ({waitMs: seconds * 1000, isStated: true});
const dateIn = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString();
const resetIn = (seconds: number) => ({
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(NOW / 1000 + seconds),
});

interface Shape {
  readonly status?: number | undefined;
  readonly headers?: Record<string, string>;
  readonly message?: string;
}

function answer(shape: Shape) {
  return {status: 403, headers: {}, message: '', ...shape};
}

const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const PRIMARY = 'API rate limit exceeded for installation ID 7.';
const ABUSE = 'You have triggered an abuse detection mechanism.';

describe('a limit', () => {
  test.each<[string, Shape, object]>([
    ['retry-after in seconds', {headers: {'retry-after': '61'}}, stated(61)],
    ['retry-after in seconds with space', {headers: {'retry-after': ' 61 '}}, stated(61)],
    ['retry-after as a date', {headers: {'retry-after': dateIn(30)}}, stated(30)],
    ["retry-after as a date by GitHub's clock", {headers: {'retry-after': dateIn(90), date: dateIn(60)}}, stated(30)],
    ['retry-after that has passed', {headers: {'retry-after': dateIn(-30)}}, stated(1)],
    ['retry-after of 0', {headers: {'retry-after': '0'}}, stated(1)],
    ['retry-after of more than an hour', {headers: {'retry-after': '99999'}}, stated(3600)],
    ['retry-after that is not a time', {headers: {'retry-after': 'soon'}}, MINUTE],
    ['retry-after before the reset', {headers: {'retry-after': '5', ...resetIn(900)}}, stated(5)],
    ['the reset of the hourly limit', {headers: resetIn(123.5)}, stated(123.5)],
    ["the reset by GitHub's clock", {headers: {...resetIn(620), date: dateIn(600)}}, stated(20)],
    ['a reset that has passed', {headers: resetIn(-50)}, MINUTE],
    ['a used up limit without a reset', {headers: {'x-ratelimit-remaining': '0'}}, MINUTE],
    ['a reset that is not a number', {headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'x'}}, MINUTE],
    ['the message of a secondary limit', {message: SECONDARY}, MINUTE],
    [
      'the same with requests left',
      {message: SECONDARY, headers: {...resetIn(9), 'x-ratelimit-remaining': '7'}},
      MINUTE,
    ],
    ['the message of the primary limit', {message: PRIMARY}, MINUTE],
    ['the message of older servers', {message: ABUSE}, MINUTE],
  ])('403 with %s', (_, shape, limit) => {
    expect(limitOf(answer(shape), NOW)).toEqual(limit);
    expect(limitOf(answer({...shape, status: 429}), NOW)).toEqual(limit);
    expect(isRateLimit(answer(shape))).toBe(true);
  });

  test('429 without any sign', () => {
    expect(limitOf(answer({status: 429}), NOW)).toEqual(MINUTE);
  });

  test.each<[string, Record<string, string>, object]>([
    ['seconds', {'retry-after': '7'}, stated(7)],
    ["a date by GitHub's clock", {'retry-after': dateIn(9), date: dateIn(0)}, stated(9)],
    ["a reset by GitHub's clock", {...resetIn(11), date: dateIn(0)}, stated(11)],
    ['a date', {'retry-after': dateIn(9)}, MINUTE],
    ['a reset', resetIn(9), MINUTE],
  ])('without a clock of ours: %s', (_, headers, limit) => {
    expect(limitOf(answer({headers}))).toEqual(limit);
  });
});

describe('no limit', () => {
  test.each<[string, Shape]>([
    ['a missing permission', {message: 'Resource not accessible by integration'}],
    ['requests left', {headers: {...resetIn(60), 'x-ratelimit-remaining': '4999'}}],
    ['an empty retry-after', {headers: {'retry-after': ' '}}],
    ...[undefined, 200, 204, 401, 404, 422, 500, 503].map((status): [string, Shape] => [
      `the status ${status}, with all signs of a limit`,
      {status, headers: {'retry-after': '5', ...resetIn(5)}, message: SECONDARY},
    ]),
  ])('%s', (_, shape) => {
    expect(isRateLimit(answer(shape))).toBe(false);
    expect(limitOf(answer(shape), NOW)).toBeUndefined();
  });
});

test('an outage and an acceptance can contain a wait, although they are not limits', () => {
  expect(requestedWait(answer({status: 503, headers: {'retry-after': '17'}}), NOW)).toEqual(stated(17));
  expect(requestedWait(answer({status: 503, headers: resetIn(9)}), NOW)).toBeUndefined();
  expect(primaryLimitOf(answer({status: 204, headers: resetIn(90)}), NOW)).toEqual(stated(90));
  expect(primaryLimitOf(answer({status: 204, headers: {'retry-after': '9'}}), NOW)).toBeUndefined();
});

test('the words of GraphQL, which answers 200', () => {
  expect([SECONDARY, PRIMARY, ABUSE].map(isLimitMessage)).toEqual([true, true, true]);
  expect(isLimitMessage('Something went wrong while executing your query.')).toBe(false);
});

describe('the response in an error', () => {
  const limitIn = (body: string, headers = {}, status = 403) =>
    limitOf(
      responseIn(new RequestError('x', {method: 'GET', url: 'u', status, headers: new Headers(headers), body})),
      NOW,
    );

  test.each<[string, string, Record<string, string>, object | undefined]>([
    ['words', JSON.stringify({message: SECONDARY}), {}, MINUTE],
    ['a page of a proxy', `<h1>${PRIMARY}</h1>`, {}, undefined],
    ['headers', '{}', {'Retry-After': '8'}, stated(8)],
    ['a refusal', JSON.stringify({message: 'Must have admin rights'}), {}, undefined],
    ['no words', '', {}, undefined],
    ['words in another place', JSON.stringify({documentation_url: 'https://x/rate limit'}), {}, undefined],
  ])('%s', (_, body, headers, limit) => {
    expect(limitIn(body, headers)).toEqual(limit);
  });
});
