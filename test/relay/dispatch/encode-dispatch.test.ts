import {expect, test} from '@jest/globals';
import {encodeDispatch} from '../../../relay/dispatch/encode-dispatch.ts';
import {encodeChange} from '../../../src/change/payload/encode-change.ts';
import {MAX_PAYLOAD_BYTES} from '../../../src/change/payload/encode-payload.ts';
import {aChange} from '../../helpers/values/a-change.ts';

const TARGET = {eventType: 'port-catalog-change', partition: 2, partitions: 4};

/** The n-th change. Its readme has this many characters. */
function aRelevantChange(n: number, length: number) {
  const properties = {healthStatus: 'Degraded', readme: 'x'.repeat(length)};
  const {before, after, ...rest} = aChange({runId: `r_${n}`});
  const change = {...rest, before, after: after && {...after, properties}};
  const encoded = encodeChange(change, () => [['after', 'properties', 'readme']]);
  return {change, transition: undefined, receivedAt: `2026-03-02T09:15:0${n}.000Z`, encoded};
}
const pack = (packed: Buffer) => async () => ({packed});

test('the body has the changes, their title, and the arrival of the first', async () => {
  const changes = [aRelevantChange(1, 10), aRelevantChange(2, 10)];
  const {json, count} = await encodeDispatch(changes, TARGET, pack(Buffer.alloc(0)));
  expect(count).toBe(2);
  expect(JSON.parse(json)).toEqual({
    event_type: 'port-catalog-change',
    client_payload: {
      version: 1,
      title: expect.stringMatching(/^2 changes: /),
      partition: 2,
      partitions: 4,
      receivedAt: '2026-03-02T09:15:01.000Z',
      changes: changes.map(({change}) => JSON.parse(JSON.stringify(change))),
    },
  });
});

test('the title names only the changes that fit', async () => {
  const changes = [aRelevantChange(1, MAX_PAYLOAD_BYTES / 2), aRelevantChange(2, MAX_PAYLOAD_BYTES / 2)];
  const {json, count} = await encodeDispatch(changes, TARGET, async () => ({takenBytes: MAX_PAYLOAD_BYTES / 2}));
  expect(count).toBe(1);
  const {title, changes: sent} = JSON.parse(json).client_payload;
  expect([title, sent]).toEqual([expect.not.stringContaining('2 changes'), [expect.objectContaining({id: 'r_1'})]]);
});
