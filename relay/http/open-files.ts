/** How many files and connections this process may have open at a time. */
import {readFileSync} from 'node:fs';

/** Undefined if the system does not say. Node itself raises the soft limit to the hard one. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // not Linux
  }
}

/** For Node, the log, the rules, and connections to GitHub, Port and smee. */
const RESERVED = 48;

/**
 * At most so many connections, and fewer if the process may not open as many files. Without file descriptors, connections
 * would be closed by the system, with nothing in the log, and no way to GitHub would be left.
 */
export function affordableConnections(wanted: number, limit = openFilesLimit()): number {
  return limit === undefined ? wanted : Math.min(wanted, Math.max(limit - RESERVED, Math.ceil(limit / 4)));
}
