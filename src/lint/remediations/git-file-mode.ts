/** Lint: the mode of a file in git, which a checkout on GitHub's runner uses instead of the mode on disk. Runs git. */
import {execFileSync} from 'node:child_process';
import {dirname} from 'node:path';

const TIMEOUT_MS = 5000;

/**
 * `100755` or `100644`, from the index. Undefined if git does not track the file or is not installed. Disables
 * `core.fsmonitor`, because the configuration of an untrusted repository could start a program with it.
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
