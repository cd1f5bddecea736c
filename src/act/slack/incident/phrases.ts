/** Act: short phrases in the messages about incidents. Pure. */
import type {Remediate} from '../../../rules/rules.ts';

/** How names are formatted: as code in Slack, plain on a lock screen. */
export type Quote = (name: string) => string;

/** "scale-up.sh", "the job teardown" */
export function nameOf({run, job}: Partial<Remediate> = {}, quote: Quote): string {
  if (run !== undefined) return quote(run.slice(run.lastIndexOf('/') + 1));
  return job === undefined ? 'the script' : `the job ${quote(job)}`;
}

/** The defined parts, separated by commas. */
export function join(...parts: readonly (string | undefined)[]): string {
  return parts.filter(part => part !== undefined).join(', ');
}
