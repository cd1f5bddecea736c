/** Act: the incidents in the first message of a thread, according to the memory. Pure. */
import type {Incident, Shards} from '../../memory/format/format.ts';
import type {Reaction} from '../../memory/reactions.ts';
import type {Rules} from '../../rules/rules.ts';
import type {Member, MembersOf} from './threads.ts';

interface Known {
  readonly rules: Pick<Rules, 'byName'>;
  /** As they were read. */
  readonly before: Shards;
  /** As they will be written. What is over may be left out there. */
  readonly after: Shards;
  /** They hold the incidents as this run leaves them. */
  readonly reactions: readonly Reaction[];
}

/** Incidents of rules that the file does not have any more are left out. */
export function createMembersOf({rules, before, after, reactions}: Known): MembersOf {
  const byId = new Map<string, Incident>();
  for (const shards of [before, after]) {
    for (const {incidents} of shards.values()) for (const incident of incidents) byId.set(incident.id, incident);
  }
  for (const {incident} of reactions) if (incident !== undefined) byId.set(incident.id, incident);
  return (destination, ts) =>
    [...byId.values()].flatMap((incident): Member[] => {
      const sent = Object.hasOwn(incident.told, destination) ? incident.told[destination] : undefined;
      const rule = rules.byName.get(incident.rule);
      return sent?.ts === ts && rule !== undefined ? [{incident, rule}] : [];
    });
}
