/** package.json is the only place that names the account of the project. */
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const {withOwner}: {withOwner(text: string, owner: string): string} = await import(join(ROOT, 'scripts/owner.js'));
const FOLDERS = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs', '.github', 'deploy', 'examples'];
const files = execFileSync('git', ['ls-files', ...FOLDERS], {cwd: ROOT, encoding: 'utf8'})
  .split('\n')
  .filter(Boolean);

/** A user's repository, a variable of GitHub, and the placeholders that lint finds. */
const OTHERS = /OWNER\/REPOSITORY|REPOSITORY_OWNER|placeholders [^|]*/g;

test.each(files)('npm run docs writes another account to %s', file => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const owned = withOwner(text, 'acme-co');
  expect(owned.replaceAll(OTHERS, '')).not.toContain('OWNER');
  expect(owned.split('acme-co/port-reactor').length).toBe(text.split('OWNER/port-reactor').length);
});
