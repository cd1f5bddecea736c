import {describe, expect, test} from '@jest/globals';
import {Held} from '../../relay/held.ts';
import {aChange} from '../helpers/a-change.ts';
import {createHandClock} from '../helpers/hand-clock.ts';

function aHeld() {
  const clock = createHandClock();
  const late: Held<string>[] = [];
  const held = new Held<string>(
    {change: aChange(), transition: undefined},
    {json: '{}', bytes: 2},
    clock,
    one => `late ${late.push(one)}`,
  );
  return {clock, held, late};
}

describe('Held', () => {
  test('all that wait are told the same', async () => {
    const {held} = aHeld();
    const both = Promise.all([held.wait(100), held.wait(200)]);
    held.settle('accepted');
    expect(await both).toEqual(['accepted', 'accepted']);
    expect(held.isAwaited).toBe(false);
  });

  test('each is told when its own time is over, and no longer waits', async () => {
    const {clock, held, late} = aHeld();
    const [first, second] = [held.wait(100), held.wait(200)];
    await clock.pass(100);
    expect(await first).toBe('late 1');
    expect([held.isAwaited, late]).toEqual([true, [held]]);
    held.settle('accepted');
    expect(await second).toBe('accepted');
    await clock.pass(1_000);
    expect(late).toHaveLength(1);
  });

  test('its deadline is that of the last that waits', () => {
    const {clock, held} = aHeld();
    void held.wait(200);
    void held.wait(100);
    expect(held.deadlineMs).toBe(clock.now() + 200);
  });
});
