/** Parse: the event that started the run, or the `event` input → changes, in whichever form they came. */
import {readFileSync} from 'node:fs';
import {ConfigError, messageOf} from '../base/errors.ts';
import {isObject} from '../base/json.ts';
import {type Incoming, incomingOf, parseEvent, payloadIn, unwrapEvent} from '../change/event/incoming.ts';
import {decodeReadable, isClientPayload} from '../change/payload/client-payload.ts';

/**
 * @param input the `event` input: a client payload, or any message of Port's
 * @param eventPath the file of the run's own event
 * @throws {ConfigError} if there is no event to read
 * @returns what can be read: a change that cannot does not hide the others
 * @throws {PayloadError} if the event as a whole is not of a known shape
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
  // From the relay nothing comes in Port's own shapes: they are learnt only when they are met.
  const {readEvent} = await import(/* webpackMode: "eager" */ '../change/event/read-event.ts');
  return readEvent(event, receivedAt);
}

function readOwnEvent(eventPath: string | undefined): unknown {
  if (eventPath === undefined) throw noEvent('GITHUB_EVENT_PATH is not set');
  const event = parseEvent(readEventFile(eventPath), 'The file of GITHUB_EVENT_PATH');
  const payload = isObject(event) ? payloadIn(event) : undefined;
  if (payload !== undefined) return payload;
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
  return new ConfigError(`The event is missing: ${why}.`, [
    {
      message:
        'Run the action on `repository_dispatch` (from the relay), or pass the event as JSON in the input `event`.',
    },
  ]);
}
