/** Read: the event that a command is about, from a file or standard input. */
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {ConfigError, messageOf} from '../../base/errors.ts';
import {decodeText} from '../../base/read-text.ts';
import type {CliWorld} from './world.ts';

export interface EventText {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

/**
 * @param file relative to the world's folder; `-` is standard input
 * @throws {ConfigError} if it can't be read
 */
export async function readEventText(file: string, {cwd, readInput}: CliWorld): Promise<EventText> {
  const name = file === '-' ? 'standard input' : file;
  try {
    const bytes = file === '-' ? await readInput() : readFileSync(resolve(cwd, file));
    return {name, text: decodeText(bytes)};
  } catch (error) {
    throw new ConfigError(`The event can't be read from ${name}: ${messageOf(error)}.`, [
      {
        message:
          'Name a file with an event as JSON or with the decision record of a run, or - for standard input. ' +
          'port-reactor explain --help shows an example.',
      },
    ]);
  }
}
