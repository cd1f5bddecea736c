/** Act: writes the HTML page of a command. */
import {writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {messageOf} from '../../base/errors.ts';
import {UsageError} from './usage.ts';
import type {CliWorld} from './world.ts';

interface Page {
  readonly command: string;
  /** The value of `--html`, relative to the working directory. */
  readonly path: string;
  readonly html: string;
}

/** @throws {UsageError} if the file can't be written */
export function writePage({command, path, html}: Page, {cwd}: Pick<CliWorld, 'cwd'>): void {
  try {
    writeFileSync(resolve(cwd, path), html);
  } catch (error) {
    throw new UsageError(command, [{message: `--html ${path} can't be written: ${messageOf(error)}`}]);
  }
}
