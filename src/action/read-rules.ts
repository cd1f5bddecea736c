/** Parse: the rules file → compiled rules. From the workspace, or through GitHub's API if nothing was checked out. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import type {LoadGitHub} from '../base/deps.ts';
import {ConfigError, messageOf} from '../base/errors.ts';
import {isFile} from '../base/files.ts';
import {readText} from '../base/read-text.ts';
import type {Run} from '../base/run.ts';
import {loadRules} from '../rules/parse-rules.ts';
import type {Rules} from '../rules/rules.ts';
import type {Loaded} from '../rules/yaml/parse-yaml.ts';

/** Where the rules file is. */
export interface RulesPlace {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly run: Pick<Run, 'workspace' | 'repository' | 'sha' | 'apiUrl'>;
  /** For GitHub's API. Without one, the file is read from the workspace only. */
  readonly token: string | undefined;
}

/**
 * A workflow that only notifies needs no checkout: with a token, the file is read at the run's commit. Scripts need a
 * checkout, and their files are checked only if there is one. Never rejects.
 * @returns the rules that work, undefined if none can, and all mistakes with their places
 */
export async function readRules(place: RulesPlace, loadGitHub: LoadGitHub): Promise<Loaded<Rules>> {
  const {path, run, token} = place;
  const file = resolve(run.workspace, path);
  if (!existsSync(file) && token !== undefined) return readFromGitHub({...place, token}, loadGitHub);
  const read = attempt(() => readText(file));
  if ('error' in read) return unreadable(path, messageOf(read.error));
  return loadRules(read.text, path, script => isFile(resolve(run.workspace, script)));
}

type Text = {readonly text: string} | {readonly error: unknown};

function attempt(read: () => string): Text {
  try {
    return {text: read()};
  } catch (error) {
    return {error};
  }
}

async function readFromGitHub(
  {path, run, token}: RulesPlace & {readonly token: string},
  load: LoadGitHub,
): Promise<Loaded<Rules>> {
  const {repository, sha, apiUrl} = run;
  const {readRepositoryFile} = await load();
  const read = await readRepositoryFile({repository, path, sha}, token, apiUrl).then(
    (text): Text => ({text}),
    (error: unknown): Text => ({error}),
  );
  if ('error' in read) return unreadable(path, `it is not in the workspace, and ${messageOf(read.error)}`);
  return loadRules(read.text, path);
}

function unreadable(path: string, why: string): Loaded<Rules> {
  const message =
    'Check the input `rules`, and that the file is committed to the default branch. Without actions/checkout before this step, the job needs `permissions: { contents: read }`.';
  return {value: undefined, error: new ConfigError(`The rules file ${path} can't be read: ${why}.`, [{message}])};
}
