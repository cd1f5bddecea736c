import {describe, expect, test} from '@jest/globals';
import type {DispatchOutcome} from '../../../relay/dispatch/dispatch-outcome.ts';
import {HeldChange} from '../../../relay/dispatch/held-change.ts';
import {encodeChange} from '../../../src/change/payload/encode-change.ts';
import {createHandClock} from '../../helpers/hand-clock.ts';
import {aChange} from '../../helpers/values/a-change.ts';

const accepted: DispatchOutcome = {kind: 'accepted', partition: 0, batch: 1};
const late: DispatchOutcome = {kind: 'retryable', retryAfterSeconds: 5, message: 'late'};

function aHeldChange() {
  const clock = createHandClock();
  const change = aChange();
  const held = new HeldChange(
    {change, transition: undefined, receivedAt: change.at},
    encodeChange(change, () => []),
    clock.now(),
  );
  let expiries = 0;
  const wait = (timeoutMs: number) =>
    held.wait(timeoutMs, clock, () => {
      expiries++;
      return late;
    });
  return {clock, held, wait, expiries: () => expiries};
}

describe('HeldChange', () => {
  test('gives all waiting webhooks the same answer', async () => {
    const {held, wait} = aHeldChange();
    const both = Promise.all([wait(100), wait(200)]);
    held.settle(accepted);
    expect(await both).toEqual([accepted, accepted]);
    expect(held.isAwaited).toBe(false);
  });

  test('answers each webhook at its own deadline', async () => {
    const {clock, held, wait, expiries} = aHeldChange();
    const [first, second] = [wait(100), wait(200)];
    await clock.pass(100);
    expect(await first).toBe(late);
    expect([held.isAwaited, expiries()]).toEqual([true, 1]);
    held.settle(accepted);
    expect(await second).toBe(accepted);
    await clock.pass(1_000);
    expect(expiries()).toBe(1);
  });

  test('has the latest deadline of its webhooks', () => {
    const {clock, held, wait} = aHeldChange();
    void wait(200);
    void wait(100);
    expect(held.deadlineMs).toBe(clock.now() + 200);
  });
});
