/** Parse: the bytes that Port signed → their change, in full or reduced to what rules read. Pure. */
import type {Change} from '../../src/change/change.ts';
import {parseKeepingNumbers, restoreNumbers} from '../../src/change/event/inexact-numbers.ts';
import {type ParsedChange, parseChange} from '../../src/change/event/parse-change.ts';
import {namesRead} from '../../src/change/reads.ts';
import {readsToDecide} from '../../src/rules/reads.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {HttpRefusal} from '../http/refusal.ts';
import {encodingOf, type ReadNames, readNames, skimJson} from './skim-json.ts';

/**
 * @param receivedAt ISO 8601. Used if the message does not contain the time of the change
 * @throws {HttpRefusal} 400 if it is not JSON
 * @throws {PayloadError} if it is not a message from Port
 */
export function parsePortMessage(bytes: Buffer, receivedAt: string): ParsedChange {
  return parseText(bytes.toString(encodingOf(bytes)), receivedAt);
}

function parseText(text: string, receivedAt: string): ParsedChange {
  const {value, isInexact} = parseJson(text);
  const parsed = parseChange(value, receivedAt);
  return isInexact && parsed.kind === 'change' ? {...parsed, change: restoreNumbers(parsed.change)} : parsed;
}

function parseJson(text: string): ReturnType<typeof parseKeepingNumbers> {
  try {
    return parseKeepingNumbers(text);
  } catch {
    // The message of `JSON.parse` is not used, because it quotes the body.
    throw new HttpRefusal(400, "The body is not JSON, although its signature is valid. Check the automation's body.");
  }
}

/**
 * The change without the properties and relations that no rule reads. The rules reach the same decision in a fraction of the
 * time, and the change has the same ID.
 * @returns undefined if the message must be parsed in full, because it is not an entity change or is unusual
 * @throws {PayloadError} as {@link parsePortMessage} does
 */
export function skimMessage(bytes: Buffer, rules: Rules, receivedAt: string): Change | undefined {
  const names = namesIn(rules);
  const skimmed = names && skimJson(bytes, names);
  if (skimmed === undefined) return undefined;
  const parsed = parseText(skimmed.text, receivedAt);
  if (parsed.kind !== 'change') return undefined;
  const {change} = parsed;
  return skimmed.hasAllChanged || change.id === change.runId ? change : undefined; // the ID then depends on all changes
}

/** Computed once for each version of the rules. */
const knownNames = new WeakMap<Rules, {readonly names: ReadNames | undefined}>();

/** The properties and relations that the rules read. Undefined if they can read any. */
function namesIn(rules: Rules): ReadNames | undefined {
  let known = knownNames.get(rules);
  if (known === undefined) {
    const reads = readsToDecide(rules);
    const parts = [namesRead(reads, 'properties'), namesRead(reads, 'relations')];
    const isAny = parts.some(({all}) => all);
    known = {names: isAny ? undefined : readNames(new Set(parts.flatMap(({names}) => [...names])))};
    knownNames.set(rules, known);
  }
  return known.names;
}
