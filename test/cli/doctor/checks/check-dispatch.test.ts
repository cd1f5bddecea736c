import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {fetch} from '../../../../src/base/http/fetch.ts';
import {checkRepository} from '../../../../src/cli/doctor/checks/check-dispatch.ts';
import {createGitHubReader} from '../../../../src/cli/doctor/github-api.ts';
import {type GitHubServer, startGitHubServer} from '../../../helpers/servers/github-server.ts';

const SECONDARY = {status: 403, body: {message: 'You have exceeded a secondary rate limit.'}};
const SEEN = {status: 200, body: {default_branch: 'main'}};
let github: GitHubServer;

beforeEach(async () => {
  github = await startGitHubServer();
});
afterEach(() => github.close());

async function ask() {
  const env = {repository: 'acme/ops', token: 'ghs_1', apiUrl: github.url, graphqlUrl: '', runsUrl: ''};
  const {findings} = await checkRepository(createGitHubReader(env, fetch));
  return findings[0];
}

test.each([
  [SECONDARY, /Try again in 1 min/],
  [{status: 429, headers: {'retry-after': '600'}}, /Try again in 10 min/],
  [{status: 503}, /githubstatus/],
  [{status: 403, body: {message: 'Resource not accessible'}}, /Contents: write/],
])('%j is explained, whether it is the response about the repository or to the dispatch', async (reply, fix) => {
  github.replyNext(reply);
  expect((await ask())?.fix).toMatch(fix);
  github.replyNext(SEEN, reply);
  expect((await ask())?.fix).toMatch(fix);
});
