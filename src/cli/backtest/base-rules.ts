/** Reads the rules of another commit, for a comparison. */
import {execFileSync} from 'node:child_process';
import {relative, resolve} from 'node:path';
import type {ConfigError} from '../../base/errors.ts';
import {messageOf} from '../../base/errors.ts';
import {oneLine} from '../../base/text/show.ts';
import {loadRules} from '../../rules/parse-rules.ts';
import type {Rules} from '../../rules/rules.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';

const MAX_BYTES = 10 * 1024 * 1024;

/**
 * @param ref a commit, a branch or a tag
 * @param path the path of the rules, relative to `cwd`
 * @throws {UsageError} if git can't read it @throws {ConfigError} if no rule is valid
 */
export function readBaseRules(
  ref: string,
  path: string,
  {cwd}: Pick<CliWorld, 'cwd'>,
): {rules: Rules; error: ConfigError | undefined} {
  const text = readAt(ref, relative(cwd, resolve(cwd, path)), cwd);
  const {value, error} = loadRules(text, `${ref}:${path}`);
  if (value === undefined) throw error;
  return {rules: value, error};
}

function readAt(ref: string, path: string, cwd: string): string {
  try {
    // Otherwise git treats a ref that starts with a dash as an option.
    return execFileSync('git', ['show', '--end-of-options', `${ref}:./${path}`], {
      cwd,
      encoding: 'utf8',
      maxBuffer: MAX_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const stderr = (error as {stderr?: unknown}).stderr;
    const why = oneLine(typeof stderr === 'string' && stderr !== '' ? stderr : messageOf(error));
    throw new UsageError('backtest', [
      {
        message: `--base ${ref}: git can't read ${path} at this ref (${why}). Use a commit, a branch or a tag that contains it`,
      },
    ]);
  }
}
