/** Parse and sift: the bytes that Port signed → the decision about the change in them, by the rules in force. */
import type {Change} from '../src/change/change.ts';
import type {ParsedChange} from '../src/change/event/parse-change.ts';
import type {Rules} from '../src/rules/rules.ts';
import {parsePortMessage, skimMessage} from './message.ts';
import type {RulesSource} from './rules-source.ts';
import {type Sifted, sift} from './sift.ts';

export type RelayDecision = GoesOn | Ignored;

type GoesOn = Extract<Sifted, {goesOn: true}> & {
  readonly change: Change;
  /** Those that decided, or the last good ones. Undefined if none are known. */
  readonly rules: Rules | undefined;
};

export type Ignored = Extract<Sifted, {goesOn: false}> & {
  /** Null if the message is about something else. What no rule reads may be missing. */
  readonly change: Change | null;
};

export interface Deciding {
  /** Undefined if every change goes on. */
  readonly source: Pick<RulesSource, 'current' | 'fresh'> | undefined;
  /** Our own in Port, if it is known. */
  readonly portClientId: string | undefined;
}

/**
 * Nearly all changes are ignored, and of those only what rules read is parsed.
 * @param receivedAt ISO 8601
 * @throws {HttpRefusal} 400 if the bytes are not JSON
 * @throws {PayloadError} if they are not a message of Port's
 */
export async function decideMessage(bytes: Buffer, receivedAt: string, deciding: Deciding): Promise<RelayDecision> {
  const {source, portClientId} = deciding;
  const rules = await source?.current();
  const skimmed = rules && skimMessage(bytes, rules, receivedAt);
  if (skimmed !== undefined) {
    const sifted = sift(rules, skimmed, portClientId);
    if (!sifted.goesOn && (await source?.fresh()) === rules) return {...sifted, change: skimmed};
  }
  return decideInFull(parsePortMessage(bytes, receivedAt), deciding);
}

/** A change is never ignored by rules that may be old: if it would be, they are read again first. */
async function decideInFull(parsed: ParsedChange, {source, portClientId}: Deciding): Promise<RelayDecision> {
  if (parsed.kind === 'not-a-change') return {goesOn: false, change: null, reason: parsed.reason};
  const {change} = parsed;
  const current = await source?.current();
  const sifted = sift(current, change, portClientId);
  if (sifted.goesOn) return {...sifted, change, rules: current};
  const fresh = await source?.fresh();
  const again = fresh === current ? sifted : sift(fresh, change, portClientId);
  return again.goesOn ? {...again, change, rules: fresh ?? current} : {...again, change};
}
