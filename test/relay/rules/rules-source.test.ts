import {execFileSync} from 'node:child_process';
import {mkdtemp, rm, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {createLog} from '../../../relay/observe/log.ts';
import {diskReader, repositoryReader} from '../../../relay/rules/rules-reader.ts';
import {RulesSource} from '../../../relay/rules/rules-source.ts';
import {createGitHub, type GitHub, type GitHubRequest} from '../../../src/clients/github/client.ts';
import {fixedToken} from '../../../src/clients/github/credentials.ts';
import type {GitHubResponse} from '../../../src/clients/github/response.ts';
import {startGitHubServer} from '../../helpers/servers/github-server.ts';
import {recordLog} from '../test-relay.ts';

const repository = {owner: 'acme', name: 'operations'};
const inRepository = {path: '.github/port-reactor.yml'};
const ruleFile = (name: string) => `version: 1\nrules: [{name: ${name}, blueprint: service, notify: true}]`;

/** A source with a virtual clock, and a GitHub whose answers the test gives. */
function aSource(from: {path: string} | {file: string}, byServer?: GitHub, maxWaitMs = 2_000) {
  const {log, sink} = recordLog();
  const requests: GitHubRequest[] = [];
  const waiting: ((answer: GitHubResponse) => void)[] = [];
  const byHand: GitHub = request => {
    requests.push(request);
    return new Promise(resolve => waiting.push(resolve));
  };
  const clock = {nowMs: 1_000_000};
  const now = () => clock.nowMs;
  const reader =
    'file' in from ? diskReader(from.file) : repositoryReader(from.path, repository, {github: byServer ?? byHand, now});
  const source = new RulesSource(reader, {now, log: createLog('info', sink), maxWaitMs});
  return {
    log,
    requests,
    /** For the metrics. */
    state: () => [source.areLoaded, source.ageMs],
    pass: (milliseconds: number) => {
      clock.nowMs += milliseconds;
    },
    /** The names of the current rules, or a placeholder. */
    read: async () => (await source.read())?.rules.map(({name}) => name),
    /** The names of the rules that can ignore a change. */
    readFresh: async () => (await source.readFresh())?.rules.map(({name}) => name),
    /** Answers the oldest open request, and waits until the response is processed. */
    answer: async (status: number | undefined, body: unknown = '', headers: Record<string, string> = {}) => {
      waiting.shift()?.({status, body, headers, message: 'words'});
      await setImmediate();
    },
  };
}

describe('rules in the repository', () => {
  test('are read from the contents route, and requested again with their ETag', async () => {
    const server = await startGitHubServer();
    server.files.set('ops/my rules.yml', ruleFile('first'));
    const github = createGitHub({apiUrl: server.url, credentials: fixedToken('t')}, fetch);
    const source = aSource({path: 'ops/my rules.yml'}, github);
    expect(await source.read()).toEqual(['first']);
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      path: '/repos/acme/operations/contents/ops/my%20rules.yml',
      headers: {accept: 'application/vnd.github.raw+json', authorization: 'token t'},
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
    source.pass(30_000);
    expect(await source.read()).toEqual(['first']);
    expect((await server.arrival(2)).headers['if-none-match']).toMatch(/^W\/"/);
    await server.close();
  });

  test('are requested once by the first webhooks, which wait for them', async () => {
    const source = aSource(inRepository);
    const both = Promise.all([source.read(), source.read()]);
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    expect(await both).toEqual([['first'], ['first']]);
    expect(source.requests).toHaveLength(1);
  });

  test('are refreshed at most every 30 seconds, and no webhook waits for it', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    await first;
    source.pass(29_999);
    expect(await source.read()).toEqual(['first']);
    expect(source.requests).toHaveLength(1);
    source.pass(1);
    expect(await source.read()).toEqual(['first']); // while the next request is open
    expect(await source.read()).toEqual(['first']);
    expect(source.requests).toHaveLength(2);
    expect(source.requests[1]).toMatchObject({ifNoneMatch: '"1"'});
    source.pass(60_000);
    expect(await source.read()).toEqual(['first']);
    expect(source.requests).toHaveLength(2); // one request at a time
    await source.answer(200, ruleFile('second'), {etag: '"2"'});
    expect(await source.read()).toEqual(['second']);
  });

  test('ignore a change only if they were read in the last 30 seconds', async () => {
    const source = aSource(inRepository);
    const first = source.readFresh();
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    expect(await first).toEqual(['first']);
    source.pass(29_999);
    expect(await source.readFresh()).toEqual(['first']);
    expect(source.requests).toHaveLength(1);
    source.pass(1);
    const second = source.readFresh();
    await source.answer(200, ruleFile('second'), {etag: '"2"'});
    expect(await second).toEqual(['second']);
    source.pass(100_000);
    const third = Promise.all([source.readFresh(), source.readFresh()]);
    await source.answer(304);
    expect(await third).toEqual([['second'], ['second']]);
    expect(source.requests).toHaveLength(3);
  });

  test('keep changes in order if one waits for a refresh', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, ruleFile('first'));
    await first;
    source.pass(30_000);
    expect(await source.read()).toEqual(['first']); // no change waits for the refresh yet
    const order: string[] = [];
    void source.readFresh().then(() => order.push('would be ignored by the old rules'));
    void source.read().then(rules => order.push(`comes later, and goes by the rules ${rules}`));
    await setImmediate();
    expect(order).toEqual([]);
    await source.answer(200, ruleFile('second'));
    expect(order).toEqual(['would be ignored by the old rules', 'comes later, and goes by the rules second']);
  });

  test('have an age that is counted from the start of the request', async () => {
    const source = aSource(inRepository);
    const first = source.readFresh();
    source.pass(9_000);
    await source.answer(200, ruleFile('first'));
    expect(await first).toEqual(['first']);
    source.pass(21_000);
    const second = source.readFresh();
    expect(source.requests).toHaveLength(2);
    await source.answer(304);
    expect(await second).toEqual(['first']);
  });

  test('ignore no change after a slow or failed request, which is not waited for again', async () => {
    const source = aSource(inRepository, undefined, 10);
    const first = source.read();
    await source.answer(200, ruleFile('first'));
    await first;
    source.pass(30_000);
    expect(await source.readFresh()).toBeUndefined(); // after 10 ms
    expect(await source.readFresh()).toBeUndefined();
    await source.answer(undefined);
    expect(await source.readFresh()).toBeUndefined();
    expect(source.requests).toHaveLength(2); // at most every 30 seconds
    expect(await source.read()).toEqual(['first']);
    source.pass(30_000);
    const again = source.readFresh();
    await source.answer(304);
    expect(await again).toEqual(['first']);
  });

  test('stay active if they did not change', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    await first;
    source.pass(30_000);
    await source.read();
    await source.answer(304);
    expect(await source.read()).toEqual(['first']);
    expect(source.log).toEqual([expect.objectContaining({msg: 'rules loaded', rules: 1})]);
  });

  test.each<[string, number | undefined, unknown, RegExp]>([
    ['GitHub cannot be reached', undefined, '', /could not be reached: words/],
    ['GitHub fails', 500, '', /answered 500/],
    ['GitHub limits', 429, '', /limits the rate of requests \(429\)/],
    ['the file was deleted', 404, '', /no file \.github\/port-reactor\.yml .*acme\/operations.*Contents: read/],
    ['the token has expired', 401, '', /GITHUB_TOKEN/],
    ['the file has no rules', 200, 'version: 1\nrules: []', /has a mistake[\s\S]*:2:\d+: /],
    ['the file is not YAML', 200, 'rules: [', /has a mistake|has \d+ mistakes/],
    ['the path is a folder', 200, [{type: 'file'}], /folder/],
  ])('stay active with a warning, and ignore no change, if %s', async (_name, status, body, reason) => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    await first;
    source.pass(30_000);
    await source.read();
    await source.answer(status, body, {etag: '"2"'});
    expect(await source.read()).toEqual(['first']);
    expect(source.log.at(-1)).toMatchObject({
      level: 'warn',
      msg: "rules can't be read: every change is dispatched",
      reason: expect.stringMatching(reason),
    });
    expect(await source.readFresh()).toBeUndefined();
    expect(source.state()).toEqual([true, 30_000]);
  });

  test('are not requested during a limit of GitHub, for any number of webhooks', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(403, '', {'retry-after': '300'});
    expect(await first).toBeUndefined();
    source.pass(299_999);
    expect(await source.read()).toBeUndefined();
    expect(source.requests).toHaveLength(1);
    source.pass(1);
    await source.read();
    expect(source.requests).toHaveLength(2);
    await source.answer(429, '', {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(1_300 + 120)});
    source.pass(119_999);
    await source.read();
    expect(source.requests).toHaveLength(2);
    source.pass(1);
    await source.read();
    expect(source.requests).toHaveLength(3);
  });

  test('are reported if the file is deleted and restored, and always requested with their ETag', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    await first;
    for (const status of [404, 304]) {
      source.pass(30_000);
      await source.read();
      expect(source.requests.at(-1)?.ifNoneMatch).toBe('"1"');
      await source.answer(status);
      expect(await source.read()).toEqual(['first']);
    }
    expect(source.log.map(({msg}) => msg)).toEqual([
      'rules loaded',
      "rules can't be read: every change is dispatched",
      'rules can be read again',
    ]);
    expect(source.state()).toEqual([true, 0]);
  });

  test('are unchanged if only the ETag differs, as after a new token', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    await first;
    source.pass(30_000);
    await source.read();
    await source.answer(200, ruleFile('first'), {etag: '"2"'});
    source.pass(30_000);
    await source.read();
    expect(source.requests.at(-1)?.ifNoneMatch).toBe('"2"');
    expect(source.log).toHaveLength(1);
  });

  test('that could never be read give a warning that every change is dispatched', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(404);
    expect(await first).toBeUndefined();
    expect(source.log).toEqual([
      expect.objectContaining({level: 'warn', msg: "rules can't be read: every change is dispatched"}),
    ]);
    source.pass(30_000);
    expect(await source.read()).toBeUndefined(); // only the first request is waited for
    await source.answer(200, ruleFile('late'));
    expect(await source.read()).toEqual(['late']);
  });

  test('in a broken file are reported once, until the file changes', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, 'broken', {etag: '"1"'});
    await first;
    source.pass(30_000);
    await source.read();
    expect(source.requests[1]?.ifNoneMatch).toBe('"1"');
    await source.answer(304);
    expect(await source.read()).toBeUndefined();
    expect(source.log).toHaveLength(1);
    expect(source.state()).toEqual([false, undefined]);
  });

  test('without mistakes are active next to invalid ones, which are reported until they are fixed', async () => {
    const source = aSource(inRepository);
    const first = source.read();
    await source.answer(200, ruleFile('first'), {etag: '"1"'});
    await first;
    source.pass(30_000);
    await source.read();
    await source.answer(200, ruleFile('second').replace(']', ', {nam: x}]'), {etag: '"2"'});
    expect(await source.read()).toEqual(['second']);
    expect(source.log.at(-1)).toMatchObject({
      level: 'warn',
      rules: 1,
      msg: 'rules loaded, except those with mistakes. Changes that such a rule may match are dispatched',
      reason: expect.stringMatching(/has \d+ mistakes[\s\S]*:\d+:\d+: /),
    });
    expect(await source.readFresh()).toEqual(['second']);
    source.pass(30_000);
    const unchanged = source.readFresh();
    await source.answer(304);
    expect(await unchanged).toEqual(['second']);
    expect(source.state()).toEqual([true, 60_000]);
    source.pass(30_000);
    await source.read();
    await source.answer(200, ruleFile('third'), {etag: '"3"'});
    expect(await source.read()).toEqual(['third']);
    expect(source.state()).toEqual([true, 0]);
  });
});

