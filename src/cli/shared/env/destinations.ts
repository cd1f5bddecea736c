/** Reads the configured Slack destinations from the workflows, for commands that preview the action. */
import {ConfigError} from '../../../base/errors.ts';
import {knownDestinations} from '../../../lint/known-destinations.ts';
import {readRepository} from '../../../lint/read-repository.ts';
import {hasComputedDestinations, type Rules} from '../../../rules/rules.ts';
import {nameMistake} from '../../../rules/values/destination.ts';
import {UsageError} from '../usage.ts';
import type {CliWorld} from '../world.ts';

/**
 * The destinations that the workflows configure. Undefined if they are not known, or if no rule needs them.
 * @param path the path of the rules, relative to `cwd`
 */
export function destinationsHere(
  rules: Rules,
  path: string,
  {cwd}: Pick<CliWorld, 'cwd'>,
): readonly string[] | undefined {
  return hasComputedDestinations(rules) ? configuredDestinations(path, {cwd}) : undefined;
}

/** The destinations that the workflows configure. Undefined if they are not known. @param path relative to `cwd` */
export function configuredDestinations(path: string, {cwd}: Pick<CliWorld, 'cwd'>): readonly string[] | undefined {
  try {
    return knownDestinations(readRepository(cwd, path));
  } catch (error) {
    if (error instanceof ConfigError) return undefined; // `lint` reports a file that can't be read
    throw error;
  }
}

/** `--destinations a,b`. @throws {UsageError} */
export function parseDestinations(command: string, written: string | undefined): readonly string[] | undefined {
  if (written === undefined) return undefined;
  const names = written.split(',').map(name => name.trim());
  const mistakes = names.flatMap(name => nameMistake(name) ?? []);
  if (mistakes.length > 0) {
    throw new UsageError(
      command,
      mistakes.map(({message}) => ({message: `--destinations: ${message}`})),
    );
  }
  return names;
}
