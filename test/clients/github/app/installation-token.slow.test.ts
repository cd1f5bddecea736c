import {generateKeyPairSync} from 'node:crypto';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Fetch} from '../../../../src/base/deps.ts';
import type {AppSettings} from '../../../../src/clients/github/app/app-settings.ts';
import {type AppAccess, createIssueToken} from '../../../../src/clients/github/app/installation-token.ts';
import {NoToken} from '../../../../src/clients/github/credentials.ts';
import type {GitHubResponse} from '../../../../src/clients/github/response.ts';
import {APP_ID, CLIENT_ID, GitHubApp} from '../../../helpers/servers/github-app.ts';
import {type GitHubServer, startGitHubServer} from '../../../helpers/servers/github-server.ts';
import {NOW} from '../../../relay/test-relay.ts';

let server: GitHubServer;
let app: GitHubApp;
beforeAll(async () => {
  server = await startGitHubServer();
});
beforeEach(() => {
  app = new GitHubApp(NOW);
  server.app = app;
});
afterAll(() => server.close());

const FIND = '/repos/acme/operations/installation';
const MAKE = '/app/installations/777/access_tokens';

/** By default the installed App, and a correct clock. */
function issuer(
  settings: Partial<AppSettings> = {},
  {now = () => NOW, ...access}: Partial<AppAccess> & {now?: () => number} = {},
) {
  return createIssueToken(
    {
      app: {appId: APP_ID, privateKey: app.privateKey, installationId: undefined, ...settings},
      apiUrl: server.url,
      repository: {owner: 'acme', name: 'operations'},
      ...access,
    },
    {fetch, now},
  );
}

/** The paths of the requests during `act`. */
async function pathsOf(act: () => Promise<unknown>): Promise<string[]> {
  const before = server.requests.length;
  await act();
  return server.requests.slice(before).map(({path}) => path);
}

async function failureOf(issue: () => Promise<unknown>): Promise<GitHubResponse> {
  const error = await issue().then(
    () => undefined,
    thrown => thrown,
  );
  expect(error).toBeInstanceOf(NoToken);
  return (error as NoToken).response;
}

describe('a token', () => {
  test('is limited to the repository and to its contents', async () => {
    const {token, expiresAtMs} = await issuer()();
    expect(token).toBe(app.tokens[0]?.token);
    expect(token.length).toBeGreaterThan(600);
    expect(expiresAtMs).toBe(NOW + 3_600_000);
    expect(server.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: MAKE,
      json: {repositories: ['operations'], permissions: {contents: 'write', metadata: 'read'}},
      headers: {'user-agent': 'port-reactor'},
    });
  });

  test('belongs to the installation of the repository', async () => {
    expect(await pathsOf(issuer())).toEqual([FIND, MAKE]);
  });

  test('is issued if the look-up fails and the installation is set', async () => {
    server.replyNext({status: 404});
    expect(await pathsOf(issuer({installationId: 777}))).toEqual([FIND, MAKE]);
  });

  test('is also issued for the client ID', async () => {
    const {token} = await issuer({appId: CLIENT_ID})();
    expect(token).toBe(app.tokens[0]?.token);
  });

  test('is issued from GitHub Enterprise Server, under /api/v3', async () => {
    const paths = await pathsOf(issuer({}, {apiUrl: `${server.url}/api/v3`}));
    expect(paths).toEqual([`/api/v3${FIND}`, `/api/v3${MAKE}`]);
  });

  test('is new each time', async () => {
    const issue = issuer();
    expect((await issue()).token).not.toBe((await issue()).token);
  });

  test.each([-535, -300, 59])('is issued if the clock is %i s off', async seconds => {
    await expect(issuer({}, {now: () => NOW + seconds * 1000 + 999})()).resolves.toMatchObject({});
  });

  test('is issued in the same request after the App was removed and installed again', async () => {
    const issue = issuer();
    await issue();
    app.installations = [
      {id: 888, repositories: ['acme/operations'], permissions: {contents: 'write', metadata: 'read'}},
    ];
    expect(await pathsOf(issue)).toEqual([FIND, '/app/installations/888/access_tokens']);
  });

  test('is refused if the App was removed, and the next call requests it again', async () => {
    const issue = issuer();
    await issue();
    app.installations = [];
    expect(await failureOf(issue)).toMatchObject({
      status: 404,
      explanation: expect.stringMatching(/is not installed on acme\/operations/),
    });
  });

  test.each([undefined, 777])(
    'is issued for a renamed repository by its id (installation in the settings: %s)',
    async installationId => {
      const issue = issuer({installationId});
      server.replyAll = ({method, path, json}) => {
        if (path === FIND) return {status: 301, headers: {location: `${server.url}/repositories/42/installation`}};
        if (path === '/repositories/42/installation') return {status: 200, body: {id: 777}};
        const {repositories} = json as {repositories?: string[]};
        return method === 'POST' && repositories === undefined
          ? {status: 201, body: {token: 'for-42', expires_at: new Date(NOW + 3_600_000).toISOString()}}
          : {status: 422, body: {message: 'There is at least one repository that does not exist'}};
      };
      expect(await issue()).toMatchObject({token: 'for-42'});
      expect(server.requests.at(-1)?.json).toMatchObject({repository_ids: [42]});
      server.replyAll = undefined;
    },
  );
});

