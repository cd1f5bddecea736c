/** Memory: a person takes an incident on: it no longer reminds or escalates. Pure. */
import type {Rules} from '../rules/rules.ts';
import {withDue} from './fold/timers.ts';
import type {Incident, Shards} from './format/format.ts';

export interface Acknowledgement {
  /** Which incidents. */
  readonly isMeant: (incident: Incident) => boolean;
  readonly by: string;
  /** Seconds since the epoch. */
  readonly at: number;
  /** When it ends, in seconds since the epoch. Absent: with the incident. */
  readonly until?: number;
}

/** The shards with the acknowledgement, and the incidents that took it: those that are not over. */
export function acknowledge({byName}: Rules, shards: Shards, {isMeant, by, at, until}: Acknowledgement) {
  const ack = {by, at, ...(until === undefined ? {} : {until})};
  const taken: Incident[] = [];
  const next = new Map(
    [...shards].map(([shard, memory]) => {
      const incidents = memory.incidents.map(incident => {
        if (incident.state === 'closed' || !isMeant(incident)) return incident;
        const acknowledged = withDue({...incident, ack}, byName.get(incident.rule));
        taken.push(acknowledged);
        return acknowledged;
      });
      return [
        shard,
        incidents.every((one, index) => one === memory.incidents[index]) ? memory : {...memory, incidents},
      ];
    }),
  );
  return {next, taken};
}
