import {setImmediate} from 'node:timers/promises';
import {describe, expect, test} from '@jest/globals';
import {createLog} from '../../../relay/observe/log.ts';
import {Readiness} from '../../../relay/observe/readiness.ts';
import {createGitHub, type GitHubRequest} from '../../../src/clients/github/client.ts';
import {fixedToken} from '../../../src/clients/github/credentials.ts';
import type {GitHubResponse} from '../../../src/clients/github/response.ts';
import {startGitHubServer} from '../../helpers/servers/github-server.ts';
import {recordLog} from '../test-relay.ts';

const repository = {owner: 'acme', name: 'operations'};
const MINUTE = 60_000;

/** Readiness with a virtual clock, and a GitHub whose answers the test gives. */
function aReadiness() {
  const {log, sink} = recordLog();
  const requests: GitHubRequest[] = [];
  const waiting: ((answer: GitHubResponse) => void)[] = [];
  const clock = {nowMs: 1_000_000};
  const readiness = new Readiness({
    github: request => {
      requests.push(request);
      return new Promise(resolve => waiting.push(resolve));
    },
    repository,
    now: () => clock.nowMs,
    log: createLog('info', sink),
  });
  const answer = async (status: number | undefined, body: unknown = {}, headers: Record<string, string> = {}) => {
    waiting.shift()?.({status, body, headers, message: 'words'});
    await setImmediate();
  };
  return {
    readiness,
    requests,
    log,
    pass: (milliseconds: number) => {
      clock.nowMs += milliseconds;
    },
    answer,
    /** The result of a check that gets this answer. */
    checkAnswered: async (...reply: Parameters<typeof answer>) => {
      const checked = readiness.check();
      await answer(...reply);
      return checked;
    },
  };
}

const red = (reason: RegExp) => expect.stringMatching(reason);
const GREEN = undefined;

