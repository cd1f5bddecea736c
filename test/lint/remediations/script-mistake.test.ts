import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {scriptMistake} from '../../../src/lint/remediations/script-mistake.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'port-reactor-'));
  mkdirSync(join(root, 'scripts'));
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text: string | Buffer, mode = 0o755): string {
  const file = join(root, 'scripts', name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return `scripts/${name}`;
}

describe('a script runs', () => {
  test.each([
    ['with a shebang', '#!/usr/bin/env bash\necho\n'],
    ['with a space in it', '#! /bin/sh\n'],
    ['as a program', Buffer.from('7f454c4600', 'hex')],
  ])('%s', (_, text) => {
    expect(scriptMistake(root, write('a.sh', text))).toBeUndefined();
  });
});

describe('a script does not run', () => {
  test.each([
    [
      'without the permission to execute',
      '#!/bin/sh\n',
      0o644,
      /"scripts\/a\.sh" is not executable. Run: chmod \+x \S+ && git add --chmod=\+x/,
    ],
    ['without a shebang', 'echo\n', 0o755, /its first line must name its interpreter/],
    ['with Windows line ends', '#!/bin/sh\r\necho\r\n', 0o755, /CR LF.*Use LF.*\.gitattributes/],
    ['with an interpreter without a path', '#!bash\n', 0o755, /no path of an interpreter.*#!\/usr\/bin\/env bash/],
    ['if it is empty', '', 0o755, /its first line must name its interpreter/],
  ])('%s', (_, text, mode, expected) => {
    expect(scriptMistake(root, write('a.sh', text, mode))).toMatch(expected);
  });

  test('if it is a folder', () => {
    write('a.sh', '#!/bin/sh\n');
    expect(scriptMistake(root, 'scripts')).toBe(
      '"scripts" is a folder. Use the path of a script in it, for example scripts/a.sh.',
    );
  });

  test('if it is missing, and the message suggests a similar name', () => {
    write('scale-up.sh', '#!/bin/sh\n');
    expect(scriptMistake(root, 'scripts/scaleup.sh')).toMatch(
      /no file "scripts\/scaleup\.sh".*. Did you mean "scripts\/scale-up\.sh"\?/,
    );
    expect(scriptMistake(root, 'nowhere/a.sh')).toMatch(/Commit it, or fix the path\.$/);
    expect(scriptMistake(root, 'scripts/scale-up.sh/a.sh')).toMatch(/there is no file/);
  });

  test('if a link leads out of the repository', () => {
    symlinkSync('/bin/sh', join(root, 'scripts/sh'));
    expect(scriptMistake(root, 'scripts/sh')).toMatch(/"scripts\/sh" is outside the workspace/);
  });

  test('if the target of a link is missing', () => {
    symlinkSync('nowhere', join(root, 'scripts/a.sh'));
    expect(scriptMistake(root, 'scripts/a.sh')).toMatch(/there is no file/);
  });
});

test('a script that is not executable in git does not run, even if it is executable on the disk', () => {
  const git = (...args: string[]) => execFileSync('git', args, {cwd: root, stdio: 'ignore'});
  const run = write('a.sh', '#!/bin/sh\n');
  git('init');
  expect(scriptMistake(root, run)).toBeUndefined();
  git('add', '--chmod=-x', run);
  expect(scriptMistake(root, run)).toMatch(
    /^"scripts\/a\.sh" is executable on this disk, but not in git \(100644\), .*. Run: git add --chmod=\+x scripts\/a\.sh\.$/,
  );
  symlinkSync('a.sh', join(root, 'scripts/link.sh'));
  git('add', 'scripts/link.sh');
  expect(scriptMistake(root, 'scripts/link.sh')).toMatch(/not in git/);
  git('add', '--chmod=+x', run);
  expect(scriptMistake(root, run)).toBeUndefined();
});
