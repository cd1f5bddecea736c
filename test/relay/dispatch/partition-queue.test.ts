import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {PartitionQueue} from '../../../relay/dispatch/partition-queue.ts';
import {PendingChange} from '../../../relay/dispatch/pending-change.ts';
import {encodeChange} from '../../../src/change/payload/encode-change.ts';
import {partitionOf} from '../../../src/dispatch/partition-of.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {aChange} from '../../helpers/values/a-change.ts';

/** sha256sum of `deploymentConfig\0notification-service-prod` starts with these eight digits. */
const DIGEST_START = 0x81355297;

test('the partition is computed from the digest of blueprint and entity, modulo the number of partitions', () => {
  const entity = {blueprint: 'deploymentConfig', entity: 'notification-service-prod'};
  expect(partitionOf(entity, 8)).toBe(DIGEST_START % 8);
  expect(partitionOf(entity, 1000)).toBe(DIGEST_START % 1000);
  expect(partitionOf(entity, 1)).toBe(0);
});

test('blueprint and entity are separated in the digest', () => {
  const partitions = 1000;
  expect(partitionOf({blueprint: 'ab', entity: 'c'}, partitions)).not.toBe(
    partitionOf({blueprint: 'a', entity: 'bc'}, partitions),
  );
});

test('entities are spread over all partitions', () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 800; i++) {
    const partition = partitionOf({blueprint: 'service', entity: `service-${i}`}, 8);
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(Math.min(...counts.values())).toBeGreaterThan(60);
});

describe('PartitionQueue', () => {
  const clock = createManualClock();
  const aPendingChange = (n: number) => {
    const change = aChange({runId: `r_${n}`});
    const pending = new PendingChange(
      {change, transition: undefined, receivedAt: change.at},
      encodeChange(change, () => []),
      clock.now() + n,
    );
    void pending.wait(1_000, clock, () => ({kind: 'permanent', message: ''}));
    return pending;
  };
  const aPartition = (pending: number) => {
    const partition = new PartitionQueue(0);
    const all = Array.from({length: pending}, (_, n) => aPendingChange(n));
    for (const one of all) partition.add(one);
    return {partition, all};
  };

  test('has one batch in flight, and later changes wait', () => {
    const {partition, all} = aPartition(3);
    expect(partition.waitingSinceMs).toBe(clock.now());
    expect(partition.startBatch()).toEqual(all);
    partition.add(aPendingChange(3));
    expect([partition.waitingSinceMs, partition.pendingCount]).toEqual([undefined, 4]);
    partition.acceptBatch();
    expect([partition.waitingSinceMs, partition.pendingCount]).toEqual([clock.now() + 3, 1]);
  });

  test('puts changes that do not fit first in the next batch', () => {
    const {partition, all} = aPartition(5);
    partition.startBatch();
    partition.shrinkBatch(2);
    expect(partition.inFlight).toEqual(all.slice(0, 2));
    partition.add(aPendingChange(5));
    expect(partition.waiting.map(({change}) => change.id)).toEqual(['r_2', 'r_3', 'r_4', 'r_5']);
  });

  test('puts a batch that was not accepted first again, without changes that no webhook waits for', () => {
    const {partition, all} = aPartition(3);
    partition.startBatch();
    partition.add(aPendingChange(3));
    all[1]?.settle({kind: 'permanent', message: ''});
    partition.requeue();
    expect(partition.waiting.map(({change}) => change.id)).toEqual(['r_0', 'r_2', 'r_3']);
  });

  test('makes batches smaller after a refusal, and larger after an acceptance', () => {
    const {partition} = aPartition(9);
    partition.startBatch();
    partition.requeueHalf();
    const sizes = [1, 2, 3].map(() => {
      const {length} = partition.startBatch();
      partition.acceptBatch();
      return length;
    });
    expect(sizes).toEqual([5, 4, 0]);
  });

  test('keeps a change that no webhook waits for while it is in flight', () => {
    const {partition, all} = aPartition(1);
    const [pending] = all as [PendingChange];
    partition.startBatch();
    pending.settle({kind: 'permanent', message: ''});
    partition.removeUnawaited();
    expect(partition.find(pending.encoded.json)).toBe(pending);
    partition.requeue();
    expect(partition.pendingCount).toBe(0);
  });

  test('counts held changes until they are sent', () => {
    const steps = fc.constantFrom(
      'add',
      'startBatch',
      'shrinkBatch',
      'acceptBatch',
      'requeue',
      'requeueHalf',
      'removeBatch',
      'removeUnawaited',
    );
    fc.assert(
      fc.property(fc.array(steps, {maxLength: 40}), all => {
        const partition = new PartitionQueue(0);
        let n = 0;
        const run: Record<string, () => unknown> = {
          add: () => partition.add(aPendingChange(n++)),
          startBatch: () => partition.waitingSinceMs !== undefined && partition.startBatch(),
          shrinkBatch: () => partition.shrinkBatch(Math.min(1, partition.inFlight.length)),
          acceptBatch: () => partition.acceptBatch(),
          requeue: () => partition.requeue(),
          requeueHalf: () => partition.requeueHalf(),
          removeBatch: () => partition.removeBatch(),
          removeUnawaited: () => {
            partition.waiting[0]?.settle({kind: 'permanent', message: ''});
            partition.removeUnawaited();
          },
        };
        for (const step of all) run[step]?.();
        partition.removeBatch();
        for (const pending of partition.waiting) pending.settle({kind: 'permanent', message: ''});
        partition.removeUnawaited();
        expect([partition.pendingCount, partition.pendingBytes]).toEqual([0, 0]);
      }),
    );
  });
});
