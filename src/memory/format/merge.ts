/**
 * Memory: merges the versions of two runs that started from the same base. Pure. Each item is taken from the version that
 * changed it. If both changed it, the versions are joined so that no reaction happens twice.
 */
import {isSameJson} from '../../base/json.ts';
import {moveFinishedToLedger} from '../fold/ledger.ts';
import type {Incident, Memory, Unfinished} from './format.ts';
import {incidentId, subjectOf} from './keys.ts';

interface Versions<T> {
  /** The version that both started from. */
  readonly base: T;
  readonly ours: T;
  readonly theirs: T;
}

/** Symmetric: exchanging `ours` and `theirs` gives the same result. */
export function merge({base, ours, theirs}: Versions<Memory>): Memory {
  const horizon = Math.max(ours.horizon, theirs.horizon);
  const done = mergeDone(ours.done, theirs.done);
  const unfinished = mergeItems(
    {base: base.unfinished, ours: ours.unfinished, theirs: theirs.unfinished},
    joinUnfinished,
  );
  const left = Object.entries(unfinished).filter(([key]) => done[key] === undefined);
  const incidents = mergeItems(
    {base: bySubject(base), ours: bySubject(ours), theirs: bySubject(theirs)},
    joinIncidents,
  );
  return moveFinishedToLedger({
    version: 1,
    shard: base.shard,
    horizon,
    incidents: withOwnIds(Object.values(incidents)),
    unfinished: Object.fromEntries(left),
    done,
  });
}

/** Two runs can have given the same ID to different incidents. */
function withOwnIds(incidents: readonly Incident[]): Incident[] {
  const taken = new Set<string>();
  return incidents.map(incident => {
    const id = taken.has(incident.id) ? incidentId(incident, one => taken.has(one)) : incident.id;
    taken.add(id);
    return id === incident.id ? incident : {...incident, id};
  });
}

function bySubject({incidents}: Memory): Record<string, Incident> {
  return Object.fromEntries(incidents.map(incident => [subjectOf(incident), incident]));
}

type Items<T> = Readonly<Record<string, T>>;

/** The union. A key that one side removed returns until it is removed again. This is harmless, and no key is ever lost. */
function mergeDone(ours: Items<number>, theirs: Items<number>): Record<string, number> {
  const keys = Object.keys({...ours, ...theirs});
  return Object.fromEntries(keys.map(key => [key, Math.max(ours[key] ?? 0, theirs[key] ?? 0)]));
}

/** If one side did not change an item, the other side's version is used, even if it was removed. Otherwise both are joined. */
function mergeItems<T>({base, ours, theirs}: Versions<Items<T>>, join: (a: T, b: T) => T): Record<string, T> {
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].toSorted();
  return Object.fromEntries(
    keys.flatMap(key => {
      const item = mergeItem({base: base[key], ours: ours[key], theirs: theirs[key]}, join);
      return item === undefined ? [] : [[key, item]];
    }),
  );
}

function mergeItem<T>({base, ours, theirs}: Versions<T | undefined>, join: (a: T, b: T) => T): T | undefined {
  if (isSameJson(ours, theirs)) return ours;
  if (isSameJson(base, ours)) return theirs;
  if (isSameJson(base, theirs)) return ours;
  // One side removed the item, and the other changed it. Unfinished work must not be lost.
  if (ours === undefined || theirs === undefined) return ours ?? theirs;
  return join(ours, theirs);
}

const PROGRESS = {todo: 0, started: 0, failed: 1, done: 2} as const;

function further<T extends keyof typeof PROGRESS>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return PROGRESS[a] >= PROGRESS[b] ? a : b;
}

/** The entry of the later run, with the better outcome for each destination and for the script. */
function joinUnfinished(a: Unfinished, b: Unfinished): Unfinished {
  const [older, newer] = inOrder(a, b, one => one.t);
  const names = [...new Set([...Object.keys(a.notify ?? {}), ...Object.keys(b.notify ?? {})])].toSorted();
  const notify = Object.fromEntries(
    names.map(name => [name, further(own(a.notify, name), own(b.notify, name)) ?? 'todo']),
  );
  const remediate = further(a.remediate, b.remediate);
  return {
    ...older,
    ...newer,
    ...(names.length === 0 ? {} : {notify}),
    ...(remediate === undefined ? {} : {remediate}),
    ...(a.unknown === true || b.unknown === true ? {unknown: true} : {}),
  };
}

/** The state of the later change, with the counts and sent messages of both. */
function joinIncidents(a: Incident, b: Incident): Incident {
  const [older, newer] = inOrder(a, b, one => one.at);
  const lastRun = larger(a.lastRun, b.lastRun);
  return {
    ...newer,
    attempts: Math.max(a.attempts, b.attempts),
    ...(lastRun === undefined ? {} : {lastRun}),
    ...(older.id === newer.id ? joinSame(older, newer) : {}),
  };
}

function joinSame(older: Incident, newer: Incident): Partial<Incident> {
  const reminded = larger(older.reminded, newer.reminded);
  const remindedAt = larger(older.remindedAt, newer.remindedAt);
  const silence = later(older.silence, newer.silence);
  const ack = newer.state === 'closed' ? undefined : later(older.ack, newer.ack);
  return {
    since: Math.min(older.since, newer.since),
    escalated: Math.max(older.escalated, newer.escalated),
    told: joinSent(older.told, newer.told),
    ...(reminded === undefined ? {} : {reminded}),
    ...(remindedAt === undefined ? {} : {remindedAt}),
    ...(ack === undefined ? {} : {ack}),
    ...(silence === undefined ? {} : {silence}),
    ...(older.gaveUp === true || newer.gaveUp === true ? {gaveUp: true} : {}),
  };
}

function joinSent(older: Incident['told'], newer: Incident['told']): Incident['told'] {
  const names = [...new Set([...Object.keys(older), ...Object.keys(newer)])].toSorted();
  return Object.fromEntries(
    names.flatMap(name => {
      const sent = later(own(older, name), own(newer, name));
      return sent === undefined ? [] : [[name, sent]];
    }),
  );
}

/** A destination can have the same name as a member of Object.prototype. */
function own<T>(items: Items<T> | undefined, name: string): T | undefined {
  return items !== undefined && Object.hasOwn(items, name) ? items[name] : undefined;
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function later<T extends {readonly at: number}>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return inOrder(a, b, one => one.at)[1];
}

/** Sorts by time, then by JSON text, so that the order of the arguments does not matter. */
function inOrder<T>(a: T, b: T, timeOf: (one: T) => number): [older: T, newer: T] {
  const difference = timeOf(a) - timeOf(b) || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return difference < 0 ? [a, b] : [b, a];
}
