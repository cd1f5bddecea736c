/** Act: the incidents in the first message of a thread, according to the memory. Pure. */
import type {Incident, Shards} from '../../memory/format/format.ts';
import type {Reaction} from '../../memory/reactions.ts';
import type {Rules} from '../../rules/rules.ts';
import type {Member, MembersOf} from './threads.ts';

interface Known {
  readonly rules: Pick<Rules, 'byName'>;
  /** The shards as they were read. */
  readonly before: Shards;
  /** The shards as they will be written. They may no longer contain ended incidents. */
  readonly after: Shards;
  /** They contain the incidents as this run leaves them. */
  readonly reactions: readonly Reaction[];
}

/** Skips incidents of rules that the rules file no longer contains. */
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
