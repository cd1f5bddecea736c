/** Parse: the event that started the run, or the `event` input → changes, in whichever form they came. */
import {readFileSync} from 'node:fs';
import type {Change} from './change/change.ts';
import {decodeClientPayload, isClientPayload} from './change/client-payload.ts';
import {parseChange} from './change/parse-change.ts';
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
export function readIncoming(input: string | undefined, eventPath: string | undefined, receivedAt: string): Incoming {
  const event = input === undefined ? readOwnEvent(eventPath) : parseJson(input, 'The input `event`');
  if (isClientPayload(event)) return onceEach(decodeClientPayload(event).changes);
  const parsed = parseChange(event, receivedAt);
  return parsed.kind === 'change'
    ? onceEach([parsed.change])
    : {changes: [], duplicates: 0, remarks: [`The event is ${parsed.reason}; there is nothing to decide.`]};
}

function onceEach(changes: readonly Change[]): Incoming {
  const firstOfId = new Map(changes.toReversed().map(change => [change.id, change]));
  const unique = changes.filter(change => firstOfId.get(change.id) === change);
  const duplicates = changes.length - unique.length;
  const remarks = duplicates === 0 ? [] : [`${count(duplicates, 'change')} came twice in this event and counted once.`];
  return {changes: unique, duplicates, remarks};
}

/** A dispatch's payload, or what `workflow_dispatch` was given as input. */
function readOwnEvent(eventPath: string | undefined): unknown {
  if (eventPath === undefined) throw noEvent('GITHUB_EVENT_PATH is not set');
  const event = parseJson(readEventFile(eventPath), 'The file of GITHUB_EVENT_PATH') as Record<string, unknown> | null;
  const {client_payload: payload, inputs} = event ?? {};
  if (payload !== undefined && payload !== null) return payload;
  const given = (inputs as Record<string, unknown> | null | undefined)?.['event'];
  if (typeof given === 'string' && given !== '') return parseJson(given, "The workflow's input `event`");
  throw noEvent(
    'the event that started the run is neither a repository_dispatch nor a workflow_dispatch with an input `event`',
  );
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
