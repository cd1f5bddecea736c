import {afterAll, beforeAll, beforeEach, describe, expect, jest, test} from '@jest/globals';
import {fixedToken} from '../../relay/credentials.ts';
import {createGitHub, explainRefusal, type GitHub, type GitHubAnswer} from '../../relay/github.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/github-server.ts';

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

  test('sends the credentials, the version and its name', async () => {
    const json = '{"event_type":"x","client_payload":{}}';
    expect(await send(json)).toMatchObject({status: 204});
    expect(server.requests.at(-1)).toMatchObject({
      path,
      text: json,
      headers: {
        authorization: 'token secret-token',
        'content-type': 'application/json; charset=utf-8',
        'x-github-api-version': '2022-11-28',
        'user-agent': expect.stringMatching(/^port-reactor /),
      },
    });
  });

  test('an address with a path, as of GitHub Enterprise Server, is kept', async () => {
    github = createGitHub({apiUrl: `${server.url}/api/v3`, credentials: fixedToken('t')}, fetch);
    await send('{}');
    expect(server.requests.at(-1)?.path).toBe(`/api/v3${path}`);
  });

  test.each([['["5n'], ['say:"12n"'], ['12n'], ['\\"7n"'], ['\u2028'], ['__proto__']])(
    'the text %j arrives as it is: nothing looks for big integers in it',
    async text => {
      const payload = {event_type: 'x', client_payload: {text, [text]: [text]}};
      await send(JSON.stringify(payload));
      expect(server.requests.at(-1)?.json).toEqual(payload);
    },
  );

  test('a refusal is a value, with status, headers and GitHub’s words on one line', async () => {
    server.answerNext({status: 422, headers: {'x-a': 'b'}, body: {message: `too\nlarge ${'x'.repeat(500)}`}});
    const answer = await send('{}');
    expect(answer).toMatchObject({status: 422, headers: {'x-a': 'b'}});
    expect(answer.message).toMatch(/^too large x+…$/);
    expect(answer.message).toHaveLength(300);
  });

  test.each([301, 302, 303, 307, 308])('does not follow a %i: what it leads to accepts nothing', async status => {
    const before = server.requests.length;
    server.answerAll = ({path: asked}) =>
      asked === path ? {status, headers: {location: `${server.url}/elsewhere`}} : {status: 200, body: 'a page'};
    expect(await send('{}')).toMatchObject({status});
    expect(server.requests).toHaveLength(before + 1);
    server.answerAll = undefined;
  });

  test('no answer is a value too: a timeout, a reset, nobody there', async () => {
    server.answerNext('hang');
    expect(await send('{}', 30)).toEqual({
      status: undefined,
      headers: {},
      body: undefined,
      message: 'no answer within 0.03 s',
    });
    server.answerNext('reset');
    expect(await send('{}')).toMatchObject({
      status: undefined,
      message: expect.stringMatching(/fetch failed|closed|ECONNRESET/),
    });
    github = createGitHub({apiUrl: 'http://127.0.0.1:1', credentials: fixedToken('t')}, fetch);
    expect(await send('{}')).toMatchObject({
      status: undefined,
      message: expect.stringMatching(/fetch failed|ECONNREFUSED|bad port/),
    });
  });

  test('a note that something is deprecated does not get between the JSON lines', async () => {
    const warn = jest.spyOn(console, 'warn');
    server.answerNext({status: 204, headers: {deprecation: 'true'}});
    await send('{}');
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test('an answer that is no JSON, though it says so, is a refusal like any other', async () => {
    server.answerNext({status: 502, body: '<html>Bad gateway</html>'});
    expect(await send('{}')).toMatchObject({status: 502});
  });
});

describe('explainRefusal', () => {
  const repository = {owner: 'acme', name: 'operations'};
  const explain = (status: number, message = '', more: Partial<GitHubAnswer> = {}) =>
    explainRefusal({status, message, headers: {}, body: undefined, ...more}, repository);

  test.each([
    [401, /token.*GITHUB_TOKEN/],
    [403, /Contents: write.*single sign-on.*archived/],
    [404, /repository is missing, or the token lacks Contents: write on acme\/operations/],
    [422, /acme\/operations/],
    [301, /GITHUB_REPOSITORY.*new name/],
    [418, /418.*GITHUB_API_URL/],
  ])('says what to mend for a %i', (status, expected) => {
    expect(explain(status)).toMatch(expected);
    expect(explain(status, 'Some words')).toMatch(status === 301 ? expected : /GitHub says: Some words$/);
  });

  test.each([
    [401, /made for the GitHub App, and withdrawn since; the next request is made with another/],
    [403, /forbids the GitHub App.*Contents: read and write.*its installation's page.*archived/],
    [404, /the repository is missing, or the GitHub App lacks Contents: write on acme\/operations/],
    [418, /418.*GITHUB_API_URL and GITHUB_APP_ID/],
  ])('speaks of the GitHub App where it is one, for a %i', (status, expected) => {
    expect(explain(status, '', {isApp: true})).toMatch(expected);
    expect(explain(status, '', {isApp: true})).not.toMatch(/GITHUB_TOKEN|single sign-on/);
  });

  test('prefers what is known better, and adds GitHub’s words', () => {
    expect(explain(404, 'Not Found', {isApp: true, explanation: 'It is not installed.'})).toBe(
      'It is not installed. GitHub says: Not Found',
    );
  });
});
