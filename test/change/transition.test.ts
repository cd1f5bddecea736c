import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Snapshot} from '../../src/change/change.ts';
import {changedProperties, transitionOf} from '../../src/change/transition.ts';
import {aChange, changes} from '../helpers/values/changes.ts';

const snapshot = (properties: Record<string, unknown>): Snapshot => ({properties, relations: {}});

describe('a transition', () => {
  test.each<{from?: unknown; to?: unknown; changed: boolean}>([
    {from: 'Healthy', to: 'Degraded', changed: true},
    {from: 'Healthy', to: 'Healthy', changed: false},
    {from: 'Healthy', to: 'healthy', changed: true},
    {from: undefined, to: 'Healthy', changed: true},
    {from: 'Healthy', to: undefined, changed: true},
    {from: 'Healthy', to: null, changed: true},
    {from: null, to: 'Healthy', changed: true},
    {from: undefined, to: null, changed: false},
    {from: null, to: undefined, changed: false},
    {from: undefined, to: undefined, changed: false},
    {from: '', to: null, changed: true},
    {from: 0, to: null, changed: true},
    {from: false, to: null, changed: true},
    {from: 80, to: 80.0, changed: false},
    {from: 0, to: -0, changed: false},
    {from: 80, to: '80', changed: true},
    {from: ['a', 'b'], to: ['a', 'b'], changed: false},
    {from: ['a', 'b'], to: ['b', 'a'], changed: true},
    {from: {a: 1, b: {c: []}}, to: {b: {c: []}, a: 1}, changed: false},
    {from: {a: 1}, to: {a: 2}, changed: true},
    {from: {}, to: [], changed: true},
  ])('from $from to $to changed: $changed', ({from, to, changed}) => {
    expect(transitionOf(aChange({property: 'p', from, to}), 'p')).toStrictEqual({
      property: 'p',
      from: from ?? null,
      to: to ?? null,
      changed,
      truncated: false,
    });
  });

  test.each(['__proto__', 'constructor', 'toString'])('of a property named %s uses only own properties', property => {
    expect(transitionOf(aChange({from: 'Healthy', to: 'Degraded'}), property).changed).toBe(false);
    expect(transitionOf(aChange({property, from: 'a', to: 'b'}), property)).toMatchObject({from: 'a', to: 'b'});
  });

  test('starts at null for a created entity, and ends at null for a deleted one', () => {
    expect(transitionOf(aChange({action: 'CREATE', to: 85}), 'healthStatus')).toMatchObject({from: null, to: 85});
    expect(transitionOf(aChange({action: 'DELETE', from: 85}), 'healthStatus')).toMatchObject({from: 85, to: null});
  });

  test('of an expired timer is not a change', () => {
    const change = aChange({action: 'TIMER_EXPIRED', before: snapshot({a: 1}), after: snapshot({a: 2})});
    expect(transitionOf(change, 'a')).toMatchObject({from: 1, to: 2, changed: false});
    expect(changedProperties(change)).toEqual([]);
  });

  test('is not a change if a side was cut', () => {
    const change = aChange({
      before: snapshot({kept: 1}),
      after: snapshot({kept: 2, onlyHere: 1}),
      truncated: ['before.properties.*', 'after.relations.*'],
    });
    expect(transitionOf(change, 'kept')).toMatchObject({changed: true, truncated: false});
    expect(transitionOf(change, 'onlyHere')).toMatchObject({changed: false, truncated: true});
    expect(transitionOf(change, 'gone')).toMatchObject({changed: false, truncated: true});
    expect(changedProperties(change)).toEqual(['kept']);
  });
});

test('changedProperties has each property with a changed transition once', () => {
  const change = aChange({
    before: snapshot({same: [1], gone: 1, other: 'a', unset: null}),
    after: snapshot({other: 'b', same: [1], new: true}),
  });
  expect(changedProperties(change)).toEqual(['gone', 'other', 'new']);
  fc.assert(
    fc.property(changes, any => {
      const names = changedProperties(any);
      expect(new Set(names).size).toBe(names.length);
      expect(names.every(name => transitionOf(any, name).changed)).toBe(true);
    }),
  );
});
