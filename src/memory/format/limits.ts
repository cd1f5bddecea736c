/** Memory: what is forgotten, so that the file stays within what GitHub reads back. The horizon makes up for it. Pure. */
import type {Incident, Memory} from './format.ts';
import {serialise} from './serialise.ts';

/** GitHub cuts `Blob.text` at 512,000 bytes; the rest is room for what one run adds. */
export const MAX_BYTES = 400_000;
const LEDGER_SECONDS = 7 * 24 * 3600;

/**
 * The memory without ledger keys of more than 7 days, and without closed incidents that no match can reopen. The horizon
 * rises to the newest key that was dropped: a change that the ledger has forgotten can still never react twice.
 * @param isOver whether a closed incident is to be forgotten
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

/** The memory, small enough to be written: the oldest keys of the ledger go first. */
export function fitMemory(memory: Memory, maxBytes = MAX_BYTES): Memory {
  if (isCertainlySmall(memory, maxBytes)) return memory;
  const excess = Buffer.byteLength(serialise(memory)) - maxBytes;
  if (excess <= 0) return memory;
  const ages = Object.values(memory.done).toSorted((a, b) => a - b);
  const last = ages[Math.min(ages.length, Math.ceil(excess / LINE_BYTES)) - 1];
  return last === undefined ? memory : dropBefore(memory, last + 1);
}

/** `"9f86d081884c7d65":1764331201,` and the end of the line. */
const LINE_BYTES = 31;
/** More than an incident, or an unfinished entry, has in practice: to count them is cheaper than to write them. */
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
