/** How many connections this process can have open at the same time. */
import {readFileSync} from 'node:fs';

/** Undefined if the system does not report it. Node itself raises the soft limit to the hard limit. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // not Linux
  }
}

/** File descriptors for Node, the log, the rules, and connections to GitHub, Port and smee. */
const RESERVED = 48;

/**
 * `wanted`, or fewer if the process cannot open as many files. Without free file descriptors, the system would close connections
 * without a log line, and GitHub could not be reached.
 */
export function affordableConnections(wanted: number, limit = openFilesLimit()): number {
  return limit === undefined ? wanted : Math.min(wanted, Math.max(limit - RESERVED, Math.ceil(limit / 4)));
}
