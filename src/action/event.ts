/** Parse: the event that started the run, or the `event` input → changes. Accepts every wire format. */
import {readFileSync} from 'node:fs';
import {ConfigError, messageOf} from '../base/errors.ts';
import {isObject} from '../base/json.ts';
import {type Incoming, incomingOf, parseEvent, payloadIn, unwrapEvent} from '../change/event/incoming.ts';
import {decodeReadable, isClientPayload} from '../change/payload/client-payload.ts';

/**
 * @param input the `event` input: a client payload, or any webhook body from Port
 * @param eventPath the file of the run's own event
 * @throws {ConfigError} if there is no event to read
 * @returns the changes that can be read, and an error for each of the others
 * @throws {PayloadError} if the event as a whole has an unknown shape
 */
export async function readIncoming(
  input: string | undefined,
  eventPath: string | undefined,
  receivedAt: string,
): Promise<Incoming> {
  const event =
    input === undefined
      ? readOwnEvent(eventPath)
      : unwrapEvent(parseEvent(input, 'The input `event`'), 'the input `event`');
  if (isClientPayload(event)) {
    const {changes, unreadable, partition, partitions, receivedAt} = decodeReadable(event);
    const incoming = {
      ...incomingOf(changes),
      ...(receivedAt === undefined ? {} : {receivedAt}),
      ...(unreadable.length === 0 ? {} : {unreadable: unreadable.map(({message}) => message)}),
    };
    return input === undefined ? {...incoming, partition: {partition, ...(partitions && {partitions})}} : incoming;
  }
  // The relay never sends Port's own formats, so their parsers are loaded on demand.
  const {readEvent} = await import(/* webpackMode: "eager" */ '../change/event/read-event.ts');
  return readEvent(event, receivedAt);
}

function readOwnEvent(eventPath: string | undefined): unknown {
  if (eventPath === undefined) throw missingEvent('GITHUB_EVENT_PATH is not set');
  const event = parseEvent(readEventFile(eventPath), 'The file in GITHUB_EVENT_PATH');
  const payload = isObject(event) ? payloadIn(event) : undefined;
  if (payload !== undefined) return payload;
  throw missingEvent(
    'the event that started the run is neither a repository_dispatch nor a workflow_dispatch with an input `event`',
  );
}

function readEventFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw missingEvent(messageOf(error));
  }
}

function missingEvent(why: string): ConfigError {
  return new ConfigError(`The event is missing: ${why}.`, [
    {
      message:
        'Run the action on `repository_dispatch` (from the relay), or pass the event as JSON in the input `event`.',
    },
  ]);
}
