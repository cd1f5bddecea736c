import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {bytesOf, partitionOf, takeBatch} from '../../relay/partition.ts';
import {MAX_CHANGES_BYTES} from '../../src/change/client-payload.ts';
import {aChange} from '../helpers/a-change.ts';

/** sha256sum of `deploymentConfig\0notification-service-prod` starts with these eight digits. */
const DIGEST_START = 0x81355297;

test('the partition is the start of the digest of blueprint and entity, modulo the number of partitions', () => {
  const entity = {blueprint: 'deploymentConfig', entity: 'notification-service-prod'};
  expect(partitionOf(entity, 8)).toBe(DIGEST_START % 8);
  expect(partitionOf(entity, 1000)).toBe(DIGEST_START % 1000);
  expect(partitionOf(entity, 1)).toBe(0);
});

test('blueprint and entity do not run into each other', () => {
  const partitions = 1000;
  expect(partitionOf({blueprint: 'ab', entity: 'c'}, partitions)).not.toBe(
    partitionOf({blueprint: 'a', entity: 'bc'}, partitions),
  );
});

test('entities spread over all partitions', () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 800; i++) {
    const partition = partitionOf({blueprint: 'service', entity: `service-${i}`}, 8);
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(Math.min(...counts.values())).toBeGreaterThan(60);
});

describe('takeBatch', () => {
  const one = (id: string, entity: string, bytes: number) => ({change: aChange({entity, runId: id}), bytes});
  const sizes = fc.oneof(fc.integer({min: 300, max: 3_000}), fc.integer({min: 300, max: MAX_CHANGES_BYTES - 1}));
  const waiting = fc.array(fc.tuple(fc.integer({min: 0, max: 5}), sizes), {maxLength: 60});

  test('takes what fits, passes nothing of an entity over, and loses nothing', () => {
    fc.assert(
      fc.property(waiting, fc.integer({min: 1, max: 70}), (wanted, maxChanges) => {
        const all = wanted.map(([entity, bytes], n) => one(`r_${n}`, `entity-${entity}`, bytes));
        const {batch, rest} = takeBatch(all, maxChanges);
        expect(bytesOf(batch)).toBeLessThanOrEqual(MAX_CHANGES_BYTES);
        expect(batch.length).toBeLessThanOrEqual(maxChanges);
        expect(batch.length > 0 || all.length === 0).toBe(true);
        expect(new Set([...batch, ...rest])).toEqual(new Set(all));
        const order = [...batch, ...rest];
        for (const entity of new Set(all.map(({change}) => change.entity))) {
          const of = (list: typeof all) => list.filter(({change}) => change.entity === entity);
          expect(of(order)).toEqual(of(all));
        }
      }),
    );
  });

  test('passes over a large change for smaller ones of other entities', () => {
    const all = [one('a', 'a', 30_000), one('b', 'b', 30_000), one('c', 'c', 1_000), one('d', 'b', 1_000)];
    const {batch, rest} = takeBatch(all, 100);
    expect(batch.map(({change}) => change.id)).toEqual(['a', 'c']);
    expect(rest.map(({change}) => change.id)).toEqual(['b', 'd']);
  });
});
