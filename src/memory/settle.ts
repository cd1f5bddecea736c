/** Memory: outcomes of messages and scripts → the memory to write after acting. Pure. */

import {moveFinishedToLedger} from './fold/ledger.ts';
import type {Incident, Memory, Sent, Shards, Unfinished} from './format/format.ts';
import {limitMemory} from './format/limits.ts';
import type {Reaction} from './reactions.ts';

/** The outcome of one message in one destination, or of one script. */
export type Settled =
  | {
      readonly kind: 'message';
      readonly shard: number;
      readonly key: string;
      /** The incident's id, if the message is about one. */
      readonly incident?: string | undefined;
      readonly destination: string;
      readonly status: 'done' | 'failed';
      /** Seconds since the epoch. */
      readonly at: number;
      readonly channel?: string;
      readonly ts?: string;
      /** The number of additional changes without an end in the same message. */
      readonly more?: number;
    }
  | {
      readonly kind: 'script';
      readonly shard: number;
      readonly key: string;
      readonly status: 'done' | 'failed';
      /** The attempt that did not take place. */
      readonly unstarted?: Unstarted;
    };

interface Unstarted {
  readonly rule: string;
  readonly blueprint: string;
  readonly entity: string;
  /** From 1. */
  readonly attempt: number;
  /** When the previous script ran. */
  readonly lastRun?: number;
}

/** @param shards `next` of {@link fold}, or the version that was written before a script started */
export function settle(shards: Shards, outcomes: readonly Settled[]): Shards {
  const touched = new Set(outcomes.map(({shard}) => shard));
  return new Map(
    [...shards].map(([shard, memory]) => {
      if (!touched.has(shard)) return [shard, memory];
      const own = outcomes.filter(outcome => outcome.shard === shard);
      return [shard, limitMemory(moveFinishedToLedger(own.reduce(settleOne, revertAttempts(memory, own))))];
    }),
  );
}

/** Settles every reaction as done: for rule tests, `explain` and `backtest`. */
export function settleAll(shards: Shards, reactions: readonly Reaction[], nowMs: number): Shards {
  const at = Math.floor(nowMs / 1000);
  const outcomes = reactions.flatMap((reaction): Settled[] => {
    const {shard, key, incident} = reaction;
    if (reaction.kind === 'run') return [{kind: 'script', shard, key, status: 'done'}];
    if (reaction.kind === 'note') return [];
    return reaction.destinations.map(destination => ({
      kind: 'message',
      shard,
      key,
      incident: incident?.id,
      destination,
      status: 'done',
      at,
    }));
  });
  return settle(shards, outcomes);
}

/** Reverts the last attempt first, because each one restores the incident before it. */
function revertAttempts(memory: Memory, outcomes: readonly Settled[]): Memory {
  const unstarted = outcomes.flatMap(outcome =>
    outcome.kind === 'script' && outcome.unstarted !== undefined ? [outcome.unstarted] : [],
  );
  if (unstarted.length === 0) return memory;
  const incidents = memory.incidents.map(incident =>
    unstarted.filter(attempt => isOf(incident, attempt)).reduceRight(revertAttempt, incident),
  );
  return {...memory, incidents};
}

function isOf(incident: Incident, {rule, blueprint, entity}: Unstarted): boolean {
  return incident.rule === rule && incident.blueprint === blueprint && incident.entity === entity;
}

/** An attempt that did not take place does not count. It is retried when it would have been verified. */
function revertAttempt(incident: Incident, {attempt, lastRun}: Unstarted): Incident {
  const attempts = Math.max(0, incident.attempts - 1);
  if (incident.attempts !== attempt) return {...incident, attempts}; // a later attempt followed
  const {verifyAt, lastRun: _, ...rest} = incident;
  return {
    ...rest,
    attempts,
    ...(lastRun === undefined ? {} : {lastRun}),
    ...(verifyAt === undefined ? {} : {retryAt: verifyAt}),
  };
}

function settleOne(memory: Memory, outcome: Settled): Memory {
  const entry = memory.unfinished[outcome.key];
  const unfinished =
    entry === undefined ? memory.unfinished : {...memory.unfinished, [outcome.key]: settleEntry(entry, outcome)};
  if (outcome.kind === 'script' || outcome.incident === undefined) return {...memory, unfinished};
  const incidents = memory.incidents.map(incident =>
    incident.id === outcome.incident ? settleIncident(incident, outcome) : incident,
  );
  return {...memory, unfinished, incidents};
}

function settleEntry(entry: Unfinished, outcome: Settled): Unfinished {
  if (outcome.kind === 'script') return {...entry, remediate: outcome.status};
  return {...entry, notify: {...entry.notify, [outcome.destination]: outcome.status}};
}

type Message = Extract<Settled, {kind: 'message'}>;

/** The first message keeps its reference in Slack, because later ones are sent to its thread. */
function settleIncident(incident: Incident, {destination, status, at, channel, ts, more}: Message): Incident {
  const {route = [], ...rest} = incident;
  const left = route.filter(name => name !== destination);
  const next = left.length === 0 ? rest : {...rest, route: left};
  if (status === 'failed') return next;
  const sent: Sent = {
    at,
    ...(channel === undefined ? {} : {channel}),
    ...(ts === undefined ? {} : {ts}),
    ...(more === undefined ? {} : {more}),
  };
  const before = Object.hasOwn(incident.told, destination) ? incident.told[destination] : undefined;
  // a new message replaces the references of the old one
  const previous = ts === undefined ? before : {};
  return {...next, told: {...incident.told, [destination]: {...previous, ...sent}}};
}
