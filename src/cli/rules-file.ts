/** Read: the text of the rules file that a command is about. */
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {messageOf, type Problem} from '../errors.ts';

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
