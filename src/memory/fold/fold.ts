/**
 * Memory: the fold `(rules, decisions, memory, now) → {reactions, next}`. Pure: the same arguments give the same result.
 * 1. `shardsFor` returns the shards that a run needs. A run without a match or an end needs no shard, and sends no request.
 * 2. `fold` decides with the shards that were read. `next` is the memory to write *before* a script starts: messages are
 *    `todo`, scripts are `started`, and the incidents are updated.
 * 3. The action executes `notify` and `run`, and reports `note`.
 * 4. `settle` (settle.ts) adds the outcomes to `next`. The result is the memory to write after acting. `merge` (merge.ts) joins
 *    it with the version that another run may have written since.
 * Rule tests, `explain` and `backtest` hold the shards in a variable: `emptyShards`, then alternately `fold` and `settleAll`.
 */
import {type Decision, ruleOf} from '../../decide/evaluate.ts';
import type {Rules} from '../../rules/rules.ts';
import {emptyMemory, type Incident, type Shards} from '../format/format.ts';
import {shardOf} from '../format/keys.ts';
import {forget, limitMemory} from '../format/limits.ts';
import {ALL_SHARDS} from '../format/shards.ts';
import type {Reaction} from '../reactions.ts';
import {isRemembered} from '../remembered.ts';
import {applyChange} from './apply-change.ts';
import {type FoldInput, FoldState} from './fold-state.ts';
import {inhibitorShards, isParent} from './inhibit.ts';
import {isPartial, runTimers} from './run-timers.ts';
import {isRemovable} from './timers.ts';
import {finishAbandoned} from './unfinished-work.ts';

export interface Folded {
  readonly reactions: readonly Reaction[];
  readonly next: Shards;
  /** The shards that must be written. */
  readonly changed: readonly number[];
  /** Whether a due timer depends on shards that were not given. Read all shards and decide again. */
  readonly isPartial: boolean;
}

/** All shards, empty. `horizon` is 0, because rule tests and replays accept changes of any time. */
export function emptyShards(): Shards {
  return new Map(ALL_SHARDS.map(shard => [shard, emptyMemory(shard, 0)]));
}

/**
 * The shards of matches and ends, and of the incidents that can inhibit them. If an incident can inhibit others, all shards:
 * its messages count the inhibited incidents, and its end releases them.
 */
export function shardsFor(rules: Rules, decisions: readonly Decision[]): number[] {
  const verdicts = decisions.flatMap(({watching}) => watching.filter(isRemembered));
  if (verdicts.some(({rule}) => isParent(rules, rule))) return [...ALL_SHARDS];
  const shards = decisions.flatMap(({change, watching}) =>
    watching
      .filter(isRemembered)
      .flatMap(verdict => [shardOf(change), ...inhibitorShards(rules, {rule: ruleOf(rules, verdict), change})]),
  );
  return [...new Set(shards)].toSorted((a, b) => a - b);
}

/** All shards of the same partitions, because a Slack message can be about incidents in any of them. */
export function wholePartitions(shards: readonly number[], partitions: number): number[] {
  const touched = new Set(shards.map(shard => shard % partitions));
  return ALL_SHARDS.filter(shard => touched.has(shard % partitions));
}

/** Applies the changes in order, then completes what an earlier run left unfinished, then runs the timers that are due. */
export function fold(input: FoldInput): Folded {
  const state = new FoldState(input);
  for (const decision of input.decisions) applyChange(state, decision);
  finishAbandoned(state);
  runTimers(state);
  return resultOf(state);
}

function resultOf(state: FoldState): Folded {
  const {workingShards, recorder, now} = state;
  const {rules, shards} = state.input;
  const after = workingShards.toShards();
  const changed = [...after].filter(([shard, memory]) => memory !== shards.get(shard)).map(([shard]) => shard);
  const shared = openMessages(after);
  const over = (incident: Incident) =>
    isRemovable(incident, rules.byName.get(incident.rule), now) && !messagesOf(incident).some(one => shared.has(one));
  const next = new Map(
    [...after].map(([shard, memory]) => [
      shard,
      changed.includes(shard) ? limitMemory(forget(memory, now, over)) : memory,
    ]),
  );
  return {reactions: recorder.reactions(shards, after), next, changed, isPartial: isPartial(state)};
}

/** The Slack messages that list open incidents. They also list incidents that have closed since. */
function openMessages(shards: Shards): ReadonlySet<string> {
  const incidents = [...shards.values()].flatMap(memory => memory.incidents);
  return new Set(incidents.filter(({state}) => state !== 'closed').flatMap(messagesOf));
}

function messagesOf({told}: Incident): string[] {
  return Object.values(told).flatMap(({channel = '', ts}) => (ts === undefined ? [] : [`${channel} ${ts}`]));
}
