import {describe, expect, test} from '@jest/globals';
import {afterDispatch, sidePartition, sortMissing} from '../../src/reconcile/undecided.ts';
import {aChange} from '../helpers/values/a-change.ts';

const NOW = Date.parse('2026-11-28T12:00:00.000Z');
const MINUTE = 60_000;
const change = aChange({at: '2026-11-28T11:00:00.000Z'});
const dispatched = (minutesAgo: number) => afterDispatch(change, undefined, NOW - minutesAgo * MINUTE);

function sort(awaited: ReturnType<typeof dispatched>[], isOld = false) {
  return sortMissing({undecided: [change], awaited, nowMs: NOW, alarmAfterMs: 10 * MINUTE, isTooOld: () => isOld});
}

describe('a missing change', () => {
  test('that was not dispatched is fresh', () => {
    expect(sort([])).toEqual({fresh: [change], waiting: [], overdue: [], givenUp: []});
  });

  test.each([
    [9, 'waiting'],
    [10, 'overdue'],
  ])('that was dispatched %d minutes ago is %s', (minutes, kind) => {
    const sorted = sort([dispatched(minutes)]);
    expect(sorted).toMatchObject({fresh: [], [kind]: [{change, awaited: {times: 1}}]});
  });

  test('waits from its last dispatch', () => {
    const again = afterDispatch(change, dispatched(60), NOW - 5 * MINUTE);
    expect(again).toMatchObject({times: 2, first: (NOW - 60 * MINUTE) / 1000});
    expect(sort([again])).toMatchObject({overdue: [], waiting: [{change}]});
  });

  test('that is too old is abandoned and reported', () => {
    expect(sort([dispatched(60)], true).givenUp).toHaveLength(1);
  });
});

test('each attempt outside the queue has its own partition name', () => {
  expect([1, 2, 3, 99].map(times => sidePartition(3, times))).toEqual(['3b', '3c', '3d', '3z']);
});
