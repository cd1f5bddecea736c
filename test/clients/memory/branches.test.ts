import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import type {Fetch} from '../../../src/base/deps.ts';
import {createMemoryBranches, type MemoryBranches} from '../../../src/clients/memory/branches.ts';
import {MemoryError} from '../../../src/clients/memory/calls.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';

const MESSAGE = {headline: '1 opened [skip ci]', body: 'nonce: 123/1/1'};

let github: MemoryGitHub;
let branches: MemoryBranches;
let waits: number[];

beforeEach(async () => {
  github = await startMemoryGitHub();
  waits = [];
  branches = branchesOver(fetch);
});
afterEach(() => github.close());

function branchesOver(fetch: Fetch): MemoryBranches {
  const {repository, url: apiUrl, graphqlUrl} = github;
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  return createMemoryBranches({repository, token: 'secret', apiUrl, graphqlUrl}, {fetch, sleep});
}

async function failure(work: Promise<unknown>): Promise<MemoryError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MemoryError);
  return error as MemoryError;
}

describe('reading', () => {
  test('reads any number of shards in one query', async () => {
    const head = github.put(3, 'three');
    github.put(5, 'five');
    const shards = await branches.read([3, 5]);
    expect(shards.get(3)).toEqual({head, message: 'Edit by hand', author: 'jane', text: 'three'});
    expect(shards.get(5)?.text).toBe('five');
    expect(github.calls()).toEqual({queries: 1, mutations: 0, rest: 0, runs: 0});
    expect(github.requests[0]?.headers['authorization']).toBe('Bearer secret');
  });

  test('distinguishes a missing branch from a missing file', async () => {
    const head = github.put(2, undefined);
    const shards = await branches.read([1, 2]);
    expect(shards.get(1)).toMatchObject({head: undefined, text: undefined});
    expect(shards.get(2)).toMatchObject({head, text: undefined});
  });

  test('reads a file whole if GraphQL truncates it', async () => {
    const text = 'ä'.repeat(300_000);
    github.put(0, text);
    expect((await branches.read([0])).get(0)?.text).toBe(text);
  });

  test('reads again if GitHub does not find the truncated file yet', async () => {
    const text = 'ä'.repeat(300_000);
    github.put(0, text);
    let isBehind = true;
    branches = branchesOver((url, init) => {
      if (!isBehind || !url.includes('/contents/')) return fetch(url, init);
      isBehind = false;
      return Promise.resolve(new Response('{"message":"Not Found"}', {status: 404}));
    });
    expect((await branches.read([0])).get(0)?.text).toBe(text);
    expect(waits).toEqual([200]);
  });

  test('fails after three attempts', async () => {
    github.put(0, 'text');
    github.replyNext('reset', {status: 502}, {status: 200, body: '<html>Log in</html>'});
    expect((await failure(branches.read([0]))).kind).toBe('unreachable');
    expect(waits).toEqual([200, 1000]);
    github.replyNext('reset', {status: 429, body: {message: 'secondary rate limit'}});
    expect((await branches.read([0])).get(0)?.text).toBe('text');
  });

  test.each([
    ['403 with retry-after', {status: 403, headers: {'retry-after': '3'}}, [3_000]],
    ['403 with words', {status: 403, body: {message: 'You have exceeded a secondary rate limit.'}}, [200]],
    ['GraphQL with a type', {status: 200, body: {errors: [{type: 'RATE_LIMITED', message: 'x'}]}}, [200]],
    [
      'GraphQL with words',
      {status: 200, body: {errors: [{message: 'You have exceeded a secondary rate limit.'}]}},
      [200],
    ],
  ])('a rate limit is waited for: %s', async (_name, reply, expected) => {
    github.put(0, 'text');
    github.replyNext(reply);
    expect((await branches.read([0])).get(0)?.text).toBe('text');
    expect(waits).toEqual(expected);
  });

  test.each([{'retry-after': '6'}, hourlyLimit()])(
    'a rate limit that is too long is an error immediately: %j',
    async headers => {
      github.replyNext({status: 403, headers});
      const error = await failure(branches.read([0]));
      expect(error.kind).toBe('limited');
      expect(error.message).toMatch(/GitHub limits requests for the incident memory.*Run it again later/);
      expect(waits).toEqual([]);
    },
  );

  test.each([
    ['401', {status: 401, body: {message: 'Bad credentials'}}],
    ['403 without a limit', {status: 403, body: {message: 'Resource not accessible by integration'}}],
    [
      'a repository that is not visible',
      {status: 200, body: {data: {repository: null}, errors: [{type: 'NOT_FOUND', message: 'Could not resolve.'}]}},
    ],
  ])('%s is final, with a message about what to do', async (_name, reply) => {
    github.replyNext(reply);
    const error = await failure(branches.read([0]));
    expect(error.kind).toBe('refused');
    expect(error.message).toMatch(/contents: write.*ruleset.*memory: off/);
    expect(waits).toEqual([]);
  });

  test('a response of another shape is a failure, not an empty memory', async () => {
    const reply = {status: 200, body: {data: {repository: {s0: {target: {oid: 7}}}}}};
    github.replyNext(reply, reply, reply);
    expect((await failure(branches.read([0]))).kind).toBe('unreachable');
  });
});

