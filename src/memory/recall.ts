/**
 * Memory: the fold `(rules, decisions, memory, now) → {reactions, next}`. Pure: the same arguments give the same result.
 *
 * 1. `shardsFor` says which shards a run needs. If nothing matched and nothing ended, it needs no shard, and no request is made.
 * 2. `recall` decides with what was read. `next` is the memory as it must be written *before* a script is started: messages
 *    are `todo`, scripts `started`, and the incidents have taken their steps.
 * 3. The action acts on `notify` and `run`, and reports `note`.
 * 4. `settle` (settle.ts) puts the outcomes into `next`: that is the memory to be written afterwards. `merge` (merge.ts)
 *    joins it with what another run wrote meanwhile.
 * Rule tests, `explain` and `backtest` keep the shards in a variable: `emptyShards`, then `recall` and `settleAll` by turns.
 */
import {type Decision, ruleOf} from '../decide/evaluate.ts';
import type {Rules} from '../rules/rules.ts';
import {inhibitorShards, isParent} from './fold/inhibit.ts';
import {sweep} from './fold/leftovers.ts';
import {isPartial, lookAtClock} from './fold/look-at-clock.ts';
import {type RecallInput, Scene} from './fold/scene.ts';
import {takeChange} from './fold/take-change.ts';
import {isOver} from './fold/timers.ts';
import {emptyMemory, type Incident, type Shards} from './format/format.ts';
import {shardOf} from './format/keys.ts';
import {fitMemory, forget} from './format/limits.ts';
import {ALL_SHARDS} from './format/shards.ts';
import type {Reaction} from './reactions.ts';
import {isRemembered} from './remembered.ts';

export interface Recalled {
  readonly reactions: readonly Reaction[];
  readonly next: Shards;
  /** The shards that must be written. */
  readonly changed: readonly number[];
  /** Something is due that depends on shards that were not given: read all of them, and decide again. */
  readonly isPartial: boolean;
}

/** All shards, empty. `horizon` is 0: rule tests and replays take changes of any time. */
export function emptyShards(): Shards {
  return new Map(ALL_SHARDS.map(shard => [shard, emptyMemory(shard, 0)]));
}

/**
 * The shards of what matched or ended, and of the incidents that could hold it back. All shards if it may hold others back, as
 * its messages count them, and its end releases them.
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

/** The shards and all others of their partitions: a message in Slack can be about incidents in any of these. */
export function wholePartitions(shards: readonly number[], partitions: number): number[] {
  const touched = new Set(shards.map(shard => shard % partitions));
  return ALL_SHARDS.filter(shard => touched.has(shard % partitions));
}

export function recall(input: RecallInput): Recalled {
  const scene = new Scene(input);
  for (const decision of input.decisions) takeChange(scene, decision);
  sweep(scene);
  lookAtClock(scene);
  return resultOf(scene);
}

function resultOf(scene: Scene): Recalled {
  const {shelf, recorder, now} = scene;
  const {rules, shards} = scene.input;
  const after = shelf.toShards();
  const changed = [...after].filter(([shard, memory]) => memory !== shards.get(shard)).map(([shard]) => shard);
  const shared = openMessages(after);
  const over = (incident: Incident) =>
    isOver(incident, rules.byName.get(incident.rule), now) && !messagesOf(incident).some(one => shared.has(one));
  const next = new Map(
    [...after].map(([shard, memory]) => [
      shard,
      changed.includes(shard) ? fitMemory(forget(memory, now, over)) : memory,
    ]),
  );
  return {reactions: recorder.reactions(shards, after), next, changed, isPartial: isPartial(scene)};
}

/** The messages in Slack that open incidents are in: those that are over in them are still listed there. */
function openMessages(shards: Shards): ReadonlySet<string> {
  const incidents = [...shards.values()].flatMap(memory => memory.incidents);
  return new Set(incidents.filter(({state}) => state !== 'closed').flatMap(messagesOf));
}

function messagesOf({told}: Incident): string[] {
  return Object.values(told).flatMap(({channel = '', ts}) => (ts === undefined ? [] : [`${channel} ${ts}`]));
}
