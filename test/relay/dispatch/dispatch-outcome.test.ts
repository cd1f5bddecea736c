import {expect, test} from '@jest/globals';
import {overBudget, retryLater} from '../../../relay/dispatch/dispatch-outcome.ts';

test.each([
  [17_001, 18],
  [0, 1],
  [-5_000, 1],
])('a wait of %i ms becomes %i whole seconds, rounded up', (waitMs, retryAfterSeconds) => {
  expect(retryLater(waitMs, overBudget(60), false)).toEqual({
    kind: 'retryable',
    retryAfterSeconds,
    message: `More changes arrive than 60 dispatches a minute can carry (REACTOR_MAX_DISPATCHES_PER_MINUTE). The change was not dispatched. Send it again in ${retryAfterSeconds} s.`,
  });
});
