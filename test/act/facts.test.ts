import {describe, expect, test} from '@jest/globals';
import {factsOf} from '../../src/act/facts.ts';
import {aChange} from '../helpers/values/changes.ts';
import {aMatch} from '../helpers/values/plans.ts';

test('a match is described in texts', () => {
  const match = aMatch(aChange({id: 'r_1'}), 'severity: critical, notify: true');
  expect(factsOf(match, 100)).toEqual({
    change: 'r_1',
    rule: 'rule-1',
    severity: 'critical',
    blueprint: 'deploymentConfig',
    entity: 'notification-service-prod',
    title: 'Notification Service Production',
    property: 'healthStatus',
    from: 'Healthy',
    to: 'Degraded',
    at: '2026-11-20T12:28:18.477Z',
  });
});

describe('a value', () => {
  test.each([
    [undefined, ''],
    [null, ''],
    ['', ''],
    ['  text ', '  text '],
    [0, '0'],
    [false, 'false'],
    [{a: [1, 'x']}, '{"a":[1,"x"]}'],
  ])('%j is shown as %j', (value, expected) => {
    expect(factsOf(aMatch(aChange({from: value, to: 'Degraded'})), 100).from).toBe(expected);
  });

  test('is cut if it is long, and ends with an ellipsis', () => {
    const {from, title} = factsOf(aMatch(aChange({from: 'x'.repeat(1000), title: '💥'.repeat(100)})), 10);
    expect(from).toBe(`${'x'.repeat(9)}…`);
    expect(title).toBe('💥💥💥💥…');
  });
});

test('the facts have no property if the rule does not name one', () => {
  const match = aMatch(aChange({action: 'DELETE'}), 'on: deleted, notify: true');
  expect(factsOf(match, 100)).toMatchObject({property: '', from: '', to: ''});
});
