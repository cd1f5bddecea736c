/** Memory: limits the size of the file, so that GitHub can return all of it. The horizon replaces the removed keys. Pure. */
import type {Incident, Memory} from './format.ts';
import {serialize} from './serialize.ts';

/** GitHub truncates `Blob.text` at 512,000 bytes. The difference is space for the additions of one run. */
export const MAX_BYTES = 400_000;
const LEDGER_SECONDS = 7 * 24 * 3600;

/**
 * Removes ledger keys older than 7 days, and closed incidents that no match can reopen. The horizon moves to the newest removed
 * key, so that a change whose key was removed still never reacts twice.
 * @param isRemovable whether a closed incident can be removed
 */
export function forget(memory: Memory, nowS: number, isRemovable: (incident: Incident) => boolean): Memory {
  const oldest = nowS - LEDGER_SECONDS;
  const unfinished = Object.entries(memory.unfinished);
  const [kept, dropped] = split(unfinished, ([, {t}]) => t >= oldest);
  const needed = new Set(kept.map(([, {incident}]) => incident));
  const incidents = memory.incidents.filter(one => one.state !== 'closed' || needed.has(one.id) || !isRemovable(one));
  const rest = {
    ...memory,
    incidents: incidents.length === memory.incidents.length ? memory.incidents : incidents,
    ...(dropped.length === 0 ? {} : {unfinished: Object.fromEntries(kept)}),
    horizon: Math.max(memory.horizon, ...dropped.map(([, {at, t}]) => at ?? t)),
  };
  return dropBefore(rest, oldest);
}

/** Removes the oldest ledger keys until the memory is within the limit. */
export function limitMemory(memory: Memory, maxBytes = MAX_BYTES): Memory {
  if (isCertainlySmall(memory, maxBytes)) return memory;
  const excess = Buffer.byteLength(serialize(memory)) - maxBytes;
  if (excess <= 0) return memory;
  const ages = Object.values(memory.done).toSorted((a, b) => a - b);
  const last = ages[Math.min(ages.length, Math.ceil(excess / LINE_BYTES)) - 1];
  return last === undefined ? memory : dropBefore(memory, last + 1);
}

/** The length of `"9f86d081884c7d65":1764331201,` and the line end. */
const LINE_BYTES = 31;
/** An upper bound for one incident or unfinished entry in practice. Counting items is cheaper than serializing them. */
const ITEM_BYTES = 1500;

function isCertainlySmall({incidents, unfinished, done}: Memory, maxBytes: number): boolean {
  const items = incidents.length + Object.keys(unfinished).length;
  return items * ITEM_BYTES + Object.keys(done).length * LINE_BYTES < maxBytes;
}

function dropBefore(memory: Memory, oldest: number): Memory {
  if (!Object.values(memory.done).some(at => at < oldest)) return memory;
  const [kept, dropped] = split(Object.entries(memory.done), ([, at]) => at >= oldest);
  const horizon = dropped.reduce((newest, [, at]) => Math.max(newest, at), memory.horizon);
  return {...memory, horizon, done: Object.fromEntries(kept)};
}

function split<T>(items: readonly T[], isKept: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isKept), items.filter(item => !isKept(item))];
}
