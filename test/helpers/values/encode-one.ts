/** The plain client payload of a single change, as the relay sends it and the action parses it. */
import type {Change} from '../../../src/change/change.ts';
import type {ClientPayload} from '../../../src/change/payload/client-payload.ts';
import {encodeChange} from '../../../src/change/payload/encode-change.ts';
import {encodeClientPayload, MAX_CHANGES_BYTES} from '../../../src/change/payload/encode-payload.ts';
import type {Reads} from '../../../src/change/reads.ts';

interface Encoding {
  readonly partition?: number;
  readonly title?: string;
  /** The paths that rules read. */
  readonly reads?: Reads;
}

export function encodeOne(change: Change, {partition = 0, title = '', reads = []}: Encoding = {}): ClientPayload {
  const encoded = encodeChange(change, () => reads);
  const {json} = encoded.bytes <= MAX_CHANGES_BYTES ? encoded : encoded.cutTo(MAX_CHANGES_BYTES);
  const batch = {members: `"changes":[${json}]`, count: 1};
  return JSON.parse(encodeClientPayload(batch, {title, partition, partitions: 4}));
}
