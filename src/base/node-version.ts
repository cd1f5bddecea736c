/** Checks the version of Node, because the error of a missing function does not show what to do. */

/** The oldest major version that CI tests. */
const OLDEST = 20;

/**
 * @param version as in `process.versions.node`: `18.20.8`
 * @returns what to do, or undefined if the version is supported
 */
export function nodeVersionMistake(version: string): string | undefined {
  const major = Number.parseInt(version, 10);
  if (major >= OLDEST) return undefined;
  return `Node ${version} is too old. Port Reactor requires Node ${OLDEST} or later. Install it from https://nodejs.org/en/download`;
}
