/** Parse: an event in whatever wrapping people and tools hand it over → the changes in it, each once, oldest first. */
import {messageOf, PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {count} from '../../base/text.ts';
import type {Change} from '../change.ts';
import {isDrill} from '../drill.ts';
import {parseKeepingNumbers, restoreNumbers} from './inexact-numbers.ts';

/** What came in: changes, each once, and what is to be said of the rest. */
export interface Incoming {
  readonly changes: readonly Change[];
  /** How many changes were left out because another with the same id came before. */
  readonly duplicates: number;
  readonly remarks: readonly string[];
  /** What could not be read of the event, a sentence each. Absent if all could be. */
  readonly unreadable?: readonly string[];
  /** The partition that the changes were dispatched to. Absent if they came in another way. */
  readonly partition?: Partition;
  /** When the relay received the first of the changes: ISO 8601. Absent if they came in another way. */
  readonly receivedAt?: string;
}

/** How the relay groups changes: those of one entity are always in the same partition. */
export interface Partition {
  readonly partition: number | string;
  /** How many there are. */
  readonly partitions?: number;
}

/** The number of partitions, if the relay does not send it. */
export const DEFAULT_PARTITIONS = 4;

/** @param changes read from what {@link parseEvent} gave */
export function incomingOf(changes: readonly Change[]): Incoming {
  const seen = new Set<string>();
  const unique = inOrder(changes.map(restoreNumbers)).filter(({id}) => !seen.has(id) && seen.add(id));
  const duplicates = changes.length - unique.length;
  const remarks = [
    ...(duplicates === 0 ? [] : [`${count(duplicates, 'change')} came twice in this event and counted once.`]),
    ...unique
      .filter(isDrill)
      .map(({entity}) => `${entity} is a drill of port-reactor doctor. Nothing is decided about it.`),
  ];
  return {changes: unique, duplicates, remarks};
}

/** Oldest first: what happened to an entity is reacted to in the order in which it happened. */
function inOrder(changes: readonly Change[]): Change[] {
  return changes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || 0);
}

/**
 * An event as people copy it: the body of a dispatch, a run's whole event, JSON in JSON as tools write it. Else itself.
 * @param name of the event, for messages
 * @throws {PayloadError} if a text in it is not JSON
 */
export function unwrapEvent(event: unknown, name = 'the event'): unknown {
  if (typeof event === 'string') return unwrapEvent(parseEvent(event, `The text in ${name}`), name);
  return isObject(event) ? (payloadIn(event) ?? event) : event;
}

/** A dispatch's payload, or what `workflow_dispatch` was given as inputs: ours, or the one of Port's guides. */
export function payloadIn(event: JsonObject): unknown {
  const payload = event['client_payload'];
  if (payload !== undefined && payload !== null) return payload;
  const inputs = isObject(event['inputs']) ? event['inputs'] : {};
  const given = inputs['event'];
  if (typeof given === 'string' && given !== '') return parseEvent(given, "The workflow's input `event`");
  return 'port_payload' in inputs ? inputs : undefined;
}

/**
 * An event, with its numbers as they are written: {@link incomingOf} makes known which ones JavaScript cannot hold.
 * @throws {PayloadError} if the text is not JSON
 */
export function parseEvent(text: string, what: string): unknown {
  return parseAs(text, what, text => parseKeepingNumbers(text).value);
}

/** @throws {PayloadError} */
export function parseJson(text: string, what: string): unknown {
  return parseAs(text, what, text => JSON.parse(text));
}

function parseAs(text: string, what: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new PayloadError('', `${what} is not JSON: ${messageOf(error)}`);
  }
}
