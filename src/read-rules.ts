/** Parse: the rules file → compiled rules. From the workspace, or through GitHub's API where nothing was checked out. */
import {existsSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import type {LoadGitHub} from './deps.ts';
import {ConfigError, messageOf} from './errors.ts';
import {isFile} from './files.ts';
import {parseRules} from './rules/parse-rules.ts';
import type {Rules} from './rules/rules.ts';
import type {Run} from './run.ts';

type Place = Pick<Run, 'workspace' | 'repository' | 'sha' | 'apiUrl'>;

/**
 * A workflow that only notifies needs no checkout: with a token the file is read as of the run's commit. Scripts need
 * one, and are looked for only where there is a checkout.
 * @param path relative to the repository's root
 * @throws {ConfigError} where it can't be read, or has mistakes: all of them, with their places
 */
export async function readRules(
  path: string,
  place: Place,
  token: string | undefined,
  loadGitHub: LoadGitHub,
): Promise<Rules> {
  const file = resolve(place.workspace, path);
  if (!existsSync(file) && token !== undefined) {
    return parseRules(await readFromGitHub(path, place, token, loadGitHub), path);
  }
  try {
    return parseRules(readFileSync(file, 'utf8'), path, script => isFile(resolve(place.workspace, script)));
  } catch (error) {
    throw error instanceof ConfigError ? error : unreadable(path, messageOf(error));
  }
}

async function readFromGitHub(path: string, place: Place, token: string, load: LoadGitHub): Promise<string> {
  const {repository, sha, apiUrl} = place;
  try {
    const {readRepositoryFile} = await load();
    return await readRepositoryFile({repository, path, sha}, token, apiUrl);
  } catch (error) {
    throw unreadable(path, `it is not in the workspace, and ${messageOf(error)}`);
  }
}

function unreadable(path: string, why: string): ConfigError {
  const message =
    'Check the input `rules`, and that the file is committed to the default branch. Without actions/checkout before this step, the job needs `permissions: { contents: read }`.';
  return new ConfigError(`The rules file ${path} can't be read: ${why}.`, [{message}]);
}
