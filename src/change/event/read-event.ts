/** Parse: a client payload or a message from Port → the changes in it. */
import {decodeClientPayload, isClientPayload} from '../payload/client-payload.ts';
import {type Incoming, incomingOf} from './incoming.ts';
import {parseChange} from './parse-change.ts';

/**
 * @param event parsed JSON, unwrapped
 * @param receivedAt ISO 8601. Used if the message has no time
 * @throws {PayloadError} if the format is unknown
 */
export function readEvent(event: unknown, receivedAt: string): Incoming {
  if (isClientPayload(event)) return incomingOf(decodeClientPayload(event).changes);
  const parsed = parseChange(event, receivedAt);
  if (parsed.kind === 'change') return incomingOf([parsed.change]);
  return {changes: [], duplicates: 0, remarks: [`No decision is needed. The message is ${parsed.reason}.`]};
}
