/** Read: as of when a command decides. */
import {UsageError} from './usage.ts';
import type {World} from './world.ts';

/**
 * Milliseconds since the epoch.
 * @param at ISO 8601; now, where it is not given
 * @throws {UsageError}
 */
export function readMoment(command: string, at: string | undefined, {now}: Pick<World, 'now'>): number {
  if (at === undefined) return now();
  const moment = Date.parse(at);
  if (!Number.isNaN(moment)) return moment;
  throw new UsageError(command, [{message: `--at ${at} is no time, as 2026-11-20T12:28:18Z`}]);
}
