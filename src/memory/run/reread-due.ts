/** Memory: an incident that opens only because its time has come may have healed without an event. The run asks Port. */
import type {Reread} from '../fold/timers.ts';
import type {Reaction} from '../reactions.ts';
import type {MemoryRunDeps} from './input.ts';

/** @returns the answers by the incident's id */
export async function rereadDue(
  reactions: readonly Reaction[],
  reread: MemoryRunDeps['reread'],
): Promise<ReadonlyMap<string, Reread>> {
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
