/** Lint: what there is to look at in a repository. Reads the disk. */
import {existsSync, readdirSync, readFileSync, realpathSync} from 'node:fs';
import {isAbsolute, join, normalize, relative, resolve, sep} from 'node:path';
import {ConfigError, messageOf} from '../base/errors.ts';
import {isFile, statsOf} from '../base/files.ts';
import {scriptMistake} from './rules/script-mistake.ts';
import type {SourceFile} from './source.ts';

export interface Repository {
  readonly rules: SourceFile;
  /** Absent where there are none. */
  readonly ruleTests?: SourceFile;
  readonly workflows: readonly SourceFile[];
  /** Whether `uses: ./` is this action: not where the repository has another one. */
  readonly ownAction: boolean;
  readonly fileExists: (path: string) => boolean;
  /** Of a file of the repository. Throws where it can't be read. */
  readonly readText: (path: string) => string;
  /** Why a script would not run; undefined where it would. */
  readonly scriptMistake: (path: string) => string | undefined;
}

/** Where rule tests are. */
export const RULE_TESTS = '.github/port-reactor.test.yml';
const WORKFLOWS = '.github/workflows';

/**
 * @param root the folder that paths are relative to
 * @param rules the path of the rules file
 * @throws {ConfigError} where the rules are not there, or a file can't be read
 */
export function readRepository(root: string, rules: string): Repository {
  const read = (file: string) => readSource(root, file);
  const fileExists = (path: string) => isFile(resolve(root, path));
  const action = ['action.yml', 'action.yaml'].find(fileExists);
  return {
    rules: read(rulesPath(root, rules)),
    ...(fileExists(RULE_TESTS) ? {ruleTests: read(RULE_TESTS)} : {}),
    workflows: workflowsIn(root).map(read),
    ownAction: action === undefined ? !fileExists('Dockerfile') : /^name:\s*Port Reactor\s*$/m.test(read(action).text),
    fileExists,
    readText: path => read(inside(root, path)).text,
    scriptMistake: path => scriptMistake(root, path),
  };
}

/** The paths of what is looked at. */
export function filesOf({rules, ruleTests, workflows}: Repository): string[] {
  return [rules, ...(ruleTests === undefined ? [] : [ruleTests]), ...workflows].map(({file}) => file);
}

/** As the repository knows it, where it is in the repository. */
function rulesPath(root: string, rules: string): string {
  const path = isAbsolute(rules) ? relative(root, rules) : normalize(rules);
  return path.startsWith('..') ? rules : path.split(sep).join('/');
}

/** Those who write a pull request must not be told what else is on the runner, by whatever links. */
function inside(root: string, path: string): string {
  const file = resolve(root, path);
  const [first] = existsSync(file) ? relative(realpathSync(root), realpathSync(file)).split(sep) : [];
  if (first === '..') throw new ConfigError(`"${path}" is no file of the repository.`, []);
  return path;
}

function readSource(root: string, file: string): SourceFile {
  try {
    return {file, text: readFileSync(resolve(root, file), 'utf8')};
  } catch (error) {
    throw new ConfigError(`The file ${file} can't be read: ${messageOf(error)}.`, []);
  }
}

function workflowsIn(root: string): string[] {
  const folder = resolve(root, WORKFLOWS);
  const entries = statsOf(folder)?.isDirectory() ? readdirSync(folder) : [];
  const files = entries.filter(name => /\.ya?ml$/.test(name) && isFile(join(folder, name)));
  return files.sort().map(name => `${WORKFLOWS}/${name}`);
}
