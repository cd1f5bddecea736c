import {describe, expect, test} from '@jest/globals';
import {type SiftDeps, siftMessage} from '../../relay/sift-message.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {anEvent} from './test-relay.ts';

/** Rules that match if `healthStatus` changes to this value. A change to Restarting does not end their incident. */
const rulesFor = (to: string) =>
  parseRules(
    `version: 1\nrules:\n  - {name: to-${to}, blueprint: deploymentConfig, property: healthStatus, to: ${to}, clear: {to: Healthy}, notify: true}`,
    'rules.yml',
  );

const DEGRADED = rulesFor('Degraded');
const CRASHED = rulesFor('Crashed');
const PROPERTIES = {readme: 'not read by any rule'};

const messageOf = (body: unknown) => ({
  bytes: Buffer.from(JSON.stringify(body)),
  receivedAt: '2026-03-02T09:15:00.000Z',
});

type Version = Rules | undefined;

/** A source that returns the next version at each read. It has no version for a read that must not happen. */
function aSource({read, readFresh = []}: {read: readonly Version[]; readFresh?: readonly Version[]}) {
  const take = (versions: readonly Version[]) => {
    const left = [...versions];
    return () => {
      if (left.length === 0) throw new Error('an unexpected read of the rules');
      return left.shift();
    };
  };
  return {source: {read: take(read), readFresh: take(readFresh)}, portClientId: undefined};
}

const sifted = (to: string, deps: SiftDeps) => siftMessage(messageOf(anEvent({to, properties: PROPERTIES})), deps);

describe('the whole decision uses one version of the rules', () => {
  test('a relevant change is decided with one read, and is parsed in full', async () => {
    const result = await sifted('Degraded', aSource({read: [DEGRADED]}));
    expect(result).toMatchObject({isRelevant: true, rules: DEGRADED, transition: {to: 'Degraded'}});
    expect(result.change?.after?.properties).toMatchObject(PROPERTIES);
  });

  test('a change is ignored with the reason of rules that are confirmed, and is not parsed in full', async () => {
    const result = await sifted('Restarting', aSource({read: [DEGRADED], readFresh: [DEGRADED]}));
    expect(result).toMatchObject({isRelevant: false, reason: expect.stringMatching(/^to-Degraded: /)});
    expect(result.change?.after?.properties).not.toHaveProperty('readme');
  });

  test.each([
    ['dispatched', 'Crashed', {isRelevant: true, rules: CRASHED}],
    ['ignored', 'Restarting', {isRelevant: false, reason: expect.stringMatching(/^to-Crashed: /)}],
  ])('a change that outdated rules ignore is %s by the new rules', async (_name, to, expected) => {
    expect(await sifted(to, aSource({read: [DEGRADED], readFresh: [CRASHED]}))).toMatchObject(expected);
  });

  test('a change that unconfirmed rules ignore is dispatched with the last valid rules', async () => {
    const result = await sifted('Restarting', aSource({read: [DEGRADED], readFresh: [undefined]}));
    expect(result).toMatchObject({isRelevant: true, rules: DEGRADED, transition: undefined});
  });

  test.each([
    ['no rules are read yet', aSource({read: [undefined]})],
    ['the relay uses no rules', {source: undefined, portClientId: undefined}],
  ])('a change is dispatched if %s', async (_name, deps) => {
    expect(await sifted('Restarting', deps)).toMatchObject({isRelevant: true, rules: undefined});
  });
});

test('a message that is not a change does not wait for another read of the rules', async () => {
  const body = {...anEvent(), resourceType: 'run'};
  expect(await siftMessage(messageOf(body), aSource({read: [DEGRADED]}))).toMatchObject({
    isRelevant: false,
    change: null,
  });
});

test('changes that wait for the same rules stay in order', async () => {
  let finishRead = () => {};
  const refreshing = new Promise<void>(resolve => {
    finishRead = resolve;
  });
  const source = {read: () => refreshing.then(() => DEGRADED), readFresh: () => undefined};
  const order: string[] = [];
  const all = ['Restarting', 'Degraded'].map(async to => {
    await sifted(to, {source, portClientId: undefined});
    order.push(to);
  });
  finishRead();
  await Promise.all(all);
  expect(order).toEqual(['Restarting', 'Degraded']);
});
