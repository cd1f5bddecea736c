/** Parse and sift: the bytes that Port signed → whether their change is dispatched, by the current rules. */
import type {Change} from '../src/change/change.ts';
import type {Rules} from '../src/rules/rules.ts';
import {parsePortMessage, skimMessage} from './parse/message.ts';
import type {RulesSource} from './rules/rules-source.ts';
import {type Sifted, sift} from './sift.ts';

export type SiftedMessage = RelevantMessage | IgnoredMessage;

type RelevantMessage = Relevant & {
  /** The rules that decided, or the last valid rules. Undefined if no rules are known. */
  readonly rules: Rules | undefined;
};

type Relevant = Extract<Sifted, {isRelevant: true}> & {readonly change: Change};

type IgnoredMessage = Extract<Sifted, {isRelevant: false}> & {
  /** Null if the message is not an entity change. Properties that no rule reads can be missing. */
  readonly change: Change | null;
};

export interface WebhookMessage {
  /** The bytes that Port signed. */
  readonly bytes: Buffer;
  /** ISO 8601 */
  readonly receivedAt: string;
}

export interface SiftDeps {
  /** Undefined if every change is dispatched. */
  readonly source: Pick<RulesSource, 'read' | 'readFresh'> | undefined;
  /** The relay's client ID in Port, if it is set. */
  readonly portClientId: string | undefined;
}

/**
 * Before a change is ignored, rules that could be outdated are read again. If they differ, only the new rules decide.
 * @throws {HttpRefusal} 400 if the bytes are not JSON
 * @throws {PayloadError} if they are not a message from Port
 */
export async function siftMessage(message: WebhookMessage, {source, portClientId}: SiftDeps): Promise<SiftedMessage> {
  const rules = await source?.read();
  const sifted = siftByRules(rules, message, portClientId);
  if (sifted.isRelevant) return {...sifted, rules};
  if (sifted.change === null) return sifted;
  const reading = source?.readFresh();
  // Without a read there is no `await`, because a later change that waited for the same rules would overtake this one.
  const fresh = reading instanceof Promise ? await reading : reading;
  if (fresh === rules) return sifted;
  const siftedAgain = siftByRules(fresh, message, portClientId);
  return siftedAgain.isRelevant ? {...siftedAgain, rules: fresh ?? rules} : siftedAgain;
}

/** Most changes are ignored. Of those, only the properties that rules read are parsed. */
function siftByRules(
  rules: Rules | undefined,
  {bytes, receivedAt}: WebhookMessage,
  portClientId: string | undefined,
): Relevant | IgnoredMessage {
  const skimmed = rules && skimMessage(bytes, rules, receivedAt);
  const early = skimmed && {...sift(rules, skimmed, portClientId), change: skimmed};
  if (early?.isRelevant === false) return early;
  const parsed = parsePortMessage(bytes, receivedAt);
  if (parsed.kind === 'not-a-change') return {isRelevant: false, change: null, reason: parsed.reason};
  const {change} = parsed;
  return {...(early ?? sift(rules, change, portClientId)), change};
}
