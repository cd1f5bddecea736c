/** Reads the rules file of a command. */
import {resolve} from 'node:path';
import type {ConfigError, Problem} from '../../../base/errors.ts';
import {isFile} from '../../../base/files.ts';
import {loadRules} from '../../../rules/parse-rules.ts';
import type {Rules} from '../../../rules/rules.ts';
import {UsageError} from '../usage.ts';
import type {CliWorld} from '../world.ts';
import {readNamedText} from './named-file.ts';
import {otherExtension} from './rules-home.ts';

/**
 * The text of the file. If it can't be read, a problem is added, and the text is empty.
 * @param path relative to `cwd`
 */
export function readRulesText(path: string, cwd: string, problems: Problem[]): string {
  const remedy = isFile(resolve(cwd, path)) ? REMEDY : `${otherExtension(path, cwd)}${REMEDY}`;
  return readNamedText({what: 'the rules file', file: path, remedy}, cwd, problems);
}

const REMEDY = 'Run the command in the repository with the rules, or set another path with --rules';

/** The valid rules of a file, and the mistakes in the others. */
export interface RulesHere {
  readonly rules: Rules;
  readonly error: ConfigError | undefined;
}

/**
 * The compiled rules, with the checks of the action, including the scripts. Invalid parts are omitted.
 * @throws {UsageError} if the file can't be read
 * @throws {ConfigError} if no rule is valid
 */
export function readRulesFile(command: string, path: string, world: Pick<CliWorld, 'cwd'>): RulesHere {
  const {rules, error} = findRules(command, path, world);
  if (rules === undefined) throw error;
  return {rules, error};
}

/** {@link readRulesFile}, but undefined if no rule is valid. @throws {UsageError} if the file can't be read */
export function findRules(
  command: string,
  path: string,
  {cwd}: Pick<CliWorld, 'cwd'>,
): {readonly rules: Rules | undefined; readonly error: ConfigError | undefined} {
  const problems: Problem[] = [];
  const text = readRulesText(path, cwd, problems);
  if (problems.length > 0) throw new UsageError(command, problems);
  const {value, error} = loadRules(text, path, script => isFile(resolve(cwd, script)));
  return {rules: value, error};
}

/** Prints mistakes to standard error, and exits with code 1. With `--json`, the output already contains them. */
export function reportErrors(
  errors: readonly (ConfigError | undefined)[],
  isJson: boolean | undefined,
  world: CliWorld,
): void {
  for (const error of errors) {
    if (error === undefined) continue;
    if (!isJson) world.writeError(`${error.message}\n`);
    world.exitWith(1);
  }
}

/** A problem with its file, for JSON. */
export type NamedProblem = Problem & {readonly file?: string};

/** The key `problems`, for JSON. Absent if the list is empty. */
export function problemsOf(errors: readonly (ConfigError | undefined)[]): {problems?: readonly NamedProblem[]} {
  const problems = errors.flatMap(error =>
    (error?.problems ?? []).map(problem => (error?.file === undefined ? problem : {file: error.file, ...problem})),
  );
  return problems.length === 0 ? {} : {problems};
}
