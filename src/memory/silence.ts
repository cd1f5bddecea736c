/** Memory: a person stops the messages about an incident for some time. Pure. */
import type {Incident} from './format/format.ts';

/** @param at seconds since the epoch */
export function isSilenced({silence}: Incident, at: number): boolean {
  return silence !== undefined && at < silence.until;
}
