/** Read: as of when a command decides. */

import {showValue} from '../../base/text.ts';
import {parseInstant} from '../../rules/values/instant.ts';
import {UsageError} from './usage.ts';
import type {CliWorld} from './world.ts';

/**
 * Milliseconds since the epoch.
 * @param at ISO 8601 with its zone, as rule tests take it; now, if it is not given
 * @throws {UsageError}
 */
export function readMoment(command: string, at: string | undefined, {now}: Pick<CliWorld, 'now'>): number {
  if (at === undefined) return now();
  const moment = parseInstant(at);
  if (moment !== undefined) return moment;
  throw new UsageError(command, [{message: momentMistake(at)}]);
}

/** What is not a time with its zone means another moment on another machine, or none. */
export function momentMistake(at: string): string {
  return `--at ${showValue(at)} is not a date and time with its zone, as 2026-11-20T12:28:18Z or 2026-11-20T13:28:18+01:00`;
}
