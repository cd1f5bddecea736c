import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {fetch} from '../../../src/base/http/fetch.ts';
import {createRepositoryFiles} from '../../../src/clients/github/repository-files.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import {startProxy} from '../../helpers/servers/proxy.ts';

const PATH = '.github/port-reactor.yml';
const FILE = {repository: 'acme/ops', path: PATH, sha: 'abc123'};

let github: GitHubServer;

beforeEach(async () => {
  github = await startGitHubServer();
  github.files.set(PATH, 'rules: []\n');
  waits = [];
});
afterEach(() => github.close());

let waits: number[] = [];

function filesOf(
  apiUrl: string,
  timing: {patienceMs: number; pausesMs: number[]},
  sleep = async (ms: number) => void waits.push(ms),
) {
  return createRepositoryFiles({token: 'token', apiUrl}, {fetch, sleep}, timing);
}

function read(patienceMs = 20_000): Promise<string> {
  return filesOf(github.url, {patienceMs, pausesMs: [1, 1]}).read(FILE);
}

test.each([
  'application/vnd.github.raw+json; charset=utf-8',
  'application/vnd.github.raw',
  'application/octet-stream',
  'text/plain',
  'text/plain; charset=UTF-8',
  'nonsense',
])('returns a file of any content type as text: %s', async type => {
  github.replyNext({status: 200, headers: {'content-type': type}, body: 'name: schön\n'});
  await expect(read()).resolves.toBe('name: schön\n');
});

describe('a temporary failure is retried', () => {
  test.each(['reset', 'cut', {status: 500}, {status: 503}] as const)('%j', async reply => {
    github.replyNext(reply, reply);
    await expect(read()).resolves.toBe('rules: []\n');
  });

  test('twice', async () => {
    github.replyAll = () => ({status: 502, body: {message: 'Bad gateway'}});
    await expect(read()).rejects.toThrow(/Bad gateway/);
    expect(github.requests).toHaveLength(3);
  });

  test.each([401, 403, 404, 422])('but not a refusal: %d', async status => {
    github.replyAll = () => ({status, body: {message: 'No'}});
    await expect(read()).rejects.toThrow();
    expect(github.requests).toHaveLength(1);
  });
});

describe('a rate limit', () => {
  test.each([
    [{status: 403, headers: {'retry-after': '3'}}, 3_000],
    [{status: 429, headers: {'retry-after': '1'}}, 1_000],
  ])('%j is waited for if it is short', async (reply, waitMs) => {
    github.replyNext(reply);
    await expect(read()).resolves.toBe('rules: []\n');
    expect(waits).toEqual([waitMs]);
  });

  test.each([
    {status: 403, headers: {'retry-after': '60'}},
    {status: 429, body: {message: 'You have exceeded a secondary rate limit'}},
  ])('%j is an error immediately if it is longer than the retry limit', async reply => {
    github.replyNext(reply);
    await expect(read()).rejects.toThrow(`GitHub answered ${reply.status}`);
    expect(waits).toEqual([]);
  });
});

test('the redirect of a renamed repository is followed', async () => {
  github.replyNext({status: 301, headers: {location: `${github.url}/repos/acme/ops/contents/${PATH}?ref=abc123`}});
  await expect(read()).resolves.toBe('rules: []\n');
});

test('the token is not sent to another host', async () => {
  github.replyNext({status: 301, headers: {location: 'http://127.0.0.1:9/contents'}});
  await expect(read()).rejects.toThrow('GitHub answered 301');
});

test('the proxy of the environment is used', async () => {
  const proxy = await startProxy({'github.example': github.url});
  process.env['http_proxy'] = proxy.url;
  try {
    const files = filesOf('http://github.example', {patienceMs: 5_000, pausesMs: []});
    await expect(files.read(FILE)).resolves.toBe('rules: []\n');
    expect(proxy.asked).toEqual(['github.example:80']);
  } finally {
    delete process.env['http_proxy'];
    proxy.close();
  }
});

describe('stops at the retry limit', () => {
  test('with a server that never answers', async () => {
    github.replyAll = () => 'hang';
    await expect(read(100)).rejects.toThrow('GitHub did not answer within 0.1 s');
    expect(github.requests).toHaveLength(1);
  });

  test('with a server that fails until then', async () => {
    github.replyAll = () => ({status: 503});
    const files = filesOf(github.url, {patienceMs: 200, pausesMs: [60_000]}, () => new Promise(() => {}));
    await expect(files.read(FILE)).rejects.toThrow('within 0.2 s');
  });

  test('in total for any number of requests', async () => {
    github.replyAll = ({path}) => (path.endsWith('.yml') ? {status: 404} : 'hang');
    const files = filesOf(github.url, {patienceMs: 200, pausesMs: []});
    await expect(files.find(FILE)).rejects.toThrow('within 0.2 s');
  });
});
