import {setImmediate} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {createLog} from '../../../relay/observe/log.ts';
import {createIssueToken} from '../../../src/clients/github/app/installation-token.ts';
import {createGitHub, type GitHub} from '../../../src/clients/github/client.ts';
import type {Credentials} from '../../../src/clients/github/credentials.ts';
import {createAppCredentials} from '../../../src/clients/github/credentials.ts';
import {explainGitHubRefusal} from '../../../src/clients/github/refusal.ts';
import {APP_ID, GitHubApp} from '../../helpers/servers/github-app.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import type {Reply} from '../../helpers/servers/http-server.ts';
import {NOW, recordLog} from '../../relay/test-relay.ts';

const MINUTE = 60_000;
const repository = {owner: 'acme', name: 'operations'};

let server: GitHubServer;
let app: GitHubApp;
let credentials: Credentials;
let github: GitHub;
let logged: ReturnType<typeof recordLog>;

beforeEach(async () => {
  server = await startGitHubServer();
  app = new GitHubApp(NOW);
  server.app = app;
  logged = recordLog();
  const settings = {appId: APP_ID, privateKey: app.privateKey, installationId: undefined};
  const now = () => app.nowMs;
  credentials = createAppCredentials({
    issueToken: createIssueToken({app: settings, apiUrl: server.url, repository}, {fetch, now}),
    now,
    log: createLog('debug', logged.sink),
  });
  github = createGitHub({apiUrl: server.url, credentials}, fetch);
});
afterEach(() => server.close());

const pass = (ms: number) => {
  app.nowMs += ms;
};
const dispatch = (timeoutMs = 5_000) =>
  github({
    method: 'POST',
    path: '/repos/acme/operations/dispatches',
    json: '{"event_type":"x","client_payload":{}}',
    timeoutMs,
  });
/** Resolves when the App has created this number of tokens, and the last is in use. */
async function tokensMade(count: number): Promise<void> {
  while (app.tokens.length < count) await setImmediate();
  while ((await credentials.token()) !== app.tokens[count - 1]?.token) await setImmediate();
}
const isRenewal = ({path}: {path: string}) => path.endsWith('/access_tokens');
const renewals = () => server.requests.filter(isRenewal).length;

/** Holds requests to this route until `proceed` is called. The response is then the usual one, or `reply`. `arrived` resolves with the first request. */
function hold(route: string, reply?: Reply) {
  let proceed = () => {};
  let arrive = () => {};
  const held = new Promise<Reply | undefined>(resolve => (proceed = () => resolve(reply)));
  const arrived = new Promise<void>(resolve => (arrive = resolve));
  server.replyAll = ({path}) => {
    if (!path.endsWith(route)) return undefined;
    arrive();
    return held;
  };
  return {arrived, proceed};
}

describe('a token of an App', () => {
  test('is fetched once for many requests, and used until shortly before it expires', async () => {
    const answers = await Promise.all(Array.from({length: 50}, () => dispatch()));
    expect(answers.every(({status}) => status === 204)).toBe(true);
    expect(server.requests).toHaveLength(52);
    pass(49 * MINUTE);
    expect(await dispatch()).toMatchObject({status: 204});
    expect(app.tokens).toHaveLength(1);
    expect(server.requests.at(-1)?.headers['authorization']).toBe(`token ${app.tokens[0]?.token}`);
  });

  test('that has expired is fetched once for fifty webhooks', async () => {
    await dispatch();
    pass(60 * MINUTE);
    const answers = await Promise.all(Array.from({length: 50}, () => dispatch()));
    expect(answers.map(({status}) => status)).toEqual(Array(50).fill(204));
    expect(app.tokens).toHaveLength(2);
  });

  test('is not used shortly before it expires', async () => {
    await dispatch();
    pass(60 * MINUTE - 29_000);
    server.replyAll = request => (isRenewal(request) ? {status: 503} : undefined);
    expect(await dispatch()).toMatchObject({status: 503});
    expect(renewals()).toBe(2);
  });
});

