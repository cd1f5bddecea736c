/**
 * Backtest: the incident memory, split by entity, so that the cost of a run depends on only one entity. An entity without
 * incidents uses no memory. Inhibition compares several entities, so with `inhibit` all entities share one memory.
 */
import type {Change} from '../change/change.ts';
import {emptyShards} from '../memory/fold/fold.ts';
import {isRemovable} from '../memory/fold/timers.ts';
import {emptyMemory, type Incident, type Memory, type Shards} from '../memory/format/format.ts';
import {shardOf} from '../memory/format/keys.ts';
import {forget} from '../memory/format/limits.ts';
import type {Rules} from '../rules/rules.ts';

export interface Entity {
  readonly key: string;
  readonly shards: Shards;
  /** When the clock must check the entity, in milliseconds since the epoch. Infinite if never. */
  readonly dueMs: number;
}

/** How long the ledger stores a handled change. Changes arrive in chronological order, so duplicates arrive soon. */
const LEDGER_SECONDS = 3600;

export class Entities {
  readonly #rules: Rules;
  readonly #known = new Map<string, Entity>();
  /** A lower bound of all due times. */
  #nextDueMs = Number.POSITIVE_INFINITY;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  of(change: Change): Entity {
    const {blueprint, entity} = change;
    const isShared = this.#rules.inhibit.length > 0;
    const key = isShared ? '' : `${blueprint}\0${entity}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const shard = shardOf(change);
    const shards: Shards = isShared ? emptyShards() : new Map([[shard, emptyMemory(shard, 0)]]);
    return {key, shards, dueMs: Number.POSITIVE_INFINITY};
  }

  /** The entities that the clock must check at this time. */
  due(ms: number): Entity[] {
    if (this.#nextDueMs > ms) return [];
    const all = [...this.#known.values()];
    this.#nextDueMs = all.reduce(
      (next, {dueMs}) => (dueMs > ms ? Math.min(next, dueMs) : next),
      Number.POSITIVE_INFINITY,
    );
    return all.filter(({dueMs}) => dueMs <= ms);
  }

  put({key}: Entity, shards: Shards, nowMs: number): void {
    const now = Math.floor(nowMs / 1000);
    const kept = new Map([...shards].map(([shard, memory]) => [shard, withoutOldKeys(memory, now)]));
    const memories = [...kept.values()];
    if (memories.every(isEmpty)) {
      this.#known.delete(key);
      return;
    }
    const incidents = memories.flatMap(memory => memory.incidents);
    const dueMs = incidents.reduce((next, one) => Math.min(next, dueMsOf(one, nowMs)), Number.POSITIVE_INFINITY);
    this.#known.set(key, {key, shards: kept, dueMs});
    this.#nextDueMs = Math.min(this.#nextDueMs, dueMs);
  }

  /** Removes old keys, and closed incidents that no match can reopen. */
  sweep(nowMs: number): void {
    const now = Math.floor(nowMs / 1000);
    const isForgotten = (incident: Incident) => isRemovable(incident, this.#rules.byName.get(incident.rule), now);
    for (const entity of [...this.#known.values()]) {
      const shards = new Map([...entity.shards].map(([shard, memory]) => [shard, forget(memory, now, isForgotten)]));
      this.put(entity, shards, nowMs);
    }
  }
}

/** A muted or inhibited incident is checked at each run of the clock, because the mute can end at any time. */
function dueMsOf({state, muted, inhibitedBy, due}: Incident, nowMs: number): number {
  if (state === 'open' && (muted !== undefined || inhibitedBy !== undefined)) return nowMs + 1;
  return due === undefined ? Number.POSITIVE_INFINITY : due * 1000;
}

function isEmpty({incidents, done, unfinished}: Memory): boolean {
  return incidents.length + Object.keys(done).length + Object.keys(unfinished).length === 0;
}

function withoutOldKeys(memory: Memory, now: number): Memory {
  const entries = Object.entries(memory.done);
  const kept = entries.filter(([, at]) => now - at <= LEDGER_SECONDS);
  return kept.length === entries.length ? memory : {...memory, done: Object.fromEntries(kept)};
}
