/** Parse: the rules file of the workspace → compiled rules. */
import {existsSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {ConfigError, messageOf} from './errors.ts';
import {parseRules} from './rules/parse-rules.ts';
import type {Rules} from './rules/rules.ts';

/**
 * @param path relative to the workspace
 * @throws {ConfigError} where it can't be read, or has mistakes: all of them, with their places
 */
export function readRules(path: string, workspace: string): Rules {
  let text: string;
  try {
    text = readFileSync(resolve(workspace, path), 'utf8');
  } catch (error) {
    const message =
      'Check the input `rules`, that the file is committed to the default branch, and that actions/checkout is a step before this one.';
    throw new ConfigError(`The rules file ${path} can't be read: ${messageOf(error)}.`, [{message}], path);
  }
  return parseRules(text, path, file => existsSync(resolve(workspace, file)));
}
