/** Explain: the memory at the start of a run, from the files of the user or from the decision record. Pure. */
import type {Past, PreviewFacts} from '../../act/preview.ts';
import {emptyShards} from '../../memory/fold/fold.ts';
import {type Memory, MemoryFile, type Shards} from '../../memory/format/format.ts';
import {shardOf} from '../../memory/format/keys.ts';
import type {MemoryFiles} from '../shared/input/memory-file.ts';
import type {ExplainedEvent, RecordedDecision} from './subject.ts';

/** The facts in addition to rules and changes. */
export interface ExplainFacts extends Omit<PreviewFacts, 'past'> {
  /** Absent if the user named no files. */
  readonly memory?: MemoryFiles | undefined;
  /** Whether `nowMs` is the current time. A record with memory is then decided at the time of its last change. */
  readonly isNow?: boolean;
}

const RUN = '0/1';

/** @param run the URL of the recorded run. Undefined for an event */
export function pastOf(subject: ExplainedEvent, run: string | undefined, facts: ExplainFacts): PreviewFacts {
  const {memory, isNow, ...plain} = facts;
  if (memory !== undefined) return {...plain, past: {shards: memory.shards, run: RUN}};
  const own = subject.changes.filter(({record}) => record !== undefined && record.run === run);
  const shards = recordedMemory(own.flatMap(({record}) => record?.memory ?? []));
  if (shards === undefined) return plain;
  const past: Past = {shards, run: RUN};
  const last = Math.max(...own.map(({change}) => Date.parse(change.at)));
  return {...plain, ...(isNow && Number.isFinite(last) ? {nowMs: last} : {}), past};
}

type RecordedItem = NonNullable<RecordedDecision['memory']>[number];

/** The memory before the run: incidents and handled changes. Undefined if the record does not contain it. */
function recordedMemory(items: readonly RecordedItem[]): Shards | undefined {
  if (items.length === 0) return undefined;
  const shards = new Map(emptyShards());
  for (const shard of new Set(items.map(item => item.shard))) {
    const own = items.filter(item => item.shard === shard);
    const done = Object.fromEntries(own.filter(({what}) => what === 'duplicate').map(({key}) => [key, 0]));
    const file = {version: 1, shard, horizon: 0, incidents: initialStates(own), unfinished: {}, done};
    const memory = MemoryFile.safeParse(file);
    if (!memory.success) return undefined;
    shards.set(shard, memory.data as Memory);
  }
  return shards;
}

/** The state of each incident before the run. If the run changed an incident several times, its first item contains it. */
function initialStates(items: readonly RecordedItem[]): unknown[] {
  const incidents = new Map<unknown, unknown>();
  for (const {before, after} of items) {
    const id = idOf(before ?? after);
    if (id !== undefined && !incidents.has(id)) incidents.set(id, before);
  }
  return [...incidents.values()].filter(before => before !== null);
}

function idOf(incident: unknown): unknown {
  return typeof incident === 'object' && incident !== null && 'id' in incident ? incident.id : undefined;
}

/** A remark, if the files of the user do not contain the shards of all entities. */
export function missingMemory({changes}: ExplainedEvent, {memory}: ExplainFacts): string[] {
  if (memory === undefined) return [];
  const missing = [...new Set(changes.map(({change}) => shardOf(change)))].filter(one => !memory.known.includes(one));
  if (missing.length === 0) return [];
  const branches = missing.map(shard => `port-reactor/memory-${shard}`).join(', ');
  return [
    `The memory of some entities is on ${branches}, which --memory does not include. Their incidents are unknown.`,
  ];
}
