/** Act: one command → the incident memory, written only onto what it was decided on. */
import type {Memory} from '../memory/format/format.ts';
import {ALL_SHARDS} from '../memory/format/keys.ts';
import {type Command, type Obeyed, obey} from '../memory/obey.ts';
import type {RecalledShard, ShardStore} from '../memory/store/shard-store.ts';
import type {Rules} from '../rules/rules.ts';

/** `failed`: why it is not known to be written. */
export type ObeyResult = Obeyed | {readonly failed: string};

const MAX_TRIES = 6;
const DONE: Record<Command['do'], string> = {
  acknowledge: 'acknowledged',
  silence: 'silenced',
  resume: 'resumed',
  unacknowledge: 'resumed',
  unsilence: 'resumed',
};

/** The id of an incident does not say which shard has it, so one query reads all. Never rejects for what GitHub answers. */
export async function obeyInMemory(store: ShardStore<Memory>, rules: Rules, command: Command): Promise<ObeyResult> {
  const recalled = new Map(await store.recall(ALL_SHARDS));
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const obeyed = obey(rules, memoriesIn(recalled), command);
    const unread = [...recalled.values()].find(shard => 'unavailable' in shard);
    if (obeyed.result === 'unknown' && unread !== undefined) return {failed: unread.unavailable};
    const [number = -1] = obeyed.changed;
    const [shard, next] = [recalled.get(number), obeyed.next.get(number)];
    if (shard === undefined || 'unavailable' in shard || next === undefined) return obeyed;
    const written = await store.writeIntent(shard, next, `1 ${DONE[command.do]}`);
    if (written.kind === 'written') return obeyed;
    if (written.kind === 'failed') return {failed: written.reason};
    recalled.set(number, written.shard);
  }
  return {failed: `Other runs wrote the incident memory first at each of ${MAX_TRIES} tries.`};
}

function memoriesIn(recalled: ReadonlyMap<number, RecalledShard<Memory>>): Map<number, Memory> {
  return new Map([...recalled].flatMap(([shard, one]) => ('memory' in one ? [[shard, one.memory]] : [])));
}
