/** Memory: prunes the file so that GitHub can read it back. The horizon replaces the removed keys. Pure. */
import type {Incident, Memory} from './format.ts';
import {serialise} from './serialise.ts';

/** GitHub truncates `Blob.text` at 512,000 bytes. The difference leaves room for what one run adds. */
export const MAX_BYTES = 400_000;
const LEDGER_SECONDS = 7 * 24 * 3600;

/**
 * Removes ledger keys older than 7 days, and closed incidents that no match can reopen. The horizon moves to the newest removed
 * key, so that a change whose key was removed still never reacts twice.
 * @param isOver whether a closed incident can be removed
 */
export function forget(memory: Memory, nowS: number, isOver: (incident: Incident) => boolean): Memory {
  const oldest = nowS - LEDGER_SECONDS;
  const unfinished = Object.entries(memory.unfinished);
  const [kept, dropped] = split(unfinished, ([, {t}]) => t >= oldest);
  const needed = new Set(kept.map(([, {incident}]) => incident));
  const incidents = memory.incidents.filter(one => one.state !== 'closed' || needed.has(one.id) || !isOver(one));
  const rest = {
    ...memory,
    incidents: incidents.length === memory.incidents.length ? memory.incidents : incidents,
    ...(dropped.length === 0 ? {} : {unfinished: Object.fromEntries(kept)}),
    horizon: Math.max(memory.horizon, ...dropped.map(([, {at, t}]) => at ?? t)),
  };
  return dropBefore(rest, oldest);
}

/** The memory, limited in size: the oldest ledger keys are removed first. */
export function limitMemory(memory: Memory, maxBytes = MAX_BYTES): Memory {
  if (isCertainlySmall(memory, maxBytes)) return memory;
  const excess = Buffer.byteLength(serialise(memory)) - maxBytes;
  if (excess <= 0) return memory;
  const ages = Object.values(memory.done).toSorted((a, b) => a - b);
  const last = ages[Math.min(ages.length, Math.ceil(excess / LINE_BYTES)) - 1];
  return last === undefined ? memory : dropBefore(memory, last + 1);
}

/** `"9f86d081884c7d65":1764331201,` and the line end. */
const LINE_BYTES = 31;
/** An upper bound for an incident or an unfinished entry in practice. Counting them is cheaper than serialising them. */
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
