/** Parse and sift: the bytes that Port signed → whether their change is dispatched, by the current rules. */
import type {Change} from '../src/change/change.ts';
import type {ParsedChange} from '../src/change/event/parse-change.ts';
import type {Rules} from '../src/rules/rules.ts';
import {parsePortMessage, skimMessage} from './parse/message.ts';
import type {RulesSource} from './rules/rules-source.ts';
import {type Sifted, sift} from './sift.ts';

export type RelayDecision = RelevantChange | Ignored;

type RelevantChange = Extract<Sifted, {isRelevant: true}> & {
  readonly change: Change;
  /** The rules that decided, or the last valid rules. Undefined if no rules are known. */
  readonly rules: Rules | undefined;
};

export type Ignored = Extract<Sifted, {isRelevant: false}> & {
  /** Null if the message is not an entity change. Properties that no rule reads may be missing. */
  readonly change: Change | null;
};

export interface Deciding {
  /** Undefined if every change is dispatched. */
  readonly source: Pick<RulesSource, 'current' | 'fresh'> | undefined;
  /** The relay's client ID in Port, if it is set. */
  readonly portClientId: string | undefined;
}

/**
 * Most changes are ignored. Of those, only the properties that rules read are parsed.
 * @param receivedAt ISO 8601
 * @throws {HttpRefusal} 400 if the bytes are not JSON
 * @throws {PayloadError} if they are not a message from Port
 */
export async function decideMessage(bytes: Buffer, receivedAt: string, deciding: Deciding): Promise<RelayDecision> {
  const {source, portClientId} = deciding;
  const rules = await source?.current();
  const skimmed = rules && skimMessage(bytes, rules, receivedAt);
  if (skimmed !== undefined) {
    const sifted = sift(rules, skimmed, portClientId);
    if (!sifted.isRelevant && (await source?.fresh()) === rules) return {...sifted, change: skimmed};
  }
  return decideInFull(parsePortMessage(bytes, receivedAt), deciding);
}

/** Before a change is ignored, rules that may be outdated are read again. */
async function decideInFull(parsed: ParsedChange, {source, portClientId}: Deciding): Promise<RelayDecision> {
  if (parsed.kind === 'not-a-change') return {isRelevant: false, change: null, reason: parsed.reason};
  const {change} = parsed;
  const current = await source?.current();
  const sifted = sift(current, change, portClientId);
  if (sifted.isRelevant) return {...sifted, change, rules: current};
  const fresh = await source?.fresh();
  const again = fresh === current ? sifted : sift(fresh, change, portClientId);
  return again.isRelevant ? {...again, change, rules: fresh ?? current} : {...again, change};
}
