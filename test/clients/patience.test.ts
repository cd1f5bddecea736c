import {expect, test} from '@jest/globals';
import {Cancelled, NetworkError, NoAnswer} from '../../src/base/errors.ts';
import {Patience} from '../../src/clients/patience.ts';
import {PortError} from '../../src/clients/port-error.ts';

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

/** Attempts that fail with these errors one after the other, then succeed. */
async function spend(errors: readonly Error[], mayHappenTwice = true) {
  const waits: number[] = [];
  const left = [...errors];
  const attempt = async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
  const patience = new Patience(async milliseconds => void waits.push(milliseconds));
  const result = await patience.spend(attempt, mayHappenTwice).catch((error: Error) => error.message);
  return {result, waits};
}

test.each([
  ['what is limited is repeated', [refusal(429, 7_000)], true, 'done', [7_000]],
  ['what is limited was not done, so it may be repeated anyway', [refusal(429)], false, 'done', [1_000]],
  ['it waits for a second at least', [refusal(429, 0)], true, 'done', [1_000]],
  ['patience ends after 30 seconds in all', Array(3).fill(refusal(429, 12_000)), true, '429', [12_000, 12_000]],
  ['it does not wait for longer than that', [refusal(429, 31_000)], true, '429', []],
  ['after an outage it is repeated', [refusal(500)], true, 'done', [1_000]],
  ['after two it is repeated', [refusal(502), refusal(504)], true, 'done', [1_000, 2_000]],
  ['after three it is not', [refusal(502), refusal(500), refusal(504)], true, '504', [1_000, 2_000]],
  ['an outage may have done the work', [refusal(503)], false, '503', []],
  ['an outage that says how long it lasts is waited for', [refusal(503, 9_000)], true, 'done', [9_000]],
  ['an outage that lasts longer is not', [refusal(503, 40_000)], true, '503', []],
  ['a limit after an outage is obeyed', [refusal(503), refusal(429)], true, 'done', [1_000, 1_000]],
  ['a refusal is final', [refusal(422)], true, '422', []],
  ['after a connection that broke it is repeated', [new NetworkError('reset')], true, 'done', [1_000]],
  ['a connection that broke may have done the work', [new NetworkError('reset')], false, 'reset', []],
  ['after silence it is repeated once', Array(3).fill(new NoAnswer('silent')), true, 'silent', [1_000]],
  ['a run that was cancelled repeats nothing', [new Cancelled()], true, 'the workflow run was cancelled', []],
  ['a bug is not waited for', [new Error('bug')], true, 'bug', []],
])('%s', async (_, errors, mayHappenTwice, result, waits) => {
  await expect(spend(errors as Error[], mayHappenTwice)).resolves.toEqual({result, waits});
});

test('calls that belong together ask a silent Port twice in all', async () => {
  let asked = 0;
  const attempt = async () => {
    asked++;
    throw new NoAnswer('silent');
  };
  const patience = new Patience(async () => {});
  const calls = [patience, patience.next(), patience.next()];
  for (const call of calls) await expect(call.spend(attempt, true)).rejects.toThrow('silent');
  expect(asked).toBe(2);
});

test('a Port that does not log may still close', async () => {
  const patience = new Patience(async () => {});
  const silent = async () => {
    throw new NoAnswer('silent');
  };
  await expect(patience.spend(silent, false)).rejects.toThrow('silent');
  await expect(patience.next().spend(async () => 'closed', true)).resolves.toBe('closed');
});
