/** Reads the time for which a command decides. */

import {showValue} from '../../base/text/show.ts';
import {parseInstant} from '../../rules/values/instant.ts';
import {UsageError} from './usage.ts';
import type {CliWorld} from './world.ts';

/**
 * Milliseconds since the epoch.
 * @param at ISO 8601 with a time zone, as in rule tests. Default: now
 * @throws {UsageError}
 */
export function readMoment(command: string, at: string | undefined, {now}: Pick<CliWorld, 'now'>): number {
  if (at === undefined) return now();
  const moment = parseInstant(at);
  if (moment !== undefined) return moment;
  throw new UsageError(command, [{message: momentMistake(at)}]);
}

/** Without a time zone, the result would depend on the machine. */
export function momentMistake(at: string): string {
  return `--at ${showValue(at)} is not a date and time with a time zone, for example 2026-11-20T12:28:18Z or 2026-11-20T13:28:18+01:00`;
}
