import {expect, test} from '@jest/globals';
import {partitionOf} from '../../relay/partition.ts';

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