describe('ten minutes before it expires', () => {
  test('the next request renews the token, and does not wait for it', async () => {
    await dispatch();
    pass(51 * MINUTE);
    const {arrived, proceed} = hold('/access_tokens');
    const answers = await Promise.all(Array.from({length: 50}, () => dispatch()));
    expect(answers.every(({status}) => status === 204)).toBe(true);
    await arrived;
    expect(app.tokens).toHaveLength(1);
    proceed();
    await tokensMade(2);
    expect(renewals()).toBe(2);
  });

  test('a failure is logged, the old token stays in use, and another attempt follows after 30 s', async () => {
    await dispatch();
    pass(51 * MINUTE);
    server.replyAll = request => (isRenewal(request) ? {status: 503, body: {message: 'no'}} : undefined);
    for (let n = 0; n < 5; n++) expect(await dispatch()).toMatchObject({status: 204});
    expect(await logged.lineWith({level: 'warn'})).toMatchObject({
      reason: expect.stringMatching(/^no/),
      msg: expect.stringMatching(/can't be renewed yet. The old one is used/),
    });
    expect(renewals()).toBe(2);
    server.replyAll = undefined;
    pass(30_000);
    await dispatch();
    await tokensMade(2);
  });
});

describe('without a token', () => {
  test('a request gets the response of GitHub, and the next one tries again', async () => {
    app.installations = [];
    const answer = await dispatch();
    expect(answer).toMatchObject({status: 404, isApp: true});
    expect(explainGitHubRefusal(answer, repository)).toMatch(
      /^The GitHub App is not installed on acme\/operations, .* GitHub says: Not Found/,
    );
    app.installations = new GitHubApp(NOW).installations;
    expect(await dispatch()).toMatchObject({status: 204});
  });

  test('a limit keeps its headers', async () => {
    server.replyNext({status: 429, headers: {'retry-after': '33'}, body: {message: 'slow down'}});
    expect(await dispatch()).toMatchObject({status: 429, headers: {'retry-after': '33'}});
  });

  test('a request waits until its time limit, and others still get the token', async () => {
    const {proceed} = hold('/installation');
    const patient = dispatch();
    expect(await dispatch(20)).toMatchObject({
      status: undefined,
      message: expect.stringMatching(/^no answer within 0.02 s/),
      isApp: true,
    });
    proceed();
    expect(await patient).toMatchObject({status: 204});
    expect(app.tokens).toHaveLength(1);
  });
});

describe('a token that GitHub refuses', () => {
  /** Gives this answer to dispatches with a token that exists now. */
  const refuseOldTokens = (reply: Reply) => {
    const old = new Set(app.tokens.map(({token}) => `token ${token}`));
    server.replyAll = ({path, headers}) =>
      path.endsWith('/dispatches') && old.has(headers['authorization'] ?? '') ? reply : undefined;
  };

  test.each([
    [401, 'Bad credentials'],
    [403, 'Resource not accessible by integration'],
    [404, 'Not Found'],
  ])('with %i is replaced, and the request is repeated', async (status, message) => {
    await dispatch();
    refuseOldTokens({status, body: {message}});
    expect(await dispatch()).toMatchObject({status: 204});
    expect(app.tokens).toHaveLength(2);
  });

  test('is replaced once for all requests that used it', async () => {
    await dispatch();
    refuseOldTokens({status: 403, body: {message: 'no'}});
    const answers = await Promise.all(Array.from({length: 10}, () => dispatch()));
    expect(answers.map(({status}) => status)).toEqual(Array(10).fill(204));
    expect(renewals()).toBe(2);
  });

  test('is not replaced if another token is already in use', async () => {
    await dispatch();
    const {arrived, proceed} = hold('/dispatches', {status: 401});
    const late = dispatch();
    await arrived;
    pass(60 * MINUTE);
    server.replyAll = undefined;
    expect(await dispatch()).toMatchObject({status: 204});
    proceed();
    expect(await late).toMatchObject({status: 204});
    expect(renewals()).toBe(2);
  });

  test.each([401, 403, 404])('is replaced at most once in 30 s if each is refused, with %i', async status => {
    server.replyAll = ({path}) => (path.endsWith('/dispatches') ? {status, body: {message: 'no'}} : undefined);
    for (let n = 0; n < 10; n++) expect(await dispatch()).toMatchObject({status, isApp: true});
    expect(app.tokens).toHaveLength(2);
    pass(31_000);
    for (let n = 0; n < 10; n++) await dispatch();
    expect(app.tokens).toHaveLength(3);
  });

  test.each<Reply>([
    {status: 403, headers: {'retry-after': '60'}},
    {status: 403, headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1763900100'}},
    {status: 403, body: {message: 'You have exceeded a secondary rate limit.'}},
    {status: 422},
    {status: 500},
  ])('is kept if the response is about something else: %j', async reply => {
    server.replyAll = ({path}) => (path.endsWith('/dispatches') ? reply : undefined);
    expect(await dispatch()).toMatchObject({status: reply.status});
    expect(app.tokens).toHaveLength(1);
  });

  test('is kept if a file is missing', async () => {
    const path = '/repos/acme/operations/contents/.github/port-reactor.yml';
    expect(await github({method: 'GET', path, timeoutMs: 5_000, mayBeMissing: true})).toMatchObject({status: 404});
    expect(app.tokens).toHaveLength(1);
  });
});
