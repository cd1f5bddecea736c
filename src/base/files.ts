/** Questions about the disk that have an answer for any path. */
import {type Stats, statSync} from 'node:fs';

/** Undefined if nothing is there, or nothing can be: below a file, say, or with a NUL in the path. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() ?? false;
}
