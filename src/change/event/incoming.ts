/** Parse: an event in any wrapping that people and tools use → its changes without duplicates, oldest first. */
import {messageOf, PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {count} from '../../base/text/show.ts';
import type {Change} from '../change.ts';
import {isDrill} from '../drill.ts';
import {parseKeepingNumbers, restoreNumbers} from './inexact-numbers.ts';

/** The changes of an event, without duplicates, and remarks about its other contents. */
export interface Incoming {
  readonly changes: readonly Change[];
  /** The number of changes that were dropped because their id appeared before. */
  readonly duplicates: number;
  readonly remarks: readonly string[];
  /** One sentence for each part of the event that could not be read. Absent if all could be read. */
  readonly unreadable?: readonly string[];
  /** The partition that the changes were dispatched to. Absent if they did not come from a relay. */
  readonly partition?: Partition;
  /** When the relay received the first of the changes: ISO 8601. Absent if they did not come from a relay. */
  readonly receivedAt?: string;
}

/** How the relay groups changes. All changes of one entity are in the same partition. */
export interface Partition {
  readonly partition: number | string;
  /** The number of partitions. */
  readonly partitions?: number;
}

/** The number of partitions, if the relay does not send it. */
export const DEFAULT_PARTITIONS = 4;

/** @param changes read from the result of {@link parseEvent} */
export function incomingOf(changes: readonly Change[]): Incoming {
  const seen = new Set<string>();
  const unique = inOrder(changes.map(restoreNumbers)).filter(({id}) => !seen.has(id) && seen.add(id));
  const duplicates = changes.length - unique.length;
  const remarks = [
    ...(duplicates === 0
      ? []
      : [`${count(duplicates, 'change')} appeared more than once in this event. Duplicates are ignored.`]),
    ...unique
      .filter(isDrill)
      .map(({entity}) => `${entity} is a drill of port-reactor doctor. Drills need no decision.`),
  ];
  return {changes: unique, duplicates, remarks};
}

/** Oldest first, so that the action reacts to changes of an entity in the order in which they happened. */
function inOrder(changes: readonly Change[]): Change[] {
  return changes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || 0);
}

/**
 * Unwraps an event from the forms that people copy: the body of a dispatch, the whole event of a run, or JSON encoded as a
 * string. Returns any other event unchanged.
 * @param name of the event, for messages
 * @throws {PayloadError} if a string in it is not JSON
 */
export function unwrapEvent(event: unknown, name = 'the event'): unknown {
  if (typeof event === 'string') return unwrapEvent(parseEvent(event, `The text in ${name}`), name);
  return isObject(event) ? (payloadIn(event) ?? event) : event;
}

/** The payload of a dispatch, or the inputs of a `workflow_dispatch`, in our format or in that of Port's guides. */
export function payloadIn(event: JsonObject): unknown {
  const payload = event['client_payload'];
  if (payload !== undefined && payload !== null) return payload;
  const inputs = isObject(event['inputs']) ? event['inputs'] : {};
  const given = inputs['event'];
  if (typeof given === 'string' && given !== '') return parseEvent(given, "The workflow's input `event`");
  return 'port_payload' in inputs ? inputs : undefined;
}

/**
 * Parses an event and keeps its numbers as written. {@link incomingOf} then marks the numbers that JavaScript cannot
 * represent.
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
