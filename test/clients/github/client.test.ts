import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {createLog} from '../../../relay/observe/log.ts';
import {fetch} from '../../../src/base/http/fetch.ts';
import {createGitHub, type GitHub} from '../../../src/clients/github/client.ts';
import {type Credentials, fixedToken} from '../../../src/clients/github/credentials.ts';
import {explainGitHubRefusal} from '../../../src/clients/github/refusal.ts';
import type {GitHubResponse} from '../../../src/clients/github/response.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import {recordLog} from '../../relay/test-relay.ts';

describe('createGitHub', () => {
  let server: GitHubServer;
  let github: GitHub;
  const path = '/repos/acme/operations/dispatches';
  const send = (json: string, timeoutMs = 5_000) => github({method: 'POST', path, json, timeoutMs});

  beforeAll(async () => {
    server = await startGitHubServer();
  });
  beforeEach(() => {
    github = createGitHub({apiUrl: server.url, credentials: fixedToken('secret-token')}, fetch);
  });
  afterAll(() => server.close());

  test('sends the credentials, the API version and the user agent', async () => {
    const json = '{"event_type":"x","client_payload":{}}';
    expect(await send(json)).toMatchObject({status: 204});
    expect(server.requests.at(-1)).toMatchObject({
      path,
      text: json,
      headers: {
        authorization: 'token secret-token',
        'content-type': 'application/json; charset=utf-8',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'port-reactor',
      },
    });
  });

  test('keeps the path of the API URL, as of GitHub Enterprise Server', async () => {
    github = createGitHub({apiUrl: `${server.url}/api/v3`, credentials: fixedToken('t')}, fetch);
    await send('{}');
    expect(server.requests.at(-1)?.path).toBe(`/api/v3${path}`);
  });

  test.each([['["5n'], ['say:"12n"'], ['12n'], ['\\"7n"'], ['\u2028'], ['__proto__']])(
    'sends the text %j unchanged',
    async text => {
      const payload = {event_type: 'x', client_payload: {text, [text]: [text]}};
      await send(JSON.stringify(payload));
      expect(server.requests.at(-1)?.json).toEqual(payload);
    },
  );

  test('returns a refusal with status, headers and the message of GitHub on one line', async () => {
    server.replyNext({status: 422, headers: {'retry-after': '7'}, body: {message: `too\nlarge ${'x'.repeat(500)}`}});
    const answer = await send('{}');
    expect(answer).toMatchObject({status: 422, headers: {'retry-after': '7'}});
    expect(answer.message).toMatch(/^too large x+…$/);
    expect(answer.message).toHaveLength(300);
  });

  test.each([302, 303])('does not follow a %i, which turns a POST into a GET', async status => {
    const before = server.requests.length;
    server.replyAll = ({path: asked}) =>
      asked === path ? {status, headers: {location: `${server.url}/elsewhere`}} : {status: 204};
    expect(await send('{}')).toMatchObject({status});
    expect(server.requests).toHaveLength(before + 1);
    server.replyAll = undefined;
  });

  describe('does not send a request that may no longer be sent', () => {
    let isLimited = false;
    const limit = () => {
      isLimited = true;
    };
    /** A GitHub App that calls `meanwhile` while its token is fetched. */
    const app = (meanwhile = () => {}): Credentials => ({
      isApp: true,
      async token() {
        meanwhile();
        return 't';
      },
      refused: () => true,
    });
    const limitAfter = (status: number) => {
      server.replyAll = () => {
        limit();
        return {status, headers: {location: '/elsewhere'}};
      };
    };
    beforeEach(() => {
      isLimited = false;
    });
    afterEach(() => {
      server.replyAll = undefined;
    });

    test.each<[string, Credentials, number, number]>([
      ['after its token was fetched', app(limit), 204, 0],
      ['with another token', app(), 401, 1],
      ['to the new address of a renamed repository', fixedToken('t'), 307, 1],
    ])('%s', async (_name, credentials, status, requests) => {
      limitAfter(status);
      const before = server.requests.length;
      github = createGitHub({apiUrl: server.url, credentials}, fetch);
      const answer = await github({method: 'POST', path, json: '{}', timeoutMs: 5_000, shouldSend: () => !isLimited});
      expect(answer).toMatchObject({status: undefined, unsent: 'skipped'});
      expect(server.requests).toHaveLength(before + requests);
    });
  });

  test('returns a missing response as a value: a timeout, a reset, no server', async () => {
    server.replyNext('hang');
    expect(await send('{}', 30)).toEqual({
      status: undefined,
      headers: {},
      body: undefined,
      message: 'no answer within 0.03 s (directly: if this network needs a proxy, set http_proxy)',
    });
    server.replyNext('reset');
    expect(await send('{}')).toMatchObject({
      status: undefined,
      message: expect.stringMatching(/hang up|ECONNRESET/),
    });
    github = createGitHub({apiUrl: 'http://127.0.0.1:1', credentials: fixedToken('t')}, fetch);
    expect(await send('{}')).toMatchObject({
      status: undefined,
      message: expect.stringMatching(/ECONNREFUSED/),
      unsent: 'failed', // the earlier requests may have arrived
    });
  });

  test('returns a refusal without JSON as a refusal', async () => {
    server.replyNext({status: 502, body: '<html>Bad gateway</html>'});
    expect(await send('{}')).toMatchObject({status: 502});
  });
});

