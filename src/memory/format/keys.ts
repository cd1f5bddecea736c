/** Memory: computed names: the shard of an entity, the ledger key of a reaction, the ID of an incident. Pure. */
import {createHash} from 'node:crypto';
import {canonicalJson} from '../../base/json.ts';
import type {Change} from '../../change/change.ts';
import {transitionOf} from '../../change/transition.ts';
import type {Rule} from '../../rules/rules.ts';
import {SHARDS} from './shards.ts';

export function shardOf({blueprint, entity}: {readonly blueprint: string; readonly entity: string}): number {
  return createHash('sha256').update(`${blueprint}\0${entity}`).digest().readUInt32BE(0) % SHARDS;
}

/** The facts that identify a reaction. `at` is in milliseconds. `action` is the change's action, or the name of a timer. */
export interface KeyFacts {
  readonly rule: string;
  readonly blueprint: string;
  readonly entity: string;
  readonly at: number;
  readonly action: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/**
 * The first 16 hexadecimal digits of SHA-256 over the JSON array [rule, blueprint, entity, at, action, from, to]. The run's ID
 * is not included, because two automations give the same change two IDs, and the audit log gives it none.
 */
export function ledgerKey({rule, blueprint, entity, at, action, from = null, to = null}: KeyFacts): string {
  const text = canonicalJson([rule, blueprint, entity, at, action, from, to]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The key of a rule's reaction to a change. */
export function matchKey({name, property}: Rule, change: Change): string {
  const {blueprint, entity, action} = change;
  const {from, to} = property === undefined ? {} : transitionOf(change, property);
  return ledgerKey({rule: name, blueprint, entity, at: Date.parse(change.at), action, from, to});
}

/** Crockford's base 32: without I, L, O and U, which are easy to misread. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_LENGTH = 6;

/**
 * Six characters that depend only on the facts of the start.
 * @param taken whether another incident has the ID
 */
export function incidentId(facts: Omit<KeyFacts, 'action' | 'from' | 'to'>, taken: (id: string) => boolean): string {
  const {rule, blueprint, entity, at} = facts;
  for (let round = 0; ; round++) {
    const digest = createHash('sha256')
      .update(canonicalJson([rule, blueprint, entity, at, round]))
      .digest();
    const id = Array.from({length: ID_LENGTH}, (_, index) => DIGITS[(digest[index] ?? 0) % DIGITS.length]).join('');
    if (!taken(id)) return id;
  }
}

/** The subject of an incident. There is at most one incident for each rule and entity. */
export function subjectOf({rule, blueprint, entity}: {rule: string; blueprint: string; entity: string}): string {
  return JSON.stringify([rule, blueprint, entity]);
}
