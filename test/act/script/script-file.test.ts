import {chmodSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {scriptFile, startFailure} from '../../../src/act/script/script-file.ts';
import {ConfigError} from '../../../src/base/errors.ts';
import {temporaryDirectory} from '../../helpers/processes/run-script.ts';

let workspace: string;
let outside: string;
let remove: (() => Promise<void>)[];

beforeEach(async () => {
  const folders = await Promise.all([temporaryDirectory(), temporaryDirectory()]);
  [workspace, outside] = folders.map(({path}) => path) as [string, string];
  remove = folders.map(folder => folder.remove);
});
afterEach(async () => {
  await Promise.all(remove.map(one => one()));
});

function write(path: string, text: string | Buffer = '#!/bin/sh\n', mode = 0o755): string {
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test('returns the path of an executable file in the workspace', () => {
  mkdirSync(join(workspace, '.github'));
  const path = write(join(workspace, '.github/fix.sh'));
  expect(scriptFile(workspace, '.github/fix.sh')).toBe(realpathSync(path));
});

test('follows links within the workspace, even if the workspace itself is a link', () => {
  const path = write(join(workspace, 'real.sh'));
  symlinkSync('real.sh', join(workspace, 'link.sh'));
  symlinkSync(workspace, join(outside, 'workspace'));
  expect(scriptFile(join(outside, 'workspace'), 'link.sh')).toBe(realpathSync(path));
});

test.each(['7f454c46', 'cffaedfe', 'cafebabe'])('accepts a program that starts with %s', start => {
  write(join(workspace, 'program'), Buffer.from(`${start}00000000`, 'hex'));
  expect(() => scriptFile(workspace, 'program')).not.toThrow();
});

describe('refuses', () => {
  const refusal = (run: string) => () => scriptFile(workspace, run);

  test('a file that does not exist', () => {
    expect(refusal('fix.sh')).toThrow(ConfigError);
    expect(refusal('fix.sh')).toThrow('is not in the workspace. Add a step with actions/checkout before this one.');
  });

  test('a broken link', () => {
    symlinkSync('nowhere', join(workspace, 'fix.sh'));
    expect(refusal('fix.sh')).toThrow('is not in the workspace');
  });

  test.each(['a link', 'a link to a folder', 'a path', 'a neighbor'])('%s out of the workspace', kind => {
    write(join(outside, 'fix.sh'));
    symlinkSync(join(outside, 'fix.sh'), join(workspace, 'link.sh'));
    symlinkSync(outside, join(workspace, 'folder'));
    mkdirSync(`${workspace}-2`);
    write(join(`${workspace}-2`, 'fix.sh'));
    remove.push(async () => rmSync(`${workspace}-2`, {recursive: true}));
    const run =
      {
        'a link': 'link.sh',
        'a link to a folder': 'folder/fix.sh',
        'a path': join(outside, 'fix.sh'),
        'a neighbor': `../${workspace.split('/').at(-1)}-2/fix.sh`,
      }[kind] ?? '';
    expect(refusal(run)).toThrow(/is outside the workspace. Only files of the repository can be run$/);
  });

  test('a folder', () => {
    mkdirSync(join(workspace, 'folder'));
    expect(refusal('folder')).toThrow('is not a file');
    expect(refusal('.')).toThrow('is outside the workspace');
  });

  test('a file that is not executable, with the command that fixes it', () => {
    write(join(workspace, 'fix.sh'), '#!/bin/sh\n', 0o644);
    expect(refusal('fix.sh')).toThrow('is not executable. Run: chmod +x fix.sh && git add --chmod=+x fix.sh');
  });

  test.each([
    ['', 'is empty'],
    ['echo hi\n', 'is a text without a first line that names its interpreter'],
    ['\ufeff#!/bin/sh\n', 'starts with a byte order mark'],
    ['#', 'is too short'],
  ])('%j, which %s, because it would run in /bin/sh', text => {
    write(join(workspace, 'fix.sh'), text);
    expect(refusal('fix.sh')).toThrow(
      "can't be started: its first line must name its interpreter, for example #!/usr/bin/env bash",
    );
  });
});

test.each([
  ['ENOENT', /interpreter .* not installed, or the line ends in CR LF/],
  ['EACCES', /not executable. Run: chmod \+x/],
  ['ENOEXEC', /a different type of processor/],
  ['E2BIG', /variables are too large/],
  ['EMFILE', /can't be started: spawn EMFILE$/],
])('explains %s if the script cannot be started', (code, words) => {
  expect(startFailure(Object.assign(new Error(`spawn ${code}`), {code}), 'fix.sh')).toMatch(words);
});
