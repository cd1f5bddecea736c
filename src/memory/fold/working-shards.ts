/** Memory: the shards during a fold. They are indexed by subject and changed in place. Used only within the fold. */
import type {Incident, Memory, Shards, Unfinished} from '../format/format.ts';
import {subjectOf} from '../format/keys.ts';

/** One shard: the ledger as it was read, and what this run adds. */
export interface WorkingShard {
  readonly memory: Memory;
  readonly incidents: Map<string, Incident>;
  /** Entries that this run started. Entries that it found are in `memory`. */
  readonly begun: Map<string, Unfinished>;
  /** Entries that this run added to the ledger. */
  readonly filed: Map<string, number>;
  isChanged: boolean;
}

export function unfinishedIn({memory, begun}: WorkingShard, key: string): Unfinished | undefined {
  return begun.get(key) ?? memory.unfinished[key];
}

export function isDone({memory, filed}: WorkingShard, key: string): boolean {
  return filed.has(key) || memory.done[key] !== undefined;
}

export class WorkingShards {
  readonly #byNumber: ReadonlyMap<number, WorkingShard>;

  constructor(shards: Shards) {
    this.#byNumber = new Map([...shards].map(([shard, memory]) => [shard, openShard(memory)]));
  }

  get numbers(): number[] {
    return [...this.#byNumber.keys()];
  }

  /** @throws {Error} if the shard was not read */
  at(shard: number): WorkingShard {
    const workingShard = this.#byNumber.get(shard);
    if (workingShard === undefined) throw new Error(`Shard ${shard} of the incident memory was not read`);
    return workingShard;
  }

  /** Replaces the incident of a subject, or removes it. */
  put(shard: number, subject: string, incident: Incident | undefined): void {
    const workingShard = this.at(shard);
    if (workingShard.incidents.get(subject) === incident) return;
    workingShard.isChanged = true;
    if (incident === undefined) workingShard.incidents.delete(subject);
    else workingShard.incidents.set(subject, incident);
  }

  isTaken(id: string): boolean {
    return [...this.#byNumber.values()].some(({incidents}) => [...incidents.values()].some(one => one.id === id));
  }

  /** The current shards. Unchanged shards are the same objects as before. */
  toShards(): Map<number, Memory> {
    return new Map([...this.#byNumber].map(([shard, workingShard]) => [shard, close(workingShard)]));
  }
}

function openShard(memory: Memory): WorkingShard {
  const incidents = new Map(memory.incidents.map(incident => [subjectOf(incident), incident]));
  return {memory, incidents, begun: new Map(), filed: new Map(), isChanged: false};
}

function close({memory, incidents, begun, filed, isChanged}: WorkingShard): Memory {
  if (!isChanged) return memory;
  return {
    ...memory,
    incidents: [...incidents.values()],
    unfinished: begun.size === 0 ? memory.unfinished : {...memory.unfinished, ...Object.fromEntries(begun)},
    done: filed.size === 0 ? memory.done : {...memory.done, ...Object.fromEntries(filed)},
  };
}
