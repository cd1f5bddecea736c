/** Parse: the rules file → compiled rules. From the workspace, or through GitHub's API if nothing was checked out. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import type {LoadGitHub, World} from '../base/deps.ts';
import {ConfigError, messageOf} from '../base/errors.ts';
import {isFile} from '../base/files.ts';
import type {Run} from '../base/run.ts';
import {readText} from '../base/text/read-text.ts';
import type {FileExists} from '../rules/check/check-rules.ts';
import {loadOpenRules} from '../rules/load-rules.ts';
import type {Rules} from '../rules/rules.ts';
import type {Loaded} from '../rules/yaml/load-yaml.ts';
import type {openYaml} from '../rules/yaml/parse-yaml.ts';
import {openPlainYaml} from '../rules/yaml/plain-yaml.ts';

/** The location of the rules file. */
export interface RulesPlace {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly run: Pick<Run, 'workspace' | 'repository' | 'sha' | 'apiUrl'>;
  /** For GitHub's API. If undefined, the file is read only from the workspace. */
  readonly token: string | undefined;
}

/** Code for runs without a checkout, and for files that use complex YAML or contain mistakes. */
export interface RulesLoaders {
  readonly loadGitHub: LoadGitHub;
  readonly loadYaml: () => Promise<{readonly openYaml: typeof openYaml}>;
}

export type ReadRulesDeps = RulesLoaders & Pick<World, 'fetch' | 'sleep'>;

/**
 * Reads and compiles the rules. A workflow that only notifies does not need a checkout: with a token, the file is read at the
 * commit of the run. Scripts need a checkout, and script files are checked only if there is one. Never rejects.
 * @returns the valid rules, or undefined if no rule is valid, and all mistakes with their positions
 */
export async function readRules(place: RulesPlace, deps: ReadRulesDeps): Promise<Loaded<Rules>> {
  const {path, run, token} = place;
  const {loadYaml} = deps;
  const file = resolve(run.workspace, path);
  const isCheckedOut = existsSync(file) || token === undefined;
  const read = isCheckedOut ? attempt(() => readText(file)) : await readFromGitHub({...place, token}, deps);
  if ('error' in read) return unreadable(path, read.error);
  const scriptExists = (script: string) => isFile(resolve(run.workspace, script));
  return loadRules(read.text, {path, loadYaml, ...(isCheckedOut && {scriptExists})});
}

interface LoadOptions extends Pick<RulesPlace, 'path'>, Pick<RulesLoaders, 'loadYaml'> {
  readonly scriptExists?: FileExists;
}

/** The YAML library is loaded only for complex YAML and for the positions of mistakes. */
async function loadRules(text: string, {path, scriptExists, loadYaml}: LoadOptions): Promise<Loaded<Rules>> {
  const plain = openPlainYaml(text);
  const loaded = plain && loadOpenRules(plain, path, scriptExists);
  if (loaded !== undefined && loaded.error === undefined) return loaded;
  const {openYaml} = await loadYaml();
  return loadOpenRules(openYaml(text), path, scriptExists);
}

type Text = {readonly text: string} | {readonly error: string};

function attempt(read: () => string): Text {
  try {
    return {text: read()};
  } catch (error) {
    return {error: messageOf(error)};
  }
}

async function readFromGitHub(
  {path, run, token}: RulesPlace & {readonly token: string},
  {loadGitHub, fetch, sleep}: ReadRulesDeps,
): Promise<Text> {
  const {repository, sha, apiUrl} = run;
  const {createRepositoryFiles} = await loadGitHub();
  const files = createRepositoryFiles({token, apiUrl}, {fetch, sleep});
  return files.read({repository, path, sha}).then(
    text => ({text}),
    (error: unknown) => ({error: `it is not in the workspace, and ${messageOf(error)}`}),
  );
}

function unreadable(path: string, why: string): Loaded<Rules> {
  const message =
    'Check the input `rules`, and check that the file is committed to the default branch. Without actions/checkout before this step, the job needs `permissions: { contents: read }`.';
  return {value: undefined, error: new ConfigError(`The rules file ${path} can't be read: ${why}.`, [{message}])};
}
