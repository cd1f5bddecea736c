import {describe, expect, test} from '@jest/globals';
import {directionFor, directionOf, statusIcon} from '../../src/decide/direction.ts';
import {aChange} from '../helpers/values/changes.ts';
import {aMatch} from '../helpers/values/plans.ts';

const STATUSES = new Map([
  ['healthStatus', ['Healthy', 'Restarting', 'Degraded', 'Crashed']],
  ['tier', ['gold', 'silver']],
  ['only', ['one']],
  ['constructor', ['a', 'b']],
]);

describe('a transition', () => {
  test.each<[string, unknown, unknown, string]>([
    ['healthStatus', 'Healthy', 'Degraded', 'worsened'],
    ['healthStatus', 'Crashed', 'Degraded', 'improved'],
    ['healthStatus', 'Crashed', 'Healthy', 'recovered'],
    ['healthStatus', 'Healthy', 'Healthy', 'changed'],
    ['healthStatus', null, 'Crashed', 'changed'],
    ['healthStatus', null, 'Healthy', 'settled'],
    ['healthStatus', 'Unknown', 'Healthy', 'settled'],
    ['healthStatus', 'Healthy', null, 'changed'],
    ['healthStatus', 'healthy', 'Crashed', 'changed'],
    ['healthStatus', ['Healthy'], 'Crashed', 'changed'],
    ['cpuUtil', 'Healthy', 'Crashed', 'changed'],
    ['constructor', 'a', 'b', 'worsened'],
    ['toString', 'a', 'b', 'changed'],
  ])('of %s from %j to %j has %s', (property, from, to, expected) => {
    expect(directionOf(STATUSES, {property, from, to, changed: true, truncated: false})).toBe(expected);
  });
});

describe('to a rule', () => {
  const transition = {property: 'healthStatus', from: 'Crashed', to: 'Healthy', changed: true, truncated: false};

  test.each([
    ['above: 80', 'worsened'],
    ['below: 5', 'worsened'],
    ['notify: true', 'recovered'],
  ])('with %s the transition has %s', (key, expected) => {
    const {rule} = aMatch(aChange());
    const own = key === 'notify: true' ? rule : {...rule, [key.split(':')[0] ?? '']: 80};
    expect(directionFor(own, transition, STATUSES)).toBe(expected);
    expect(directionFor(rule, undefined, STATUSES)).toBe('changed');
  });
});

test.each<[string, unknown, string]>([
  ['healthStatus', 'Healthy', '🟢'],
  ['healthStatus', 'Restarting', '🟡'],
  ['healthStatus', 'Degraded', '🟠'],
  ['healthStatus', 'Crashed', '🔴'],
  ['tier', 'gold', '🟢'],
  ['tier', 'silver', '🔴'],
  ['only', 'one', '🟢'],
  ['healthStatus', 'unknown', ''],
  ['healthStatus', null, ''],
  ['cpuUtil', 'Healthy', ''],
])('the icon of %s %j is %s', (property, value, expected) => {
  expect(statusIcon(STATUSES, property, value)).toBe(expected);
});
