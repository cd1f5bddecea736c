/** Memory: one decision of a run, based on the shards that it has read. Pure. */
import {type Plan, plan} from '../../decide/plan.ts';
import {applyCommands} from '../apply-commands.ts';
import {type Folded, fold} from '../fold/fold.ts';
import type {RereadState} from '../fold/timers.ts';
import {shardOf} from '../format/keys.ts';
import {planRemembered} from '../plan-remembered.ts';
import {joinPlans, withoutMemory} from '../without-memory.ts';
import type {MemoryRunInput} from './input.ts';
import type {RunShards} from './run-shards.ts';

interface DecidedWithMemory {
  readonly folded: Folded;
  readonly plan: Plan;
  /** The results of the commands, as sentences. */
  readonly applied: readonly string[];
}

/** Decides for all shards without an intent. Shards with a written intent keep its reactions. */
export function decideWithMemory(
  {rules, decisions, commands = [], nowMs, known, run}: MemoryRunInput,
  {memories, intents, unknown}: Pick<RunShards, 'memories' | 'intents' | 'unknown'>,
  reread: ReadonlyMap<string, RereadState>,
): DecidedWithMemory {
  const applied = applyCommands(rules, memories, commands);
  const folded = fold({
    rules,
    decisions: decisions.filter(({change}) => memories.has(shardOf(change))),
    shards: applied.next,
    nowMs,
    run: run.name,
    known,
    reread,
  });
  const kept = [...intents.values()].flatMap(intent => intent.reactions);
  const reactions = [...kept, ...folded.reactions.filter(({shard}) => !intents.has(shard))];
  const plain = plan(rules, decisions, {nowMs, known});
  const remembered = planRemembered({rules, reactions, plain, known});
  const rest = withoutMemory(plain, ({change}) => unknown.get(shardOf(change)));
  return {
    folded: {...folded, changed: [...new Set([...applied.changed, ...folded.changed])], reactions},
    plan: joinPlans(remembered, rest),
    applied: applied.sentences,
  };
}
