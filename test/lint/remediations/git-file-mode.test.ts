import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {indexMode} from '../../../src/lint/remediations/git-file-mode.ts';

let root: string;
let file: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'port-reactor-')));
  file = join(root, ':(glob)*.sh'); // git could read this as a pattern
  writeFileSync(file, '#!/bin/sh\n');
  writeFileSync(join(root, 'b.sh'), '#!/bin/sh\n');
});
afterEach(() => rmSync(root, {recursive: true}));

const git = (...args: string[]) => execFileSync('git', args, {cwd: root, stdio: 'ignore'});

test('reads the mode from the index', () => {
  git('init');
  expect(indexMode(file)).toBeUndefined();
  git('add', '.');
  git('--literal-pathspecs', 'update-index', '--chmod=+x', ':(glob)*.sh');
  expect([indexMode(file), indexMode(join(root, 'b.sh'))]).toEqual(['100755', '100644']);
});

test('returns no mode outside of a repository or without git', () => {
  expect(indexMode(file)).toBeUndefined();
  git('init');
  git('add', '.');
  expect(indexMode(file, join(root, 'no-git'))).toBeUndefined();
});

test('does not start programs that the repository configures', () => {
  git('init');
  git('add', '.');
  const monitor = join(root, 'monitor.sh');
  writeFileSync(monitor, `#!/bin/sh\ntouch '${root}/started'\n`);
  chmodSync(monitor, 0o755);
  git('config', 'core.fsmonitor', monitor);
  expect(indexMode(join(root, 'b.sh'))).toBe('100644');
  expect(existsSync(join(root, 'started'))).toBe(false);
});
