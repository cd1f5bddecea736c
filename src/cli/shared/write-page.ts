/** Act: writes the HTML page of a command. */
import {writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {messageOf} from '../../base/errors.ts';
import {isObject} from '../../base/json.ts';
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
    throw new UsageError(command, [{message: `--html ${path} can't be written: ${whyUnwritable(error)}`}]);
  }
}

/** @see https://nodejs.org/api/errors.html#common-system-errors */
function whyUnwritable(error: unknown): string {
  const code = isObject(error) ? String(error['code']) : '';
  return REASONS[code] ?? messageOf(error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist. Create it, or choose another path',
  ENOTDIR: 'a part of its path is a file. Choose another path',
  EISDIR: 'it is a folder. Add the name of a file',
  EACCES: 'you do not have permission to write it. Choose another path',
  EROFS: 'its file system is read-only. Choose another path',
  ENOSPC: 'the disk is full',
};