describe('readiness', () => {
  test('reads the repository without traffic, once for several checks', async () => {
    const {readiness, requests, answer} = aReadiness();
    expect(readiness.problem).toEqual(red(/not been checked with GitHub yet/));
    const checks = Promise.all([readiness.check(), readiness.check(), readiness.check()]);
    expect(requests).toEqual([{method: 'GET', path: '/repos/acme/operations', timeoutMs: 2_000}]);
    await answer(200, {archived: false, permissions: {pull: true, push: true}});
    expect(await checks).toEqual([GREEN, GREEN, GREEN]);
  });

  test('works with the API of GitHub', async () => {
    const server = await startGitHubServer();
    const github = createGitHub({apiUrl: server.url, credentials: fixedToken('t')}, fetch);
    expect(await new Readiness({github, repository, now: () => 0}).check()).toEqual(GREEN);
    server.replyNext({status: 401, body: {message: 'Bad credentials'}});
    expect(await new Readiness({github, repository, now: () => 0}).check()).toEqual(
      red(/GITHUB_TOKEN.*Bad credentials/),
    );
    await server.close();
  });

  test.each<[string, number | undefined, unknown, RegExp]>([
    ['the token is wrong', 401, {}, /does not accept the token/],
    ['the repository is missing', 404, {}, /cannot find acme\/operations/],
    ['the repository was renamed', 301, {}, /GITHUB_REPOSITORY to its new name/],
    ['the repository is archived', 200, {archived: true}, /acme\/operations is archived.*Unarchive it/],
    ['the token can only read', 200, {permissions: {pull: true, push: false}}, /Contents: write/],
    ['another server answers', 200, '<html>', /GitHub's API answers 204/],
    ['GitHub fails', 502, {}, /GitHub answered 502/],
    ['GitHub limits', 429, {}, /GitHub answered 429/],
    ['GitHub can not be reached', undefined, '', /could not be reached: words/],
  ])('is not ready, with the reason, if %s', async (_name, status, body, reason) => {
    const {checkAnswered, log} = aReadiness();
    expect(await checkAnswered(status, body)).toEqual(red(reason));
    expect(log).toEqual([
      expect.objectContaining({level: 'warn', msg: 'not ready', reason: expect.stringMatching(reason)}),
    ]);
  });

  test('is ready for five minutes after an accepted dispatch', async () => {
    const {readiness, requests, pass, log} = aReadiness();
    readiness.recordSuccess();
    expect(readiness.problem).toEqual(GREEN);
    pass(5 * MINUTE - 1);
    expect(readiness.problem).toEqual(GREEN);
    pass(1);
    expect(readiness.problem).toEqual(red(/./));
    expect(requests).toEqual([]);
    expect(log).toEqual([expect.objectContaining({msg: 'ready'})]);
  });

  test('checks again in time, and no webhook waits for the check', async () => {
    const {readiness, requests, pass, answer, checkAnswered} = aReadiness();
    expect(await checkAnswered(200)).toEqual(GREEN);
    pass(4 * MINUTE - 1);
    expect(await readiness.check()).toEqual(GREEN);
    expect(requests).toHaveLength(1);
    pass(1);
    expect(await readiness.check()).toEqual(GREEN);
    expect(requests).toHaveLength(2);
    await answer(200);
    pass(4 * MINUTE);
    expect(readiness.problem).toEqual(GREEN);
  });

  test('stays ready for five minutes if GitHub fails or limits', async () => {
    const {readiness, pass, checkAnswered} = aReadiness();
    readiness.recordSuccess();
    await checkAnswered(503);
    for (let minute = 0; minute < 4; minute++) {
      pass(MINUTE);
      expect(await checkAnswered(undefined)).toEqual(GREEN);
    }
    pass(MINUTE);
    expect(await checkAnswered(undefined)).toEqual(red(/could not be reached/));
  });

  test('checks at most every 30 seconds, and not before a limit ends', async () => {
    const {readiness, requests, pass, checkAnswered} = aReadiness();
    await checkAnswered(500);
    pass(29_999);
    expect(await readiness.check()).toEqual(red(/500/));
    expect(requests).toHaveLength(1);
    pass(1);
    await checkAnswered(429, {}, {'retry-after': '120'});
    expect(requests).toHaveLength(2);
    pass(119_999);
    await readiness.check();
    expect(requests).toHaveLength(2);
    pass(1);
    expect(await checkAnswered(200)).toEqual(GREEN);
  });

  test('is not ready for at least a minute after a refused dispatch, even if the repository can be read', async () => {
    const {readiness, requests, pass, checkAnswered} = aReadiness();
    await checkAnswered(200);
    readiness.recordRefusal('the token lacks Contents: write');
    expect(readiness.problem).toEqual(red(/lacks Contents/));
    pass(59_999);
    expect(await readiness.check()).toEqual(red(/lacks Contents/));
    expect(requests).toHaveLength(1);
    pass(1);
    expect(await checkAnswered(200)).toEqual(GREEN);
  });

  test('is ready immediately after an accepted dispatch', () => {
    const {readiness} = aReadiness();
    readiness.recordRefusal('once');
    readiness.recordSuccess();
    expect(readiness.problem).toEqual(GREEN);
  });

  test('stays not ready after a minute if the read is also refused', async () => {
    const {readiness, pass, checkAnswered} = aReadiness();
    await checkAnswered(200);
    readiness.recordRefusal('the token is wrong');
    pass(MINUTE);
    expect(await checkAnswered(401)).toEqual(red(/the token is wrong/));
  });

  test('is ready if the repository is no longer archived', async () => {
    const {pass, checkAnswered} = aReadiness();
    expect(await checkAnswered(200, {archived: true})).toEqual(red(/archived/));
    pass(30_000);
    expect(await checkAnswered(200, {archived: false})).toEqual(GREEN);
  });

  test('ignores a read that began before a dispatch was refused', async () => {
    const {readiness, checkAnswered, answer, pass} = aReadiness();
    await checkAnswered(200);
    pass(4 * MINUTE);
    await readiness.check();
    readiness.recordRefusal('the token lacks Contents: write');
    await answer(200);
    expect(readiness.problem).toEqual(red(/lacks Contents/));
  });

  test('logs changes of its state, not each check', async () => {
    const {readiness, log} = aReadiness();
    readiness.recordSuccess();
    readiness.recordSuccess();
    readiness.recordRefusal('a');
    readiness.recordRefusal('a');
    readiness.recordSuccess();
    expect(log.map(({msg}) => msg)).toEqual(['ready', 'not ready', 'ready']);
  });
});
