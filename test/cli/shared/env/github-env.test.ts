import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Problem} from '../../../../src/base/errors.ts';
import {connect, readGitHubEnv, readMemoryEnv} from '../../../../src/cli/shared/env/github-env.ts';
import {NOW} from '../../../helpers/processes/cli-world.ts';
import {APP_ID, GitHubApp} from '../../../helpers/servers/github-app.ts';
import {type GitHubServer, startGitHubServer} from '../../../helpers/servers/github-server.ts';

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

const env = (more: Record<string, string> = {}) => ({
  GITHUB_REPOSITORY: 'acme/operations',
  GITHUB_API_URL: server.url,
  GITHUB_APP_ID: String(APP_ID),
  GITHUB_APP_PRIVATE_KEY: app.pem,
  ...more,
});

async function connected(given: Record<string, string>, scope: 'dispatch' | 'all' = 'dispatch') {
  const problems: Problem[] = [];
  const access = readGitHubEnv(given, problems);
  const memory = readMemoryEnv(given, problems);
  expect(problems).toEqual([]);
  return connect({access, memory, scope}, {fetch, now: () => NOW});
}

function problemsOf(given: Record<string, string>): string {
  const problems: Problem[] = [];
  readGitHubEnv(given, problems);
  return problems.map(({message}) => message).join('\n');
}

describe('a GitHub App', () => {
  test('gets one token for dispatches and the memory, with the least permissions', async () => {
    const {github, memory} = await connected(env());
    expect(app.tokens).toMatchObject([
      {token: github.token, repositories: ['acme/operations'], permissions: {contents: 'write', metadata: 'read'}},
    ]);
    expect(memory).toMatchObject({token: github.token, repository: 'acme/operations'});
  });

  test('gets another token for the memory in another repository', async () => {
    const {github, memory} = await connected(env({MEMORY_REPOSITORY: 'acme/other'}));
    expect(app.tokens.map(({repositories}) => repositories)).toEqual([['acme/operations'], ['acme/other']]);
    expect(memory.token).not.toBe(github.token);
  });

  test('creates no second token if the memory has another', async () => {
    const {memory} = await connected(env({MEMORY_REPOSITORY: 'acme/other', MEMORY_TOKEN: 'm'}));
    expect([memory.token, app.tokens.length]).toEqual(['m', 1]);
  });

  test('creates a token with all its permissions for commands that read runs and settings', async () => {
    await connected(env(), 'all');
    expect(app.tokens[0]?.permissions).toMatchObject({issues: 'write'});
  });

  test('that is not installed is explained', async () => {
    app.installations = [];
    await expect(connected(env())).rejects.toThrow(/The GitHub App is not installed on acme\/operations/);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['half of the credentials', {GITHUB_APP_PRIVATE_KEY: ''}, /GITHUB_APP_PRIVATE_KEY is missing/],
    ['a token next to it', {GITHUB_TOKEN: 't'}, /GITHUB_TOKEN and GITHUB_APP_ID are both set/],
    ['a wrong id', {GITHUB_APP_ID: 'mine'}, /GITHUB_APP_ID must be the App ID/],
    ['no repository', {GITHUB_REPOSITORY: ''}, /GITHUB_REPOSITORY is not set/],
  ])('%s is a mistake', (_name, more, says) => {
    expect(problemsOf(env(more))).toMatch(says);
  });
});

test('a token is used unchanged', async () => {
  const given = {GITHUB_REPOSITORY: 'acme/operations', GITHUB_TOKEN: 't'};
  const before = server.requests.length;
  expect(await connected(given)).toMatchObject({github: {token: 't'}, memory: {token: 't'}});
  expect(server.requests).toHaveLength(before);
});

test('the error names both ways without credentials', () => {
  expect(problemsOf({GITHUB_REPOSITORY: 'acme/operations'})).toMatch(
    /GITHUB_TOKEN is missing: .* or set GITHUB_APP_ID/,
  );
});
