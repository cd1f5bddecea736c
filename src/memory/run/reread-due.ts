/** Memory: re-reads entities in Port. An incident that opens because of a timer can have recovered without an event. */
import type {RereadState} from '../fold/timers.ts';
import type {Reaction} from '../reactions.ts';
import type {MemoryRunDeps} from './input.ts';

/** @returns the states by the incident's ID */
export async function rereadDue(
  reactions: readonly Reaction[],
  reread: MemoryRunDeps['reread'],
): Promise<ReadonlyMap<string, RereadState>> {
  const due = new Map(
    reactions.flatMap(({byClock, before, rule, change}) =>
      byClock && before?.state === 'pending' ? [[before.id, {rule, change}] as const] : [],
    ),
  );
  const answers = await Promise.all(
    Array.from(due, async ([id, {rule, change}]) => [id, await reread(rule, change)] as const),
  );
  return new Map(answers.flatMap(([id, answer]) => (answer === undefined ? [] : [[id, answer] as const])));
}
