import {expect, test} from '@jest/globals';
import {AccessToken} from '../../src/clients/access-token.ts';
import {RetryBudget} from '../../src/clients/retry-budget.ts';

const retryBudget = new RetryBudget(async () => {});

function counting(): {token: AccessToken; fetched(): number} {
  let fetched = 0;
  return {token: new AccessToken(async () => `token-${++fetched}`), fetched: () => fetched};
}

test('fetches a token when it is needed, once for all calls', async () => {
  const {token, fetched} = counting();
  expect(fetched()).toBe(0);
  await expect(Promise.all([token.get(retryBudget), token.get(retryBudget)])).resolves.toEqual(['token-1', 'token-1']);
  expect(fetched()).toBe(1);
});

test('renews a refused token once for all calls', async () => {
  const {token, fetched} = counting();
  await token.get(retryBudget);
  const renewed = await Promise.all([token.renew('token-1', retryBudget), token.renew('token-1', retryBudget)]);
  expect(renewed).toEqual(['token-2', 'token-2']);
  await expect(token.renew('token-1', retryBudget)).resolves.toBe('token-2');
  expect(fetched()).toBe(2);
});

test('does not keep a failure', async () => {
  const answers = [Promise.reject(new Error('no luck')), Promise.resolve('token')];
  const token = new AccessToken(() => answers.shift() ?? Promise.resolve('none'));
  await expect(token.get(retryBudget)).rejects.toThrow('no luck');
  await expect(token.get(retryBudget)).resolves.toBe('token');
});
