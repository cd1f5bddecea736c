/** Parse: the event that started the run, or the `event` input → changes, in whichever form they came. */
import {readFileSync} from 'node:fs';
import type {Change} from './change/change.ts';
import {decodeClientPayload, isClientPayload} from './change/client-payload.ts';
import {isObject, type JsonObject} from './change/json.ts';
import {ConfigError, messageOf, PayloadError} from './errors.ts';
import {count} from './text.ts';

/** What came in: changes, each once, and what is to be said of the rest. */
export interface Incoming {
  readonly changes: readonly Change[];
  /** How many changes were left out because another with the same id came before. */
  readonly duplicates: number;
  readonly remarks: readonly string[];
}

/**
 * @param input the `event` input: a client payload, or any message of Port's
 * @param eventPath the file of the run's own event
 * @throws {ConfigError} where there is no event to read
 * @throws {PayloadError} where it is not of a known shape
 */
export async function readIncoming(
  input: string | undefined,
  eventPath: string | undefined,
  receivedAt: string,
): Promise<Incoming> {
  const event = input === undefined ? readOwnEvent(eventPath) : unwrap(parseJson(input, 'The input `event`'));
  if (isClientPayload(event)) return onceEach(decodeClientPayload(event).changes);
  // From the relay nothing comes in Port's own shapes: they are learnt only when they are met.
  const {parseChange} = await import(/* webpackMode: "eager" */ './change/parse-change.ts');
  const parsed = parseChange(event, receivedAt);
  return parsed.kind === 'change'
    ? onceEach([parsed.change])
    : {changes: [], duplicates: 0, remarks: [`The event is ${parsed.reason}; there is nothing to decide.`]};
}

function onceEach(changes: readonly Change[]): Incoming {
  const seen = new Set<string>();
  const unique = inOrder(changes).filter(({id}) => !seen.has(id) && seen.add(id));
  const duplicates = changes.length - unique.length;
  const remarks = duplicates === 0 ? [] : [`${count(duplicates, 'change')} came twice in this event and counted once.`];
  return {changes: unique, duplicates, remarks};
}

/** Oldest first: what happened to an entity is reacted to in the order in which it happened. */
function inOrder(changes: readonly Change[]): Change[] {
  return changes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || 0);
}

/** For a replay by hand: the body of a dispatch, or a run's whole event, as people copy them; JSON in JSON, as tools do. */
function unwrap(event: unknown): unknown {
  if (typeof event === 'string') return unwrap(parseJson(event, 'The text in the input `event`'));
  return isObject(event) && isObject(event['client_payload']) ? event['client_payload'] : event;
}

/** A dispatch's payload, or what `workflow_dispatch` was given as inputs: ours, or the one of Port's guides. */
function readOwnEvent(eventPath: string | undefined): unknown {
  if (eventPath === undefined) throw noEvent('GITHUB_EVENT_PATH is not set');
  const event = objectIn(parseJson(readEventFile(eventPath), 'The file of GITHUB_EVENT_PATH'));
  const payload = event['client_payload'];
  if (payload !== undefined && payload !== null) return payload;
  const inputs = objectIn(event['inputs']);
  const given = inputs['event'];
  if (typeof given === 'string' && given !== '') return parseJson(given, "The workflow's input `event`");
  if ('port_payload' in inputs) return inputs;
  throw noEvent(
    'the event that started the run is neither a repository_dispatch nor a workflow_dispatch with an input `event`',
  );
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function readEventFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw noEvent(messageOf(error));
  }
}

function noEvent(why: string): ConfigError {
  return new ConfigError(`There is no event to decide on: ${why}.`, [
    {
      message:
        'Run the action on `repository_dispatch` (from the relay), or give it the event as JSON in its input `event`.',
    },
  ]);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PayloadError('', `${what} is not JSON: ${messageOf(error)}`);
  }
}
