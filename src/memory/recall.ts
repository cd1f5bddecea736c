/**
 * Memory: the fold `(rules, decisions, memory, now) → {reactions, next}`. Pure: the same arguments give the same result.
 * 1. `shardsFor` returns the shards that a run needs. A run without a match or an end needs no shard, and sends no request.
 * 2. `recall` decides with the shards that were read. `next` is the memory to write *before* a script starts: messages are
 *    `todo`, scripts are `started`, and the incidents are updated.
 * 3. The action executes `notify` and `run`, and reports `note`.
 * 4. `settle` (settle.ts) adds the outcomes to `next`. The result is the memory to write after acting. `merge` (merge.ts) joins
 *    it with the version that another run may have written since.
 * Rule tests, `explain` and `backtest` hold the shards in a variable: `emptyShards`, then alternately `recall` and `settleAll`.
 */
import {type Decision, ruleOf} from '../decide/evaluate.ts';
import type {Rules} from '../rules/rules.ts';
import {applyChange} from './fold/apply-change.ts';
import {Fold, type RecallInput} from './fold/fold.ts';
import {inhibitorShards, isParent} from './fold/inhibit.ts';
import {isPartial, runTimers} from './fold/run-timers.ts';
import {isRemovable} from './fold/timers.ts';
import {finishAbandoned} from './fold/unfinished-work.ts';
import {emptyMemory, type Incident, type Shards} from './format/format.ts';
import {shardOf} from './format/keys.ts';
import {forget, limitMemory} from './format/limits.ts';
import {ALL_SHARDS} from './format/shards.ts';
import type {Reaction} from './reactions.ts';
import {isRemembered} from './remembered.ts';

export interface Recalled {
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

export function recall(input: RecallInput): Recalled {
  const fold = new Fold(input);
  for (const decision of input.decisions) applyChange(fold, decision);
  finishAbandoned(fold);
  runTimers(fold);
  return resultOf(fold);
}

function resultOf(fold: Fold): Recalled {
  const {workingShards, recorder, now} = fold;
  const {rules, shards} = fold.input;
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
  return {reactions: recorder.reactions(shards, after), next, changed, isPartial: isPartial(fold)};
}

/** The Slack messages that list open incidents. They also list incidents that have closed since. */
function openMessages(shards: Shards): ReadonlySet<string> {
  const incidents = [...shards.values()].flatMap(memory => memory.incidents);
  return new Set(incidents.filter(({state}) => state !== 'closed').flatMap(messagesOf));
}

function messagesOf({told}: Incident): string[] {
  return Object.values(told).flatMap(({channel = '', ts}) => (ts === undefined ? [] : [`${channel} ${ts}`]));
}
