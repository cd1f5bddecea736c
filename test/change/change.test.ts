import {describe, expect, test} from '@jest/globals';
import {type Change, contentId, propertyOf} from '../../src/change/change.ts';
import {aChange} from '../helpers/values/a-change.ts';

describe('a property', () => {
  const values = JSON.parse('{"healthStatus":null,"__proto__":"own"}') as Record<string, unknown>;
  test.each<[string, unknown]>([
    ['healthStatus', null],
    ['__proto__', 'own'],
    ['constructor', undefined],
    ['toString', undefined],
    ['hasOwnProperty', undefined],
  ])('named %s is read only from the entity', (name, expected) => {
    expect(propertyOf(values, name)).toBe(expected);
    expect(propertyOf(undefined, name)).toBeUndefined();
  });
});

describe('the id of a change without a run', () => {
  const change: Omit<Change, 'id'> = aChange({
    at: '2026-03-02T09:15:04.120Z',
    to: 'Zürich',
    properties: {cpuUtil: 25},
  });

  test('is SHA-256 of its canonical JSON (value computed with hashlib and json of Python)', () => {
    expect(contentId(change)).toBe('1e00dc4955e748c3e945e09138bae4a2');
  });

  test('does not depend on unchanged values', () => {
    const {before, after} = aChange({
      at: change.at,
      to: 'Zürich',
      properties: {cpuUtil: 80, readme: ['long'], empty: null},
    });
    expect(contentId({...change, before, after})).toBe(contentId(change));
  });

  test('does not depend on the order of keys or on the source', () => {
    const {healthStatus, cpuUtil} = change.after?.properties ?? {};
    const after = {relations: {}, properties: {healthStatus, cpuUtil}};
    expect(contentId({...change, after, source: 'changelog', title: 'x', team: ['x'], by: {}, origin: 'API'})).toBe(
      contentId(change),
    );
  });

  test.each<[string, Partial<Change>]>([
    ['blueprint', {blueprint: 'other'}],
    ['entity', {entity: 'other'}],
    ['action', {action: 'CREATE'}],
    ['time', {at: '2026-03-02T09:15:04.121Z'}],
    ['timer', {timer: 'ttl'}],
    ['state before', {before: null}],
    ['previous value', {before: {properties: {healthStatus: 'Restarting', cpuUtil: 25}, relations: {}}}],
    ['state after', {after: {properties: {healthStatus: 'Zürich', cpuUtil: 25, '': null}, relations: {}}}],
  ])('depends on the %s', (_, other) => {
    expect(contentId({...change, ...other})).not.toBe(contentId(change));
  });
});