describe('a repository that was renamed', () => {
  let server: GitHubServer;
  let logged: ReturnType<typeof recordLog>;
  let github: GitHub;
  const path = '/repos/acme/operations/dispatches';
  const send = () =>
    github({method: 'POST', path, json: '{"event_type":"x","client_payload":{"a":1}}', timeoutMs: 5_000});

  beforeEach(async () => {
    server = await startGitHubServer();
    logged = recordLog();
    github = createGitHub(
      {apiUrl: server.url, credentials: fixedToken('t'), log: createLog('info', logged.sink)},
      fetch,
    );
  });
  afterEach(() => server.close());

  /** GitHub's redirects use the id of the repository. */
  const redirect = (status: number, location = '/repositories/1296269/dispatches') => {
    server.replyAll = ({path: asked}) => {
      if (asked === path) return {status, headers: {location}};
      if (asked === '/repositories/1296269') return {status: 200, body: {full_name: 'acme/ops'}};
      return asked === '/repositories/1296269/dispatches' ? {status: 204} : undefined;
    };
  };

  test.each([301, 307, 308])('is followed by a %i with the same method, body and token', async status => {
    redirect(status);
    expect(await send()).toMatchObject({status: 204});
    expect(server.requests[1]).toMatchObject({
      method: 'POST',
      path: '/repositories/1296269/dispatches',
      json: {event_type: 'x', client_payload: {a: 1}},
      headers: {authorization: 'token t'},
    });
  });

  test('is named in one warning', async () => {
    redirect(301);
    await send();
    expect(await logged.lineWith({level: 'warn'})).toMatchObject({
      newName: 'acme/ops',
      msg: expect.stringMatching(/renamed or transferred\. Set GITHUB_REPOSITORY to acme\/ops$/),
    });
    await send();
    expect(logged.log).toHaveLength(1);
  });

  test('is named from the redirect URL if it contains the name', async () => {
    redirect(301, '/repos/acme/ops/dispatches');
    expect(await send()).toMatchObject({status: 204});
    expect(await logged.lineWith({level: 'warn'})).toMatchObject({newName: 'acme/ops'});
  });

  test.each([
    ['another host', 'http://localhost.example/repos/acme/ops/dispatches'],
    ['another port', 'http://127.0.0.1:9/repos/acme/ops/dispatches'],
    ['an invalid URL', 'http://['],
    ['itself in a loop', path],
  ])('is not followed to %s', async (_name, location) => {
    redirect(301, location);
    const answer = await send();
    expect(answer.status).toBe(301);
    expect(explainGitHubRefusal(answer, {owner: 'acme', name: 'operations'})).toMatch(
      /GITHUB_REPOSITORY to its new name/,
    );
    expect(server.requests.length).toBeLessThanOrEqual(4);
  });
});

describe('explainGitHubRefusal', () => {
  const repository = {owner: 'acme', name: 'operations'};
  const explain = (status: number, message = '', more: Partial<GitHubResponse> = {}) =>
    explainGitHubRefusal({status, message, headers: {}, body: undefined, ...more}, repository);

  test.each([
    [401, /token.*GITHUB_TOKEN/],
    [403, /Contents: write.*single sign-on.*archived/],
    [404, /repository does not exist, or the token lacks Contents: write on acme\/operations/],
    [422, /acme\/operations/],
    [301, /GITHUB_REPOSITORY.*new name/],
    [418, /418.*GITHUB_API_URL/],
  ])('explains the fix for a %i', (status, expected) => {
    expect(explain(status)).toMatch(expected);
    expect(explain(status, 'Some words')).toMatch(status === 301 ? expected : /GitHub says: Some words$/);
  });

  test.each([
    [401, /token of the GitHub App was revoked, and so was its replacement/],
    [403, /does not allow the GitHub App.*Contents: read and write.*its installation's page.*archived/],
    [404, /the repository does not exist, or the GitHub App lacks Contents: write on acme\/operations/],
    [418, /418.*GITHUB_API_URL and GITHUB_APP_ID/],
  ])('explains a %i for a GitHub App', (status, expected) => {
    expect(explain(status, '', {isApp: true})).toMatch(expected);
    expect(explain(status, '', {isApp: true})).not.toMatch(/GITHUB_TOKEN|single sign-on/);
  });

  test('prefers a given explanation, and adds the message of GitHub', () => {
    expect(explain(404, 'Not Found', {isApp: true, explanation: 'It is not installed.'})).toBe(
      'It is not installed. GitHub says: Not Found',
    );
  });
});
