import {createHash} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Change} from '../../../src/change/change.ts';
import {decodeClientPayload} from '../../../src/change/payload/client-payload.ts';
import {encodeChange} from '../../../src/change/payload/encode-change.ts';
import {encodeBatch, encodeClientPayload, MAX_PAYLOAD_BYTES} from '../../../src/change/payload/encode-payload.ts';
import {bothSides, type Reads} from '../../../src/change/reads.ts';
import {gzip} from '../../../src/dispatch/gzip.ts';
import {aChange, changes as anyChanges} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

const READ: Reads = bothSides('healthStatus');

/** The payload that the relay sends, and the changes that the action decodes from it. */
async function roundTrip(changes: readonly Change[], readable = READ) {
  const batch = await encodeBatch(
    changes.map(change => encodeChange(change, () => readable)),
    gzip,
  );
  const json = encodeClientPayload(batch, {title: '💥"'.repeat(50), partition: 7, partitions: 8});
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  const payload = JSON.parse(json);
  const decoded = decodeClientPayload(payload).changes;
  expect(decoded).toHaveLength(batch.count);
  return {payload, decoded};
}

/** Text that does not compress below half of its size. */
function incompressible(seed: unknown, length: number): string {
  const blocks = Array.from({length: Math.ceil(length / 64)}, (_, n) =>
    createHash('sha256').update(`${seed}.${n}`).digest('hex'),
  );
  return blocks.join('').slice(0, length);
}

const many = (count: number, properties: (n: number) => Record<string, unknown>, options = {}) =>
  Array.from({length: count}, (_, n) =>
    aChange({runId: `r_${n}`, entity: `e${n}`, properties: properties(n), ...options}),
  );

describe('a batch', () => {
  test('that fits is not packed', async () => {
    const changes = many(60, () => ({notes: 'x'.repeat(50)}));
    const {payload, decoded} = await roundTrip(changes);
    expect(payload).toEqual({version: 1, title: expect.any(String), partition: 7, partitions: 8, changes});
    expect(decoded).toEqual(changes);
  });

  test('that does not fit is packed without loss', async () => {
    const changes = many(400, () => ({notes: 'The service takes orders. '.repeat(10)}));
    const {payload, decoded} = await roundTrip(changes);
    expect(Object.keys(payload)).toEqual(['version', 'title', 'partition', 'partitions', 'packed', 'count']);
    expect(payload.count).toBe(400);
    expect(decoded).toEqual(changes);
  });

  test('of one large change is packed too', async () => {
    const changes = [aChange({from: 'x'.repeat(60_000), to: 'y'.repeat(60_000)})];
    const {payload, decoded} = await roundTrip(changes);
    expect(payload).toHaveProperty('packed');
    expect(decoded).toEqual(changes);
  });

  test('that does not fit packed loses only unchanged values that no rule reads, except links', async () => {
    const changes = many(40, n => ({readme: incompressible(n, 2_000), url: `https://example.com/${n}`, other: 1}));
    const changed = changes.map((change, n) => ({
      ...change,
      after: change.after && {...change.after, properties: {...change.after.properties, version: n}},
    }));
    const {decoded} = await roundTrip(changed);
    expect(decoded).toHaveLength(40);
    expect(decoded[3]).toEqual({
      ...changed[3],
      before: {properties: {healthStatus: 'Healthy', url: 'https://example.com/3', version: null}, relations: {}},
      after: {properties: {healthStatus: 'Degraded', url: 'https://example.com/3', version: 3}, relations: {}},
      truncated: ['before.properties.*', 'after.properties.*'],
    });
  });

  test('does not mark a change without such values', async () => {
    const changes = [...many(1, () => ({})), ...many(40, n => ({readme: incompressible(n, 2_000)}))];
    const {decoded} = await roundTrip(changes);
    expect(decoded).toHaveLength(41);
    expect(decoded[0]).toEqual(changes[0]);
  });

  test('leaves the changes that do not fit for the next batch, in order', async () => {
    const changes = Array.from({length: 30}, (_, n) => aChange({runId: `r_${n}`, to: incompressible(n, 4_000)}));
    const {decoded} = await roundTrip(changes);
    expect(decoded.length).toBeGreaterThan(12);
    expect(decoded).toEqual(changes.slice(0, decoded.length));
  });

  test('of small changes before a large one is sent without the large one', async () => {
    const small = many(50, () => ({}));
    const large = aChange({runId: 'large', to: incompressible(1, 900_000)});
    const {decoded} = await roundTrip([...small, large, ...small]);
    expect(decoded.length).toBeGreaterThan(30);
    expect(decoded).toEqual(small.slice(0, decoded.length));
  });

  test('cuts a first change that is too large alone', async () => {
    const large = aChange({runId: 'large', to: incompressible(1, 900_000)});
    const {decoded} = await roundTrip([large, ...many(3, () => ({}))]);
    expect(decoded.map(({id, truncated}) => [id, truncated])).toEqual([['large', ['after.properties.healthStatus']]]);
  });

  test('never unpacks to more than the action accepts', async () => {
    const changes = many(40, () => ({readme: 'x'.repeat(500_000)}));
    const {decoded} = await roundTrip(changes);
    expect(decoded.length).toBeGreaterThan(10);
    expect(decoded.length).toBeLessThan(40);
  });

  test('always fits, is decoded, and keeps its order', async () => {
    const sizes = fc.array(fc.tuple(anyChanges, fc.integer({min: 0, max: 30_000}), fc.boolean()), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async items => {
        const changes = items.map(([{truncated: _, ...change}, size, isNoise], n) => {
          const text = isNoise ? incompressible(n, size) : 'x'.repeat(size);
          return {...change, id: `r_${n}`, after: {properties: {healthStatus: text}, relations: {}}};
        });
        const {decoded} = await roundTrip(changes);
        expect(decoded.map(({id}) => id)).toEqual(changes.slice(0, decoded.length).map(({id}) => id));
      }),
      {numRuns: runs(40)},
    );
  });
});
