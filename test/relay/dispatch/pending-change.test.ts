import {describe, expect, test} from '@jest/globals';
import type {DispatchOutcome} from '../../../relay/dispatch/dispatch-outcome.ts';
import {PendingChange} from '../../../relay/dispatch/pending-change.ts';
import {encodeChange} from '../../../src/change/payload/encode-change.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {aChange} from '../../helpers/values/a-change.ts';

const accepted: DispatchOutcome = {kind: 'accepted', partition: 0, batch: 1};
const late: DispatchOutcome = {kind: 'retryable', retryAfterSeconds: 5, message: 'late'};

function aPendingChange() {
  const clock = createManualClock();
  const change = aChange();
  const pending = new PendingChange(
    {change, transition: undefined, receivedAt: change.at},
    encodeChange(change, () => []),
    clock.now(),
  );
  let expiries = 0;
  const wait = (timeoutMs: number) =>
    pending.wait(timeoutMs, clock, () => {
      expiries++;
      return late;
    });
  return {clock, pending, wait, expiries: () => expiries};
}

describe('PendingChange', () => {
  test('gives all waiting webhooks the same answer', async () => {
    const {pending, wait} = aPendingChange();
    const both = Promise.all([wait(100), wait(200)]);
    pending.settle(accepted);
    expect(await both).toEqual([accepted, accepted]);
    expect(pending.isAwaited).toBe(false);
  });

  test('answers each webhook at its own deadline', async () => {
    const {clock, pending, wait, expiries} = aPendingChange();
    const [first, second] = [wait(100), wait(200)];
    await clock.pass(100);
    expect(await first).toBe(late);
    expect([pending.isAwaited, expiries()]).toEqual([true, 1]);
    pending.settle(accepted);
    expect(await second).toBe(accepted);
    await clock.pass(1_000);
    expect(expiries()).toBe(1);
  });

  test('has the latest deadline of its webhooks', () => {
    const {clock, pending, wait} = aPendingChange();
    void wait(200);
    void wait(100);
    expect(pending.deadlineMs).toBe(clock.now() + 200);
  });
});
