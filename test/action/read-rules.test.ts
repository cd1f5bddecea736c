import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {readRules} from '../../src/action/read-rules.ts';
import {ConfigError} from '../../src/base/errors.ts';
import {type Run, readRun} from '../../src/base/run.ts';
import {temporaryDirectory, writeExecutable} from '../helpers/processes/run-script.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/servers/github-server.ts';
import {rulesFile} from '../helpers/values/plans.ts';

const PATH = '.github/port-reactor.yml';

let workspace: string;
let remove: () => Promise<void>;
let github: GitHubServer;
let place: Run;

beforeEach(async () => {
  ({path: workspace, remove} = await temporaryDirectory());
  github = await startGitHubServer();
  mkdirSync(join(workspace, '.github'));
  place = readRun({
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'acme/ops',
    GITHUB_SHA: 'abc123',
    GITHUB_API_URL: github.url,
  });
});
afterEach(async () => {
  await github.close();
  await remove();
});

const load = (token: string | undefined, loadYaml = () => import('../../src/rules/yaml/parse-yaml.ts')) =>
  readRules(
    {path: PATH, run: place, token},
    {
      loadGitHub: () => import('../../src/clients/github/repository-files.ts'),
      loadYaml,
      fetch,
      sleep: async () => {},
    },
  );
/** Reads the rules. Rejects with their mistakes. */
async function read(token: string | undefined) {
  const {value, error} = await load(token);
  if (error !== undefined) throw error;
  return value;
}
const write = (text: string) => writeFileSync(join(workspace, PATH), text);

describe('from the workspace', () => {
  test('reads the rules without a request', async () => {
    write(rulesFile());
    await expect(read('token')).resolves.toMatchObject({rules: [{name: 'rule-1'}]});
    expect(github.requests).toEqual([]);
  });

  test('reads a plain file without the YAML library', async () => {
    write(rulesFile());
    const {value} = await load(undefined, () => Promise.reject(new Error('not needed')));
    expect(value).toMatchObject({rules: [{name: 'rule-1'}]});
  });

  test('reads other files with the YAML library', async () => {
    write(rulesFile(['notify: {text: "It is\\x20down"}']));
    await expect(read(undefined)).resolves.toMatchObject({rules: [{notify: {text: {source: 'It is down'}}}]});
  });

  test('does not accept a folder as a script', async () => {
    write(rulesFile(['remediate: {run: .github}']));
    await expect(read(undefined)).rejects.toThrow(/there is no file ".github"/);
  });

  test('reports every mistake, with missing scripts', async () => {
    write(rulesFile(['remediate: {run: missing.sh}', 'notify: true, wrong: 1', 'remediate: {run: there.sh}']));
    await writeExecutable(join(workspace, 'there.sh'), '#!/bin/sh\n');
    const refused = read(undefined);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow(/has 2 mistakes[\s\S]*there is no file "missing.sh"[\s\S]*"wrong"/);
    const {value} = await load(undefined);
    expect(value?.rules.map(({name}) => name)).toEqual(['rule-1', 'rule-3']);
    expect(value?.leftOut.scripts).toEqual(new Set(['missing.sh']));
  });

  test.each([
    ['is missing', () => {}, /can't be read: it does not exist/],
    ['is a folder', () => mkdirSync(join(workspace, PATH)), /can't be read: it is a folder/],
  ])('reports the fix if the file %s', async (_name, prepare, message) => {
    prepare();
    await expect(read(undefined)).rejects.toThrow(message);
    await expect(read(undefined)).rejects.toMatchObject({
      file: undefined, // an annotation needs an existing file
      problems: [{message: expect.stringContaining('input `rules`')}],
    });
  });
});

describe('without a checkout', () => {
  test('reads the file at the commit of the run', async () => {
    github.files.set(PATH, rulesFile(['remediate: {run: not-here.sh}']));
    await expect(read('token')).resolves.toMatchObject({rules: [{name: 'rule-1'}]});
    expect(github.requests).toHaveLength(1);
    expect(decodeURIComponent(github.requests[0]?.url ?? '')).toBe(`/repos/acme/ops/contents/${PATH}?ref=abc123`);
  });

  test('reports where the file was not found, and the fix', async () => {
    const refused = read('token');
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow(
      /can't be read: it is not in the workspace, and GitHub has no such file in acme\/ops[\s\S]*contents: read/,
    );
  });

  test('reports why the request to GitHub failed', async () => {
    github.replyNext({status: 403, body: {message: 'Resource not accessible by integration'}});
    await expect(read('token')).rejects.toThrow(/and .*Resource not accessible by integration/);
  });
});
