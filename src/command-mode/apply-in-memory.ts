/** Act: one command → the incident memory. It is written only on top of the version that was read. */

import {type AppliedCommand, applyCommand, type Command} from '../memory/apply-command.ts';
import type {Memory} from '../memory/format/format.ts';
import {ALL_SHARDS} from '../memory/format/shards.ts';
import type {RecalledShard, ShardStore} from '../memory/store/shard-store.ts';
import type {Rules} from '../rules/rules.ts';

/** `failed`: why the command may not be written. */
export type ApplyResult = AppliedCommand | {readonly failed: string};

const MAX_ATTEMPTS = 6;
const DONE: Record<Command['do'], string> = {
  acknowledge: 'acknowledged',
  silence: 'silenced',
  resume: 'resumed',
  unacknowledge: 'resumed',
  unsilence: 'resumed',
};

/** The ID of an incident does not identify its shard, so one query reads all shards. Never rejects for a response of GitHub. */
export async function applyInMemory(store: ShardStore<Memory>, rules: Rules, command: Command): Promise<ApplyResult> {
  const recalled = new Map(await store.recall(ALL_SHARDS));
  for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
    const applied = applyCommand(rules, memoriesIn(recalled), command);
    const unread = [...recalled.values()].find(shard => 'unavailable' in shard);
    if (applied.result === 'unknown' && unread !== undefined) return {failed: unread.unavailable};
    const [number = -1] = applied.changed;
    const [shard, next] = [recalled.get(number), applied.next.get(number)];
    if (shard === undefined || 'unavailable' in shard || next === undefined) return applied;
    const written = await store.writeIntent(shard, next, `1 ${DONE[command.do]}`);
    if (written.kind === 'written') return applied;
    if (written.kind === 'failed') return {failed: written.reason};
    recalled.set(number, written.shard);
  }
  return {failed: `Other runs wrote to the incident memory first in each of ${MAX_ATTEMPTS} attempts.`};
}

function memoriesIn(recalled: ReadonlyMap<number, RecalledShard<Memory>>): Map<number, Memory> {
  return new Map([...recalled].flatMap(([shard, one]) => ('memory' in one ? [[shard, one.memory]] : [])));
}
