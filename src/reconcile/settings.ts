/** Reconcile: what the relay is set to, from the same variables: event type and number of partitions. Pure. */
import type {Problem} from '../base/errors.ts';
import {defaultOf} from '../base/relay-variables.ts';

export interface RelaySettings {
  readonly eventType: string;
  readonly partitions: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** What is wrong is added to `problems`. */
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

/** How long after a dispatch its changes must be decided. */
export const USUAL_ALARM_MS = 10 * 60_000;
