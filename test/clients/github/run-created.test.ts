import {expect, test} from '@jest/globals';
import {fetch} from '../../../src/base/http/fetch.ts';
import {readRunCreated} from '../../../src/clients/github/run-created.ts';
import {type Reply, startServer} from '../../helpers/servers/http-server.ts';

const ANSWER = {id: 42, created_at: '2026-11-20T12:00:01Z', run_started_at: '2026-11-20T14:00:00Z', run_attempt: 2};
const NEVER = new Promise<never>(() => {});

interface Given {
  readonly reply: Reply | 'reset' | Promise<never>;
  readonly attempt?: number;
  readonly token?: string | undefined;
  readonly id?: string | undefined;
}

async function ask({reply, attempt = 1, ...given}: Given) {
  const server = await startServer(() => reply);
  try {
    const {token, id} = {token: 'ghs_t', id: '42', ...given};
    const run = {id, attempt, repository: 'acme/ops', apiUrl: `${server.url}/api/v3`};
    return {created: await readRunCreated({run, token, timeoutMs: 200}, fetch), requests: server.requests};
  } finally {
    await server.close();
  }
}

test('sends one request with the token to the API of the runner', async () => {
  const {created, requests} = await ask({reply: {status: 200, body: ANSWER}});
  expect(created).toEqual({created: '2026-11-20T12:00:01.000Z'});
  expect(requests.map(({method, url}) => `${method} ${url}`)).toEqual(['GET /api/v3/repos/acme/ops/actions/runs/42']);
  expect(requests[0]?.headers).toMatchObject({authorization: 'Bearer ghs_t', 'user-agent': 'port-reactor'});
});

test('a re-run has the creation time of the run and its own start time', async () => {
  const {created} = await ask({reply: {status: 200, body: ANSWER}, attempt: 2});
  expect(created).toEqual({created: '2026-11-20T12:00:01.000Z', rerun: '2026-11-20T14:00:00.000Z'});
});

const refused = (status: number, message: string) => ({reply: {status, body: {message}}});
test.each<[string, Given, RegExp, number]>([
  ['the token is missing', {reply: {status: 200}, token: undefined}, /^the input `github-token` is empty$/, 0],
  ['the run id is missing', {reply: {status: 200}, id: undefined}, /^GITHUB_RUN_ID is not set$/, 0],
  [
    'the token has no permission',
    refused(403, 'Resource not accessible by integration'),
    /^GitHub answered 403 \(Resource not accessible by integration\)\. Give the job `actions: read`$/,
    1,
  ],
  [
    'GitHub hides the run',
    refused(404, 'Not Found'),
    /^GitHub answered 404 \(Not Found\)\. Give the job `actions: read`$/,
    1,
  ],
  ['GitHub fails', refused(500, 'Oops\n::error::x'), /^GitHub answered 500 \(Oops ::error::x\)$/, 1],
  ['a proxy refuses', {reply: {status: 502, body: '<html>'}}, /^GitHub answered 502$/, 1],
  ['the limit is reached', refused(429, 'API rate limit exceeded'), /^GitHub answered 429/, 1],
  ['the connection ends', {reply: 'reset'}, /^GitHub could not be reached: GET http.* failed: /, 1],
  ['GitHub is slow', {reply: NEVER}, /^GitHub did not answer within 0\.2 s$/, 1],
  ['the answer is empty', {reply: {status: 200}}, /^GitHub's response has no `created_at`$/, 1],
  ['the time is invalid', {reply: {status: 200, body: {created_at: 'soon'}}}, /has no `created_at`$/, 1],
])('returns the reason if %s', async (_name, given, reason, asked) => {
  const {created, requests} = await ask(given);
  expect(created).toEqual({unknown: expect.stringMatching(reason)});
  expect(requests).toHaveLength(asked);
});
