/** Reads an event from a file or from standard input. */

import type {CliWorld} from '../world.ts';
import {readInputText} from './named-file.ts';

export interface EventText {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

/**
 * @param file relative to `world.cwd`, or `-` for standard input
 * @throws {ConfigError} if it can't be read
 */
export async function readEventText(command: string, file: string, world: CliWorld): Promise<EventText> {
  const remedy = `Pass a file with an event as JSON or with the decision record of a run, or - for standard input. port-reactor ${command} --help shows an example`;
  const text = await readInputText({what: 'the event in', file, remedy}, world);
  return {name: file === '-' ? 'standard input' : file, text};
}
