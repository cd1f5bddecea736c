/** Memory: a reaction, and its incident before and after the run. Pure. */
import type {Incident, Shards} from '../format/format.ts';
import type {Reaction} from '../reactions.ts';

/** A reaction with its incident before and after the run. */
export interface Recorded {
  readonly reaction: Reaction;
  readonly before?: Incident | undefined;
  readonly after?: Incident | undefined;
}

/** @param after the shards after the run */
export function recordOf(reaction: Reaction, after: Shards): Recorded {
  const {shard, incident, before, kind} = reaction;
  const id = (incident ?? before)?.id;
  const found = after.get(shard)?.incidents.find(one => one.id === id);
  // The incident of a note is not always stored.
  return {reaction, before, after: found ?? (kind === 'note' ? incident : undefined)};
}