describe('committing', () => {
  test('writes text and message on top of the head that was read', async () => {
    const head = github.put(3, 'old');
    const result = await branches.commit({shard: 3, head, text: 'new ä\n', message: MESSAGE});
    expect(result).toEqual({kind: 'written', head: github.head(3)});
    expect(github.text(3)).toBe('new ä\n');
    expect(github.messages(3)[0]).toBe('1 opened [skip ci]\n\nnonce: 123/1/1');
    expect(github.calls()).toEqual({queries: 0, mutations: 1, rest: 0, runs: 0});
  });

  test('is a conflict without a change if another commit came first', async () => {
    const head = github.put(3, 'old');
    github.beforeWrite = () => void github.put(3, 'theirs');
    expect(await branches.commit({shard: 3, head, text: 'ours', message: MESSAGE})).toEqual({kind: 'conflict'});
    expect(github.text(3)).toBe('theirs');
  });

  test('is unknown if the response is lost, with and without the commit', async () => {
    const head = github.put(3, 'old');
    github.loseResponses = 1;
    expect(await branches.commit({shard: 3, head, text: 'new', message: MESSAGE})).toEqual({kind: 'unknown'});
    expect(github.text(3)).toBe('new');
    github.replyNext({status: 500});
    expect(await branches.commit({shard: 3, head, text: 'newer', message: MESSAGE})).toEqual({kind: 'unknown'});
    expect(github.text(3)).toBe('new');
  });

  test('fails with advice if a ruleset forbids it', async () => {
    const head = github.put(3, 'old');
    const errors = [{type: 'UNPROCESSABLE', message: 'Repository rule violations found'}];
    github.replyNext({status: 200, body: {data: {createCommitOnBranch: null}, errors}});
    const error = await failure(branches.commit({shard: 3, head, text: 'new', message: MESSAGE}));
    expect(error.message).toContain('Repository rule violations found');
    expect(error.message).toContain('port-reactor/memory-*');
  });
});

describe('creating a branch', () => {
  test('takes three calls, and the first commit has the text', async () => {
    const result = await branches.create({shard: 4, text: 'first', message: MESSAGE});
    expect(result).toEqual({kind: 'written', head: github.head(4)});
    expect(github.text(4)).toBe('first');
    expect(github.calls()).toEqual({queries: 0, mutations: 0, rest: 3, runs: 0});
  });

  test('is a conflict if another run created it first', async () => {
    github.beforeWrite = () => void github.put(4, 'theirs');
    expect(await branches.create({shard: 4, text: 'ours', message: MESSAGE})).toEqual({kind: 'conflict'});
    expect(github.text(4)).toBe('theirs');
  });

  test('a ruleset is not a conflict', async () => {
    github.replyNext({status: 201, body: {sha: 'a'}}, {status: 201, body: {sha: 'b'}});
    github.replyNext({status: 422, body: {message: 'Repository rule violations found'}});
    expect((await failure(branches.create({shard: 4, text: 'x', message: MESSAGE}))).kind).toBe('refused');
  });
});

test('the history is newest first', async () => {
  github.put(1, 'a');
  github.put(1, 'b', {author: 'ben'});
  github.put(1, undefined);
  const history = await branches.history(1, 2);
  expect(history.map(({text, author}) => [text, author])).toEqual([
    [undefined, 'jane'],
    ['b', 'ben'],
  ]);
});

describe('squashing', () => {
  test('leaves one commit with the same text', async () => {
    github.put(1, 'a');
    const head = github.put(1, 'b');
    const result = await branches.squash({shard: 1, head, message: {headline: 'squashed [skip ci]', body: ''}});
    expect(result).toEqual({kind: 'written', head: github.head(1)});
    expect(github.messages(1)).toEqual(['squashed [skip ci]']);
    expect(github.text(1)).toBe('b');
  });

  test('never drops a commit that was made in between', async () => {
    const head = github.put(1, 'a');
    github.beforeWrite = () => void github.put(1, 'theirs');
    expect(await branches.squash({shard: 1, head, message: MESSAGE})).toEqual({kind: 'conflict'});
    expect(github.text(1)).toBe('theirs');
    expect(await branches.squash({shard: 1, head, message: MESSAGE})).toEqual({kind: 'conflict'});
  });
});

function hourlyLimit() {
  const date = new Date().toUTCString();
  return {date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.parse(date) / 1000 + 900)};
}
