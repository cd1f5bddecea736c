/** Lint: why a script that a rule names would not run on GitHub's runner. Looks at the disk. */
import {readdirSync, readFileSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';
import {scriptFile} from '../../act/script/script-file.ts';
import {messageOf} from '../../base/errors.ts';
import {statsOf} from '../../base/files.ts';
import {nearest} from '../../base/nearest.ts';
import {indexMode} from './git-file-mode.ts';

/** A sentence with what to do. Undefined if it would run. @param run relative to the repository's root */
export function scriptMistake(root: string, run: string): string | undefined {
  const stats = statsOf(resolve(root, run));
  if (stats === undefined) return `there is no file "${run}" in the repository${nearestFile(root, run)}`;
  if (stats.isDirectory()) return `"${run}" is a folder. Name the script in it${filesIn(root, run)}.`;
  try {
    const file = scriptFile(root, run);
    return shebangMistake(firstLine(file), run) ?? modeMistake(file, run);
  } catch (error) {
    return `"${run}" ${messageOf(error)}`;
  }
}

function nearestFile(root: string, run: string): string {
  const folder = dirname(run);
  const near = nearest(basename(run), list(resolve(root, folder)));
  return near === undefined ? '. Commit it, or fix the path.' : `. Did you mean "${join(folder, near)}"?`;
}

function filesIn(root: string, run: string): string {
  const [first] = list(resolve(root, run));
  return first === undefined ? '' : `, as ${join(run, first)}`;
}

function list(folder: string): string[] {
  return statsOf(folder)?.isDirectory() ? readdirSync(folder) : [];
}

const ENOUGH = 256;

function firstLine(file: string): string {
  return readFileSync(file).subarray(0, ENOUGH).toString('latin1').split('\n')[0] ?? '';
}

/** The kernel takes the line as it is: with a carriage return at its end it looks for "bash\r". */
function shebangMistake(line: string, run: string): string | undefined {
  if (!line.startsWith('#!')) return undefined; // a program
  if (line.endsWith('\r')) {
    return `"${run}" ends its first line in CR LF, so its interpreter is not found. Write LF, and add \`*.sh text eol=lf\` to .gitattributes.`;
  }
  if (/^#!\s*\//.test(line)) return undefined;
  return `"${run}" names its interpreter without a path in its first line. Write #!/usr/bin/env bash, say.`;
}

/** On a disk that has no such mode, or after a `chmod` that was not added, git and the disk differ. */
function modeMistake(file: string, run: string): string | undefined {
  if (indexMode(file) !== '100644') return undefined;
  return `"${run}" is executable on this disk, but not in git (100644), whose mode GitHub's runner gets. Run: git add --chmod=+x ${run}.`;
}
