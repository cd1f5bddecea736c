/** Reconcile: reads the relay's event type and number of partitions from the relay's variables. Pure. */
import type {Problem} from '../base/errors.ts';
import {defaultOf} from '../base/settings/relay-variables.ts';

export interface RelaySettings {
  readonly eventType: string;
  readonly partitions: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Adds mistakes to `problems`. */
export function readRelaySettings(env: Env, problems: Problem[]): RelaySettings {
  const read = (name: string) => env[name]?.trim() || defaultOf(name) || '';
  const written = read('REACTOR_PARTITIONS');
  if (!/^[1-8]$/.test(written)) {
    problems.push({
      message: `REACTOR_PARTITIONS must be a number from 1 to 8, the same as for the relay, but is "${written}"`,
    });
  }
  return {eventType: read('REACTOR_EVENT_TYPE'), partitions: Number(written)};
}

/** The default time within which a dispatched change must be decided. */
export const DEFAULT_ALARM_MS = 10 * 60_000;
