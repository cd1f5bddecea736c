/** File system checks that never throw. */
import {type Stats, statSync} from 'node:fs';

/** Undefined if the path does not exist or is invalid, for example because it is below a file or contains a NUL. */
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
