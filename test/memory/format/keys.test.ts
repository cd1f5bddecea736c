import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {partitionOf} from '../../../src/dispatch/partition-of.ts';
import {incidentId, ledgerKey, matchKey, shardOf} from '../../../src/memory/format/keys.ts';
import {SHARDS} from '../../../src/memory/format/shards.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {oneRule} from '../a-simulation.ts';

/** Computed with Python's hashlib and with `openssl dgst -sha256`. */
describe('the shard of an entity', () => {
  test.each([
    ['deploymentConfig', 'checkout-prod', 0],
    ['database', 'orders-db', 4],
    ['service', 'ü 100%', 1],
    ['deploymentConfig', 'notification-service-prod', 7],
  ])('%s %s is %i', (blueprint, entity, shard) => {
    expect(shardOf({blueprint, entity})).toBe(shard);
  });

  test('belongs to one partition, for every number of partitions that divides 8', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom(1, 2, 4, SHARDS), (blueprint, entity, partitions) => {
        expect(partitionOf({blueprint, entity}, partitions)).toBe(shardOf({blueprint, entity}) % partitions);
      }),
    );
  });
});

describe('the key in the ledger', () => {
  test.each([
    [
      {
        rule: 'deployment-degraded',
        blueprint: 'deploymentConfig',
        entity: 'notification-service-prod',
        at: 1795177698477,
        action: 'UPDATE',
        from: 'Healthy',
        to: 'Degraded',
      },
      '0a5944571590b875',
    ],
    [
      {
        rule: 'cpu',
        blueprint: 'database',
        entity: 'orders-db',
        at: 1795177698477,
        action: 'CREATE',
        from: null,
        to: 85.5,
      },
      '216e92f2a1f43532',
    ],
    [{rule: 'gone', blueprint: 'database', entity: 'ü"x', at: 1795177698477, action: 'DELETE'}, '05b53974c6760757'],
  ])('of %j', (facts, key) => {
    expect(ledgerKey(facts)).toBe(key);
  });

  test('is made from the property and the time in milliseconds, not from the id or the offset', () => {
    const change = aChange();
    const rules = oneRule('to: Degraded').rules.map(rule => ({
      ...rule,
      name: 'deployment-degraded',
      property: 'healthStatus',
    }));
    const [rule] = rules;
    if (rule === undefined) throw new Error('no rule');
    expect(matchKey(rule, change)).toBe('0a5944571590b875');
    expect(matchKey(rule, {...change, id: 'other', runId: 'run_1', at: '2026-11-20T13:28:18.477+01:00'})).toBe(
      '0a5944571590b875',
    );
  });

  test('does not depend on the order of keys in an object', () => {
    const facts = {rule: 'r', blueprint: 'b', entity: 'e', at: 1, action: 'UPDATE'};
    expect(ledgerKey({...facts, to: {a: 1, b: 2}})).toBe(ledgerKey({...facts, to: {b: 2, a: 1}}));
  });
});

test('an incident has a unique id of six characters that people can read aloud', () => {
  const facts = {rule: 'r', blueprint: 'b', entity: 'e', at: 1};
  const first = incidentId(facts, () => false);
  expect(first).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/);
  expect(incidentId(facts, () => false)).toBe(first);
  expect(incidentId(facts, id => id === first)).not.toBe(first);
});
