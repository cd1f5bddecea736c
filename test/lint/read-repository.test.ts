import {mkdirSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, expect, test} from '@jest/globals';
import {ConfigError} from '../../src/base/errors.ts';
import {readRepository} from '../../src/lint/read-repository.ts';
import {aCliWorld, type TestWorld} from '../helpers/processes/cli-world.ts';

let world: TestWorld;
afterEach(() => world.remove());

const RULES = '.github/port-reactor.yml';

function repository(files: Record<string, string>, rules = RULES) {
  world = aCliWorld({files: {[RULES]: 'version: 1', ...files}});
  return readRepository(world.cwd, rules);
}

test('reads the rules, the rule tests and the workflows', () => {
  const read = repository({
    '.github/port-reactor.test.yml': 'tests',
    '.github/workflows/b.yaml': 'b',
    '.github/workflows/a.yml': 'a',
    '.github/workflows/readme.md': 'not a workflow',
  });
  mkdirSync(join(world.cwd, '.github/workflows/c.yml'));
  expect(read.rules).toEqual({file: RULES, text: 'version: 1'});
  expect(read.ruleTests?.text).toBe('tests');
  expect(read.workflows).toEqual([
    {file: '.github/workflows/a.yml', text: 'a'},
    {file: '.github/workflows/b.yaml', text: 'b'},
  ]);
  expect(read.fileExists(RULES)).toBe(true);
  expect(read.fileExists('.github')).toBe(false);
  expect(read.readText(RULES)).toBe('version: 1');
});

test('reads no file outside of the repository, also through links', () => {
  const read = repository({});
  symlinkSync('/proc/self/environ', join(world.cwd, 'inside.json'));
  for (const path of ['/proc/self/environ', '../../../../../proc/self/environ', 'inside.json']) {
    expect(() => read.readText(path)).toThrow(`"${path}" is not a file of the repository`);
  }
  expect(() => read.readText('nowhere.json')).toThrow(/nowhere\.json can't be read: it does not exist/);
});

test('needs only the rules', () => {
  const read = repository({});
  expect(read.ruleTests).toBeUndefined();
  expect(read.workflows).toEqual([]);
  expect(read.ownAction).toBe(true);
});

test('treats ./ as this action, unless the repository has another one', () => {
  expect(repository({'action.yml': 'name: Port Reactor\n'}).ownAction).toBe(true);
  world.remove();
  expect(repository({'action.yaml': 'name: Deploy\n'}).ownAction).toBe(false);
  world.remove();
  expect(repository({Dockerfile: 'FROM scratch\n'}).ownAction).toBe(false); // GitHub builds and runs it
});

test.each(['./.github/port-reactor.yml', '.github/../.github/port-reactor.yml'])(
  'normalizes the path of the rules: %s',
  path => {
    expect(repository({}, path).rules.file).toBe(RULES);
  },
);

test('makes an absolute path relative to the root of the repository', () => {
  repository({});
  expect(readRepository(world.cwd, join(world.cwd, RULES)).rules.file).toBe(RULES);
});

test('throws without rules', () => {
  expect(() => repository({}, 'rules.yml')).toThrow(ConfigError);
});