describe('a refused token has the reason and what to do', () => {
  const others = generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey;
  const first = () => app.installations[0] as GitHubApp['installations'][number];

  test.each<[string, number, RegExp, () => ReturnType<typeof issuer>]>([
    [
      'another key',
      401,
      /GITHUB_APP_PRIVATE_KEY and GITHUB_APP_ID must belong to the same App/,
      () => issuer({privateKey: others}),
    ],
    ['another App ID', 404, /has no GitHub App with this GITHUB_APP_ID/, () => issuer({appId: 1})],
    [
      'a fast clock',
      401,
      /clock of this machine is 61 s ahead of GitHub's/,
      () => issuer({}, {now: () => NOW + 61_000}),
    ],
    ['a slow clock', 401, /is 541 s behind GitHub's/, () => issuer({}, {now: () => NOW - 541_000})],
    [
      'a missing installation',
      404,
      /not installed on acme\/operations.*GITHUB_REPOSITORY.*\/organizations\/acme\/settings\/installations, or/,
      () => {
        app.installations = [];
        return issuer();
      },
    ],
    [
      'a suspended installation',
      403,
      /acme\/operations is suspended\. Unsuspend it.*\/settings\/installations if acme is a user/,
      () => {
        first().suspended = true;
        return issuer();
      },
    ],
    [
      'another installation',
      404,
      /no installation 5\. Unset GITHUB_APP_INSTALLATION_ID/,
      () => issuer({installationId: 5}),
    ],
    [
      'an installation without the repository',
      422,
      /does not include acme\/operations\. Add.*settings\/installations/,
      () => {
        first().repositories = ['acme/other'];
        return issuer({installationId: 777});
      },
    ],
    [
      'an installation with read permission only',
      422,
      /Contents: read and write.*accept.*settings\/installations/,
      () => {
        first().permissions = {contents: 'read', metadata: 'read'};
        return issuer();
      },
    ],
  ])('%s', async (_name, status, explanation, prepare) => {
    const answer = await failureOf(prepare());
    expect(answer).toMatchObject({status, isApp: true, explanation: expect.stringMatching(explanation)});
    expect(answer.message).toMatch(/./);
  });

  test.each([
    ['https://api.github.com', 'https://github.com/organizations/acme'],
    ['https://ghe.acme.example/api/v3', 'https://ghe.acme.example/organizations/acme'],
    ['https://api.acme.ghe.com', 'https://acme.ghe.com/organizations/acme'],
  ])('with the pages of %s', async (apiUrl, address) => {
    app.installations = [];
    const redirected: Fetch = (url, init) => fetch(url.replace(apiUrl, server.url), init);
    const {privateKey} = app;
    const access = {
      app: {appId: APP_ID, privateKey, installationId: undefined},
      apiUrl,
      repository: {owner: 'acme', name: 'x'},
    };
    const answer = await failureOf(createIssueToken(access, {fetch: redirected, now: () => NOW}));
    expect(answer.explanation).toContain(address);
  });
});

describe('if GitHub fails or limits requests, the response is returned unchanged', () => {
  test.each([
    [503, {'retry-after': '7'}],
    [403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1763900100'}],
    [429, {'retry-after': '60'}],
  ])('a %i with its headers', async (status, headers) => {
    const issue = issuer();
    server.replyNext({status, headers, body: {message: 'some words'}});
    const answer = await failureOf(issue);
    expect(answer).toMatchObject({status, headers, message: expect.stringMatching(/^some words/)});
    expect(answer.explanation).toBeUndefined();
    expect(await pathsOf(issue)).toEqual([FIND, MAKE]);
  });

  test('a redirect to another host, which is not followed', async () => {
    server.replyNext({status: 301, headers: {location: 'http://127.0.0.1:9/elsewhere'}});
    expect(await pathsOf(() => failureOf(issuer()))).toEqual([FIND]);
  });

  test.each([200, 201, 202, 204, 304])('but a %i without a token is not a success', async status => {
    for (const installationId of [undefined, 777]) {
      const reply = {status, ...(status === 204 || status === 304 ? {} : {body: {some: 'page'}})};
      server.replyAll = () => reply;
      expect(await failureOf(issuer({installationId}))).toMatchObject({
        status: undefined,
        message: expect.stringMatching(/^no token for the App: .*not from GitHub's API\. Check GITHUB_API_URL$/),
      });
      server.replyAll = undefined;
    }
  });

  test('and a missing response is returned as one', async () => {
    server.replyNext('reset');
    expect(await failureOf(issuer())).toMatchObject({
      status: undefined,
      message: expect.stringMatching(/^no token for the App: .*(closed|reset|fetch failed)/i),
    });
  });

  test('with one request each for any response', async () => {
    for (const status of [401, 403, 404, 429, 500, 502, 503]) {
      const reply = {status, body: {message: "'Expiration time' claim ('exp') is too far in the future"}};
      server.replyNext(reply, reply);
      expect(await pathsOf(() => failureOf(issuer({installationId: 777})))).toEqual([FIND, MAKE]);
    }
  });
});

test('no message has the key or the token', async () => {
  const {token} = await issuer()();
  app.installations = [];
  const text = JSON.stringify(await failureOf(issuer()));
  expect(text).not.toContain(token);
  expect(text).not.toContain(app.pem.slice(100, 140));
  expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
});
