/** Reads a file that the user named. All commands report the same errors. */
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {ConfigError, type Problem} from '../../../base/errors.ts';
import {isObject} from '../../../base/json.ts';
import {decodeText, whyUnreadable} from '../../../base/text/read-text.ts';
import type {CliWorld} from '../world.ts';

export interface NamedFile {
  /** "the blueprint" */
  readonly what: string;
  /** The path as the user typed it. */
  readonly file: string;
  /** How to fix an error, without a full stop: "Set another path with --rules". */
  readonly remedy: string;
}

/** "the blueprint database.json can't be read: it does not exist. Set another file with --blueprint" */
export function unreadable({what, file, remedy}: NamedFile, error: unknown): string {
  const why = `${what} ${file} can't be read: ${whyUnreadable(error)}`;
  // An error of the encoding contains its own remedy. Only errors of the system have a code.
  const isOfSystem = isObject(error) && 'code' in error;
  return isOfSystem ? `${why}. ${remedy}` : why;
}

/**
 * The text of the file, or of standard input for `-`.
 * @throws {ConfigError}
 */
export async function readInputText(named: NamedFile, {cwd, readInput}: CliWorld): Promise<string> {
  const isInput = named.file === '-';
  try {
    return decodeText(isInput ? await readInput() : readFileSync(resolve(cwd, named.file)));
  } catch (error) {
    const message = unreadable(isInput ? {...named, file: 'standard input'} : named, error);
    throw new ConfigError(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`, []);
  }
}

/** The text of the file. If it can't be read, a problem is added, and the text is empty. */
export function readNamedText(named: NamedFile, cwd: string, problems: Problem[]): string {
  try {
    return decodeText(readFileSync(resolve(cwd, named.file)));
  } catch (error) {
    problems.push({message: unreadable(named, error)});
    return '';
  }
}

/** Like {@link readNamedText}. */
export function readBlueprintText(file: string, cwd: string, problems: Problem[]): string {
  return readNamedText({what: 'the blueprint', file, remedy: BLUEPRINT_REMEDY}, cwd, problems);
}

const BLUEPRINT_REMEDY = 'Set a JSON file with --blueprint. port-reactor lint --fetch saves the blueprints from Port';
