/** Read: the rules file that a command is about. */
import {readFileSync, statSync} from 'node:fs';
import {resolve} from 'node:path';
import {messageOf, type Problem} from '../errors.ts';
import {parseRules} from '../rules/parse-rules.ts';
import type {Rules} from '../rules/rules.ts';
import {UsageError} from './usage.ts';
import type {World} from './world.ts';

export const DEFAULT_RULES = '.github/port-reactor.yml';

/**
 * The file's text; where it can't be read, a problem is added, and the text is empty.
 * @param path relative to `cwd`
 */
export function readRulesText(path: string, cwd: string, problems: Problem[]): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    const remedy = 'run the command in the repository that holds the rules, or name another file with --rules';
    problems.push({message: `the rules file ${path} can't be read (${messageOf(error)}); ${remedy}`});
    return '';
  }
}

/**
 * The compiled rules, checked as the action does, with the scripts that they run.
 * @throws {UsageError} where the file can't be read
 * @throws {ConfigError} where it has mistakes
 */
export function readRules(command: string, path: string, {cwd}: Pick<World, 'cwd'>): Rules {
  const problems: Problem[] = [];
  const text = readRulesText(path, cwd, problems);
  if (problems.length > 0) throw new UsageError(command, problems);
  return parseRules(text, path, script => isFile(resolve(cwd, script)));
}

function isFile(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isFile() ?? false;
}
