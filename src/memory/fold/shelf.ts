/** Memory: the shards while a run decides: found by subject, and changed in place. It never leaves the fold. */
import type {Incident, Memory, Shards, Unfinished} from '../format/format.ts';
import {subjectOf} from '../format/keys.ts';

/** One shard: the ledger as it was read, and what this run adds to it. */
export interface Drawer {
  readonly memory: Memory;
  readonly incidents: Map<string, Incident>;
  /** What this run began; what it found is in `memory`. */
  readonly begun: Map<string, Unfinished>;
  /** What this run filed in the ledger. */
  readonly filed: Map<string, number>;
  isChanged: boolean;
}

export function unfinishedIn({memory, begun}: Drawer, key: string): Unfinished | undefined {
  return begun.get(key) ?? memory.unfinished[key];
}

export function isDone({memory, filed}: Drawer, key: string): boolean {
  return filed.has(key) || memory.done[key] !== undefined;
}

export class Shelf {
  readonly #drawers: ReadonlyMap<number, Drawer>;

  constructor(shards: Shards) {
    this.#drawers = new Map([...shards].map(([shard, memory]) => [shard, openDrawer(memory)]));
  }

  get numbers(): number[] {
    return [...this.#drawers.keys()];
  }

  /** @throws {Error} if the shard was not read */
  at(shard: number): Drawer {
    const drawer = this.#drawers.get(shard);
    if (drawer === undefined) throw new Error(`Shard ${shard} of the memory was not read`);
    return drawer;
  }

  /** Replaces the incident of a subject, or removes it. */
  put(shard: number, subject: string, incident: Incident | undefined): void {
    const drawer = this.at(shard);
    if (drawer.incidents.get(subject) === incident) return;
    drawer.isChanged = true;
    if (incident === undefined) drawer.incidents.delete(subject);
    else drawer.incidents.set(subject, incident);
  }

  isTaken(id: string): boolean {
    return [...this.#drawers.values()].some(({incidents}) => [...incidents.values()].some(one => one.id === id));
  }

  /** As they are now. Shards that did not change are the same objects as before. */
  toShards(): Map<number, Memory> {
    return new Map([...this.#drawers].map(([shard, drawer]) => [shard, close(drawer)]));
  }
}

function openDrawer(memory: Memory): Drawer {
  const incidents = new Map(memory.incidents.map(incident => [subjectOf(incident), incident]));
  return {memory, incidents, begun: new Map(), filed: new Map(), isChanged: false};
}

function close({memory, incidents, begun, filed, isChanged}: Drawer): Memory {
  if (!isChanged) return memory;
  return {
    ...memory,
    incidents: [...incidents.values()],
    unfinished: begun.size === 0 ? memory.unfinished : {...memory.unfinished, ...Object.fromEntries(begun)},
    done: filed.size === 0 ? memory.done : {...memory.done, ...Object.fromEntries(filed)},
  };
}
