/** Memory: a reaction, and its incident before and after the run. Pure. */
import type {Incident, Shards} from '../format/format.ts';
import type {Reaction} from '../reactions.ts';

/** What the memory knew of a reaction's incident before it, and what it knows now. */
export interface Recorded {
  readonly reaction: Reaction;
  readonly before?: Incident | undefined;
  readonly after?: Incident | undefined;
}

/** @param after the shards as the run leaves them */
export function recordOf(reaction: Reaction, after: Shards): Recorded {
  const {shard, incident, before, kind} = reaction;
  const id = (incident ?? before)?.id;
  const found = after.get(shard)?.incidents.find(one => one.id === id);
  // A note may come without its incident.
  return {reaction, before, after: found ?? (kind === 'note' ? incident : undefined)};
}
