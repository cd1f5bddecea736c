import {expect, test} from '@jest/globals';
import {Cancelled, NetworkError, NoResponse} from '../../src/base/errors.ts';
import {PortError} from '../../src/clients/port-error.ts';
import {RetryBudget} from '../../src/clients/retry-budget.ts';

function refusal(status: number, retryAfterMs?: number): PortError {
  return new PortError(`${status}`, {
    method: 'GET',
    url: 'https://x',
    status,
    retryAfterMs,
    code: undefined,
    isOfPort: true,
  });
}

/** Attempts that fail with these errors in sequence, then succeed. */
async function runWith(errors: readonly Error[], isIdempotent = true) {
  const waits: number[] = [];
  const left = [...errors];
  const attempt = async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
  const retryBudget = new RetryBudget(async milliseconds => void waits.push(milliseconds));
  const result = await retryBudget.run(attempt, isIdempotent).catch((error: Error) => error.message);
  return {result, waits};
}

test.each([
  ['a limited call is repeated', [refusal(429, 7_000)], true, 'done', [7_000]],
  ['a limited call was not done, so it is repeated in any case', [refusal(429)], false, 'done', [1_000]],
  ['it waits for at least a second', [refusal(429, 0)], true, 'done', [1_000]],
  ['the budget ends after 30 seconds in total', Array(3).fill(refusal(429, 12_000)), true, '429', [12_000, 12_000]],
  ['it does not wait for longer than that', [refusal(429, 31_000)], true, '429', []],
  ['it is repeated after an outage', [refusal(500)], true, 'done', [1_000]],
  ['it is repeated after two outages', [refusal(502), refusal(504)], true, 'done', [1_000, 2_000]],
  ['it is not repeated after three outages', [refusal(502), refusal(500), refusal(504)], true, '504', [1_000, 2_000]],
  ['an outage may come after the work was done', [refusal(503)], false, '503', []],
  ['it waits for an outage that says how long it lasts', [refusal(503, 9_000)], true, 'done', [9_000]],
  ['it does not wait for a longer outage', [refusal(503, 40_000)], true, '503', []],
  ['it waits for a limit after an outage', [refusal(503), refusal(429)], true, 'done', [1_000, 1_000]],
  ['a refusal is final', [refusal(422)], true, '422', []],
  ['it is repeated after a broken connection', [new NetworkError('reset')], true, 'done', [1_000]],
  ['a connection may break after the work was done', [new NetworkError('reset')], false, 'reset', []],
  ['it is repeated once without an answer', Array(3).fill(new NoResponse('silent')), true, 'silent', [1_000]],
  ['a cancelled run repeats nothing', [new Cancelled()], true, 'the workflow run was cancelled', []],
  ['it is not repeated after a bug', [new Error('bug')], true, 'bug', []],
])('%s', async (_, errors, isIdempotent, result, waits) => {
  await expect(runWith(errors as Error[], isIdempotent)).resolves.toEqual({result, waits});
});

test('calls with a shared limit call a silent Port twice in total', async () => {
  let asked = 0;
  const attempt = async () => {
    asked++;
    throw new NoResponse('silent');
  };
  const retryBudget = new RetryBudget(async () => {});
  const calls = [retryBudget, retryBudget.next(), retryBudget.next()];
  for (const call of calls) await expect(call.run(attempt, true)).rejects.toThrow('silent');
  expect(asked).toBe(2);
});

test('a run is closed if only its log request has no response', async () => {
  const retryBudget = new RetryBudget(async () => {});
  const silent = async () => {
    throw new NoResponse('silent');
  };
  await expect(retryBudget.run(silent, false)).rejects.toThrow('silent');
  await expect(retryBudget.next().run(async () => 'closed', true)).resolves.toBe('closed');
});
