/** The npm package that `npx port-reactor` installs. It has no dependencies, so the tests install it without a network. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');
const {version} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string};

const folder = mkdtempSync(join(tmpdir(), 'port-reactor-package-'));
const project = join(folder, 'empty');
const run = (command: string, args: readonly string[], cwd: string) =>
  execFileSync(command, args, {cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});

beforeAll(() => {
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], ROOT);
  mkdirSync(project);
  const archive = join(folder, `port-reactor-${version}.tgz`);
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', archive], project);
}, 60_000);

afterAll(() => rmSync(folder, {recursive: true, force: true}));

test('runs npx port-reactor --help, which loads every command, in an empty folder', () => {
  const help = run('npx', ['--offline', 'port-reactor', '--help'], project);
  expect(help).toContain('Usage: port-reactor');
  const commands = [...help.matchAll(/^ {2}([a-z]+)\b.*$/gm)].map(([, name]) => name);
  expect(commands).toEqual(
    expect.arrayContaining(['relay', 'init', 'send', 'lint', 'explain', 'test', 'preview', 'demo']),
  );
});

const installed = join(project, 'node_modules/.bin/port-reactor');

test('runs a single command', () => {
  expect(run(installed, ['lint', '--help'], project)).toContain('port-reactor lint');
});

test('prints the version of package.json', () => {
  expect(run(installed, ['--version'], project).trim()).toBe(version);
});
