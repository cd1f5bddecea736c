import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import type {LoadGitHub} from '../../src/base/deps.ts';
import {type Base, type NoBase, readBase} from '../../src/lint-mode/read-base.ts';
import {temporaryDirectory} from '../helpers/processes/run-script.ts';

const RULES = '.github/port-reactor.yml';
const TESTS = '.github/port-reactor.test.yml';
const SHA = 'ba5e0000000000000000000000000000000000ba';

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({path: folder, remove} = await temporaryDirectory());
});
afterEach(() => remove());

/** @param event its text, or a value that is written as JSON */
async function read(event: unknown, files: Readonly<Record<string, string>> = {}) {
  const eventPath = join(folder, 'event.json');
  writeFileSync(eventPath, typeof event === 'string' ? event : JSON.stringify(event));
  const requests: string[] = [];
  const loadGitHub: LoadGitHub = async () => ({
    createRepositoryFiles: () => ({
      read: () => Promise.reject(new Error('not needed')),
      find: async ({path, sha, repository}) => {
        requests.push(`${repository}@${sha}:${path}`);
        return files[path];
      },
    }),
  });
  const run = {eventPath, repository: 'acme/ops', apiUrl: 'http://127.0.0.1:9'};
  return {base: await readBase(RULES, run, {token: 't', world: {fetch, sleep: async () => {}, loadGitHub}}), requests};
}

const pullRequest = (sha: unknown) => ({pull_request: {base: {sha}}});
const reasonOf = (base: Base | NoBase) => ('reason' in base ? base.reason : undefined);

test.each([
  {},
  {pull_request: null},
  {pull_request: {base: 7}},
  pullRequest(7),
  pullRequest('main/../x?y'),
  [],
  'null',
])('there is no base in %j', async event => {
  const {base, requests} = await read(event);
  expect(reasonOf(base)).toMatch(/not for a pull request/);
  expect(requests).toEqual([]);
});

test('returns a reason instead of an error for an event that cannot be read', async () => {
  const {base} = await read('{');
  expect(reasonOf(base)).toMatch(/^Not compared with the base, which can't be read: The event/);
});

test('reads rules, tests and the events that tests name from the base', async () => {
  const tests = 'tests: [{event: ./a.json}, {event: {x: 1}}, {changes: [{event: b/../c.json}, {event: missing.json}]}]';
  const {base, requests} = await read(pullRequest(SHA), {[RULES]: 'r', [TESTS]: tests, 'a.json': 'A', 'c.json': 'C'});
  expect(requests).toEqual([RULES, TESTS, 'a.json', 'c.json', 'missing.json'].map(path => `acme/ops@${SHA}:${path}`));
  expect(base).toMatchObject({sha: SHA, rules: {file: RULES, text: 'r'}, ruleTests: {file: TESTS, text: tests}});
  const {readText} = base as Base;
  expect([readText('./a.json'), readText('b/../c.json')]).toEqual(['A', 'C']);
  expect(() => readText('missing.json')).toThrow('the base has no file missing.json');
});

test('reads only events that the tests need', async () => {
  const tests = `tests: [${Array.from({length: 200}, (_, n) => `{event: ${n}.json}`).join(', ')}]`;
  const {requests} = await read(pullRequest(SHA), {[RULES]: 'r', [TESTS]: tests});
  expect(requests).toHaveLength(52);
});
