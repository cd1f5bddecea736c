/** Memory: the shards during a fold, indexed by subject and changed in place. Used only within the fold. */
import type {Incident, Memory, Shards, Unfinished} from '../format/format.ts';
import {subjectOf} from '../format/keys.ts';

/** One shard: the ledger as it was read, and the additions of this run. */
export interface WorkingShard {
  readonly memory: Memory;
  readonly incidents: Map<string, Incident>;
  /** Entries that this run started. Entries of earlier runs are in `memory`. */
  readonly started: Map<string, Unfinished>;
  /** Entries that this run added to the ledger. */
  readonly added: Map<string, number>;
  isChanged: boolean;
}

export function unfinishedIn({memory, started}: WorkingShard, key: string): Unfinished | undefined {
  return started.get(key) ?? memory.unfinished[key];
}

export function isDone({memory, added}: WorkingShard, key: string): boolean {
  return added.has(key) || memory.done[key] !== undefined;
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
  return {memory, incidents, started: new Map(), added: new Map(), isChanged: false};
}

function close({memory, incidents, started, added, isChanged}: WorkingShard): Memory {
  if (!isChanged) return memory;
  return {
    ...memory,
    incidents: [...incidents.values()],
    unfinished: started.size === 0 ? memory.unfinished : {...memory.unfinished, ...Object.fromEntries(started)},
    done: added.size === 0 ? memory.done : {...memory.done, ...Object.fromEntries(added)},
  };
}
