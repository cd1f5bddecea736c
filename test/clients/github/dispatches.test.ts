import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {fetch} from '../../../src/base/http/fetch.ts';
import {createDispatches, DispatchError, type SendDispatch} from '../../../src/clients/github/dispatches.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';

const NOW = Date.now();
const BODY = JSON.stringify({event_type: 'port-catalog-change', client_payload: {version: 1}});
let github: GitHubServer;
let waits: number[];
let send: SendDispatch;

beforeEach(async () => {
  github = await startGitHubServer();
  waits = [];
  const settings = {repository: 'acme/ops', token: 'ghs_1', apiUrl: github.url};
  send = createDispatches(settings, {fetch, sleep: async ms => void waits.push(ms), now: () => NOW});
});
afterEach(() => github.close());

function hourlyLimit(seconds: number) {
  const date = new Date(NOW).toUTCString();
  const reset = Date.parse(date) / 1000 + seconds;
  return {status: 403, headers: {date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset)}};
}

test('a dispatch succeeds if GitHub answers 204', async () => {
  await send(BODY);
  expect(github.dispatches).toEqual([JSON.parse(BODY)]);
});

test.each([
  ['an outage', [{status: 502}, {status: 503}] as const, [1_000, 5_000]],
  ['a broken connection', ['reset'] as const, [1_000]],
  ['a limit with its time', [{status: 403, headers: {'retry-after': '7'}}] as const, [7_000]],
  ['a limit without a time', [{status: 429}] as const, [60_000]],
  ['an outage with a time', [{status: 503, headers: {'retry-after': '9'}}] as const, [9_000]],
  ['a conflict', [{status: 409}] as const, [1_000]],
  ['the end of the hourly limit', [hourlyLimit(20)] as const, [20_000]],
  [
    'a limit in words',
    [{status: 403, body: {message: 'You have exceeded a secondary rate limit.'}}] as const,
    [60_000],
  ],
])('waits and retries after %s', async (_, replies, expected) => {
  github.replyNext(...replies);
  await send(BODY);
  expect(waits).toEqual(expected);
  expect(github.dispatches).toHaveLength(1);
});

test.each([
  [401, /Set GITHUB_TOKEN, or the input `github-token`, to a token that is valid/],
  [404, /lacks Contents: write.*Check GITHUB_REPOSITORY.*`contents: write`/],
  [403, /Give it Contents: write.*Check GITHUB_REPOSITORY.*`contents: write`/],
  [301, /was renamed, set GITHUB_REPOSITORY/],
  [422, /refuses the content .*Said by GitHub/],
  [200, /The server answered 200/], // only 204 is accepted
])('%d is final, and the message contains the fix', async (status, message) => {
  github.replyNext({status, body: {message: 'Said by GitHub'}});
  const sending = send(BODY);
  await expect(sending).rejects.toThrow(DispatchError);
  await expect(sending).rejects.toThrow(message);
  await expect(sending).rejects.toThrow(`The dispatch to acme/ops failed: GitHub answered ${status}`);
  expect(github.requests).toHaveLength(1);
});

test('a renamed repository is followed', async () => {
  github.replyNext({status: 307, headers: {location: '/repos/acme/renamed/dispatches'}});
  await send(BODY);
  expect(github.dispatches).toHaveLength(1);
});

test('fails after three attempts in a lasting outage, and immediately for a limit of an hour', async () => {
  github.replyNext(...Array.from({length: 3}, () => ({status: 500, body: {message: 'Unicorn'}})));
  await expect(send(BODY)).rejects.toThrow(/to acme\/ops failed.*answered 500.*says: Unicorn.*Try again later/);
  github.replyNext({status: 403, headers: {'retry-after': '3600'}});
  await expect(send(BODY)).rejects.toThrow(/limits the rate of requests.*Try again in 60 min/);
  expect(waits).toEqual([1_000, 5_000]);
});
