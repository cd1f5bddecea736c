/** Lint: why the script of a rule would not run on GitHub's runner. Reads the disk. */
import {readdirSync, readFileSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';
import {scriptFile} from '../../act/script/script-file.ts';
import {messageOf} from '../../base/errors.ts';
import {statsOf} from '../../base/files.ts';
import {nearest} from '../../base/text/nearest.ts';
import {indexMode} from './git-file-mode.ts';

/** A sentence with the fix. Undefined if the script would run. @param run the path relative to the root of the repository */
export function scriptMistake(root: string, run: string): string | undefined {
  const stats = statsOf(resolve(root, run));
  if (stats === undefined) return `there is no file "${run}" in the repository${nearestFile(root, run)}`;
  if (stats.isDirectory()) return `"${run}" is a folder. Use the path of a script in it${filesIn(root, run)}.`;
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
  return first === undefined ? '' : `, for example ${join(run, first)}`;
}

function list(folder: string): string[] {
  return statsOf(folder)?.isDirectory() ? readdirSync(folder) : [];
}

const MAX_FIRST_LINE = 256;

function firstLine(file: string): string {
  return readFileSync(file).subarray(0, MAX_FIRST_LINE).toString('latin1').split('\n')[0] ?? '';
}

/** Why the kernel does not find the interpreter. With a carriage return at the end of the line, it searches for "bash\r". */
function shebangMistake(line: string, run: string): string | undefined {
  if (!line.startsWith('#!')) return undefined; // a program
  if (line.endsWith('\r')) {
    return `"${run}" ends its first line with CR LF, so its interpreter is not found. Use LF, and add \`*.sh text eol=lf\` to .gitattributes.`;
  }
  if (/^#!\s*\//.test(line)) return undefined;
  return `"${run}" has no path of an interpreter in its first line. Write, for example, #!/usr/bin/env bash.`;
}

/** Reports a file that is executable on disk but not in git, for example after a `chmod` that was not added. */
function modeMistake(file: string, run: string): string | undefined {
  if (indexMode(file) !== '100644') return undefined;
  return `"${run}" is executable on this disk, but not in git (100644), whose mode GitHub's runner uses. Run: git add --chmod=+x ${run}.`;
}