describe('rules on disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rules-'));
  });
  afterAll(() => rm(folder, {recursive: true}));

  test('are read again if the file changed, at most once a second', async () => {
    const path = join(folder, 'rules.yml');
    await writeFile(path, ruleFile('first'));
    const source = aSource({file: path});
    expect(await source.read()).toEqual(['first']);
    await writeFile(path, ruleFile('other')); // of the same size
    await utimes(path, 1, 1);
    source.pass(999);
    expect(await source.read()).toEqual(['first']);
    source.pass(1);
    expect(await source.read()).toEqual(['other']);
    source.pass(1_000);
    expect(await source.read()).toEqual(['other']);
    expect(source.log).toHaveLength(2); // not read a third time
  });

  test('are not waited for if the disk hangs, and become active when the read ends', async () => {
    const path = join(folder, 'pipe.yml');
    execFileSync('mkfifo', [path]); // a read waits for a writer
    const source = aSource({file: path}, undefined, 10);
    expect(await source.read()).toBeUndefined();
    expect(await source.read()).toBeUndefined();
    await writeFile(path, ruleFile('late'));
    while (source.log.length === 0) await setImmediate();
    expect(await source.read()).toEqual(['late']);
  });

  test('stay active for 30 seconds if the file is deleted', async () => {
    const path = join(folder, 'gone.yml');
    await writeFile(path, ruleFile('first'));
    const source = aSource({file: path});
    await source.read();
    await rm(path);
    source.pass(1_000);
    expect(await source.read()).toEqual(['first']);
    expect(source.log.at(-1)).toMatchObject({
      level: 'warn',
      file: path,
      msg: "rules can't be read: the last valid rules stay in use for 30 s",
    });
    expect(await source.readFresh()).toEqual(['first']);
    source.pass(30_000);
    expect(await source.readFresh()).toBeUndefined();
    expect(source.log.at(-1)?.msg).toBe("rules can't be read: every change is dispatched");
  });

  test('ignore no change if there is no file', async () => {
    const path = join(folder, 'never.yml');
    const source = aSource({file: path});
    expect(await source.read()).toBeUndefined();
    expect(source.log).toMatchObject([
      {
        level: 'warn',
        msg: "rules can't be read: every change is dispatched",
        reason: `REACTOR_RULES is set to ${path}, which does not exist. Fix the path, or create the file. The relay then loads it immediately`,
      },
    ]);
    await writeFile(path, ruleFile('late'));
    source.pass(1_000);
    expect(await source.read()).toEqual(['late']);
    expect(source.state()).toEqual([true, 0]);
  });

  test('that do not exist are reported with their absolute path', async () => {
    const source = aSource({file: 'no/rules.yml'});
    await source.read();
    expect(source.log[0]?.['reason']).toContain(
      `is set to no/rules.yml, which does not exist (looked for ${join(process.cwd(), 'no/rules.yml')}). `,
    );
  });
});
