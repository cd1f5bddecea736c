/** Lint: reads the files to check from a repository on disk. */
import {existsSync, readdirSync, realpathSync} from 'node:fs';
import {isAbsolute, join, normalize, relative, resolve, sep} from 'node:path';
import {PROTECTED_FILE} from '../backtest/protected-incidents.ts';
import {ConfigError, messageOf} from '../base/errors.ts';
import {isFile, statsOf} from '../base/files.ts';
import {readText} from '../base/text/read-text.ts';
import {scriptMistake} from './remediations/script-mistake.ts';
import type {SourceFile} from './source.ts';

export interface Repository {
  readonly rules: SourceFile;
  /** Absent if the repository has no rule tests. */
  readonly ruleTests?: SourceFile;
  /** Incidents that must still be reported. Absent if the repository does not have this list. */
  readonly protectedList?: SourceFile;
  readonly workflows: readonly SourceFile[];
  /** Whether `uses: ./` is this action. False if the repository is another action. */
  readonly ownAction: boolean;
  readonly fileExists: (path: string) => boolean;
  /** Reads a file of the repository. Throws if it can't be read. */
  readonly readText: (path: string) => string;
  /** Why a script would not run. Undefined if it would run. */
  readonly scriptMistake: (path: string) => string | undefined;
}

/** The path of the rule tests. */
export const RULE_TESTS = '.github/port-reactor.test.yml';
const WORKFLOWS = '.github/workflows';

/**
 * @param root the folder that paths are relative to
 * @param rules the path of the rules file
 * @throws {ConfigError} if the rules do not exist or a file can't be read
 */
export function readRepository(root: string, rules: string): Repository {
  const read = (file: string) => readSource(root, file);
  const fileExists = (path: string) => isFile(resolve(root, path));
  const action = ['action.yml', 'action.yaml'].find(fileExists);
  return {
    rules: read(rulesPath(root, rules)),
    ...(fileExists(RULE_TESTS) ? {ruleTests: read(RULE_TESTS)} : {}),
    ...(fileExists(PROTECTED_FILE) ? {protectedList: read(PROTECTED_FILE)} : {}),
    workflows: workflowsIn(root).map(read),
    ownAction: action === undefined ? !fileExists('Dockerfile') : /^name:\s*Port Reactor\s*$/m.test(read(action).text),
    fileExists,
    readText: path => read(inside(root, path)).text,
    scriptMistake: path => scriptMistake(root, path),
  };
}

/** The paths of the checked files. */
export function filesOf({rules, ruleTests, protectedList, workflows}: Repository): string[] {
  return [rules, ruleTests, protectedList, ...workflows].flatMap(source => (source === undefined ? [] : [source.file]));
}

/** The path of the rules relative to the repository, if the file is inside it. */
function rulesPath(root: string, rules: string): string {
  const path = isAbsolute(rules) ? relative(root, rules) : normalize(rules);
  return path.startsWith('..') ? rules : path.split(sep).join('/');
}

/**
 * Resolves a path inside the repository. A pull request must not read other files of the runner, even through symbolic links.
 */
function inside(root: string, path: string): string {
  const file = resolve(root, path);
  const [first] = existsSync(file) ? relative(realpathSync(root), realpathSync(file)).split(sep) : [];
  if (first === '..') throw new ConfigError(`"${path}" is not a file of the repository.`, []);
  return path;
}

function readSource(root: string, file: string): SourceFile {
  try {
    return {file, text: readText(resolve(root, file))};
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
