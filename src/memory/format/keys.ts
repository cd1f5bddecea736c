/** Memory: names that are computed: the shard of an entity, the ledger's key of a reaction, the id of an incident. Pure. */
import {createHash} from 'node:crypto';
import {canonicalJson} from '../../base/json.ts';
import type {Change} from '../../change/change.ts';
import {transitionOf} from '../../change/transition.ts';
import type {Rule} from '../../rules/rules.ts';
import {SHARDS} from './shards.ts';

export function shardOf({blueprint, entity}: {readonly blueprint: string; readonly entity: string}): number {
  return createHash('sha256').update(`${blueprint}\0${entity}`).digest().readUInt32BE(0) % SHARDS;
}

/** What one reaction answers to. `at` is in milliseconds; `action` is the change's, or the name of a timer. */
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
 * 16 hexadecimal digits of SHA-256 over the JSON array [rule, blueprint, entity, at, action, from, to]. Not over the run's
 * id: two automations give one change two ids, and the audit log gives none.
 */
export function ledgerKey({rule, blueprint, entity, at, action, from = null, to = null}: KeyFacts): string {
  const text = canonicalJson([rule, blueprint, entity, at, action, from, to]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The key of what a rule does about a change. */
export function matchKey({name, property}: Rule, change: Change): string {
  const {blueprint, entity, action} = change;
  const {from, to} = property === undefined ? {} : transitionOf(change, property);
  return ledgerKey({rule: name, blueprint, entity, at: Date.parse(change.at), action, from, to});
}

/** Crockford's base 32: no I, L, O or U, which people mistake for others. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_LENGTH = 6;

/** Six characters: the same for the same beginning, whoever computes it. @param taken ids of other incidents */
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

/** What an incident is about: one at a time for each rule and entity. */
export function subjectOf({rule, blueprint, entity}: {rule: string; blueprint: string; entity: string}): string {
  return JSON.stringify([rule, blueprint, entity]);
}
