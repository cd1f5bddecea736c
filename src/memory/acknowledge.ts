/** Memory: a person acknowledges an incident. It then sends no reminders or escalations. Pure. */
import type {Rules} from '../rules/rules.ts';
import {withDue} from './fold/timers.ts';
import type {Incident, Shards} from './format/format.ts';

export interface Acknowledgement {
  /** Selects the incidents. */
  readonly isSelected: (incident: Incident) => boolean;
  readonly by: string;
  /** Seconds since the epoch. */
  readonly at: number;
  /** When the acknowledgement ends, in seconds since the epoch. If absent, it ends with the incident. */
  readonly until?: number;
}

/** The shards with the acknowledgement, and the acknowledged incidents. Closed incidents do not change. */
export function acknowledge({byName}: Rules, shards: Shards, {isSelected, by, at, until}: Acknowledgement) {
  const ack = {by, at, ...(until === undefined ? {} : {until})};
  const taken: Incident[] = [];
  const next = new Map(
    [...shards].map(([shard, memory]) => {
      const incidents = memory.incidents.map(incident => {
        if (incident.state === 'closed' || !isSelected(incident)) return incident;
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
