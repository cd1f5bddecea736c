import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../../src/cli/program.ts';
import {aCliWorld, type TestWorld} from '../../../helpers/processes/cli-world.ts';

const RULES = 'version: 1\nrules: [{name: a, blueprint: b, property: p, notify: true}]\n';
const EVENT = JSON.stringify({
  action: 'UPDATE',
  context: {blueprintIdentifier: 'b', entityIdentifier: 'e'},
  diff: {before: {properties: {p: 1}}, after: {properties: {p: 2}}},
});
const TESTS =
  'version: 1\ntests: [{name: t, change: {blueprint: b, property: p, from: 1, to: 2}, expect: {rules: [a]}}]\n';

let world: TestWorld;

beforeEach(() => {
  world = aCliWorld({
    files: {
      '.github/port-reactor.yml': RULES,
      '.github/port-reactor.test.yml': TESTS,
      'teams/payments/event.json': EVENT,
      'teams/payments/own.test.yml': TESTS,
    },
  });
});
afterEach(() => world.remove());

const inFolder = (folder: string) => ({...world, cwd: join(world.cwd, folder)});

describe('from a subfolder', () => {
  test.each([
    [['explain', 'event.json']],
    [['preview', 'event.json']],
    [['lint']],
    [['test']],
    [['test', 'own.test.yml']],
    [['test', '--one', '--blueprint', 'b', '--property', 'p', '--to', '2']],
    [['routes']],
  ])('%j works as in the root, and names the path of the rules', async args => {
    const codes: number[] = [];
    await runProgram(args, {...inFolder('teams/payments'), exitWith: code => codes.push(code)});
    expect(world.errorOutput).toBe('Rules: ../../.github/port-reactor.yml\n');
    expect(codes).toEqual([]);
  });

  test('stops at the root of the git repository', async () => {
    mkdirSync(join(world.cwd, 'teams/payments/.git'));
    const codes: number[] = [];
    await runProgram(['lint'], {...inFolder('teams/payments'), exitWith: code => codes.push(code)});
    expect(codes).toEqual([2]);
    expect(world.errorOutput).toContain(
      "the rules file .github/port-reactor.yml can't be read: it does not exist. Run the command in",
    );
  });

  test('reads --rules relative to the folder', async () => {
    writeFileSync(join(world.cwd, 'teams/payments/rules.yml'), RULES);
    await runProgram(['explain', 'event.json', '--rules', 'rules.yml'], inFolder('teams/payments'));
    expect(world.errorOutput).toBe('');
    expect(world.output).toContain('a matches');
  });
});

test('names a file that ends in .yaml in the error', async () => {
  writeFileSync(join(world.cwd, '.github/port-reactor.yaml'), RULES);
  rmSync(join(world.cwd, '.github/port-reactor.yml'));
  const codes: number[] = [];
  await runProgram(['routes'], {...world, exitWith: code => codes.push(code)});
  expect(codes).toEqual([2]);
  expect(world.errorOutput).toContain(
    '.github/port-reactor.yaml exists: rename it, or set it with --rules and in the input `rules` of the workflow.',
  );
});

test.each([
  ['.github/port-reactor.yml', ['explain', 'teams/payments/event.json']],
  ['.github/port-reactor.test.yml', ['test']],
  ['teams/payments/event.json', ['explain', 'teams/payments/event.json']],
])('names UTF-16 as the encoding of %s', async (file, args) => {
  writeFileSync(join(world.cwd, file), Buffer.from('\uFEFFversion: 1', 'utf16le'));
  const codes: number[] = [];
  await runProgram(args, {...world, exitWith: code => codes.push(code)});
  expect(codes[0]).toBeGreaterThan(0);
  expect(world.errorOutput).toContain('UTF-16 LE text: save it as UTF-8');
});
