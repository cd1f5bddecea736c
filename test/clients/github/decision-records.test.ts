import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {fetch} from '../../../src/base/http/fetch.ts';
import {downloadRecords} from '../../../src/clients/github/decision-records.ts';
import {type Reply, startServer, type TestServer} from '../../helpers/servers/http-server.ts';

const CREATED = '2026-11-20T10:00:00Z';
let server: TestServer;
let download: Reply;
let listed: Reply | undefined;

beforeEach(async () => {
  listed = undefined;
  server = await startServer(({path}) => (path.includes('/artifacts') ? (listed ?? list()) : download));
});
afterEach(() => server.close());

function list(): Reply {
  const artifact = (id: number) => ({
    archive_download_url: `${server.url}/zip/${id}`,
    created_at: CREATED,
    workflow_run: {id},
  });
  return {status: 200, body: {artifacts: Array.from({length: 20}, (_, id) => artifact(id))}};
}

async function requestsAfter(reply: Reply) {
  download = reply;
  const query = {repository: 'acme/ops', token: 't', apiUrl: server.url, sinceMs: 0};
  const {failures} = await downloadRecords(query, fetch);
  return {failures, downloads: server.requests.length - 1};
}

test.each<[string, Reply]>([
  ['retry-after', {status: 403, headers: {'retry-after': '60'}}],
  ['429', {status: 429}],
  ['no requests left', {status: 403, headers: {'x-ratelimit-remaining': '0'}}],
  ['words', {status: 403, body: {message: 'You have exceeded a secondary rate limit.'}}],
])('stops at a rate limit: %s', async (_, reply) => {
  const {failures, downloads} = await requestsAfter(reply);
  expect(downloads).toBe(6);
  expect(failures.at(-1)).toBe('14 more records were not downloaded: GitHub limits the requests.');
});

test('a rate limit of the list is not explained as a missing permission', async () => {
  const query = {repository: 'acme/ops', token: 't', apiUrl: server.url, sinceMs: 0};
  listed = {status: 403, body: {message: 'You have exceeded a secondary rate limit.'}};
  await expect(downloadRecords(query, fetch)).rejects.toThrow(/secondary rate limit.*Try again later$/);
  listed = {status: 403, body: {message: 'Resource not accessible by integration'}};
  await expect(downloadRecords(query, fetch)).rejects.toThrow(/give the token `actions: read`$/);
});

test('a missing permission is not a rate limit', async () => {
  const {downloads} = await requestsAfter({status: 403, body: {message: 'Resource not accessible by integration'}});
  expect(downloads).toBe(20);
});
