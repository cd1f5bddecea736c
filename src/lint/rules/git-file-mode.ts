/** Lint: the mode that git has of a file: it, and not the disk's, is what a checkout on GitHub's runner gets. Asks git. */
import {execFileSync} from 'node:child_process';
import {dirname} from 'node:path';

const TIMEOUT_MS = 5000;

/**
 * `100755` or `100644`, of the index. Undefined if git does not track the file, or is not there to be asked.
 * A monitor that the repository's own configuration names is not started: lint also looks at files of strangers.
 * @see https://git-scm.com/docs/git-ls-files
 * @param file its absolute path
 */
export function indexMode(file: string, git = 'git'): string | undefined {
  const args = ['--literal-pathspecs', '-c', 'core.fsmonitor=false', 'ls-files', '--stage', '-z', '--', file];
  try {
    const listing = execFileSync(git, args, {
      cwd: dirname(file),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TIMEOUT_MS,
    });
    return /^(\d{6}) /.exec(listing)?.[1];
  } catch {
    return undefined;
  }
}
