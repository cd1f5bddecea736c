/** The client payload of one change alone, as the relay sends it and the action parses it. */
import type {Change} from '../../src/change/change.ts';
import {type ClientPayload, encodeChange, encodeClientPayload} from '../../src/change/client-payload.ts';

export function encodeOne(
  change: Change,
  partition: number,
  title: string,
  watched: ReadonlySet<string>,
): ClientPayload {
  return JSON.parse(encodeClientPayload([encodeChange(change, () => watched)], partition, title));
}
