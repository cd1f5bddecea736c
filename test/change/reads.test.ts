import {describe, expect, test} from '@jest/globals';
import {cutAmong, resolveReads} from '../../src/change/reads.ts';
import {aChange} from '../helpers/values/a-change.ts';

const snapshot = {properties: {kept: 1, readme: '[cut]', 'a.b': '[cut]'}, relations: {owner: 'me'}};
const cutBy = (...truncated: string[]) => aChange({before: null, after: snapshot, truncated});
const found = (path: string[], ...truncated: string[]) => cutAmong(cutBy(...truncated), [path]);

describe('a read path is cut', () => {
  test.each<[string[], string, string | undefined]>([
    [['after', 'properties', 'readme'], 'after.properties.readme', 'after.properties.readme'],
    [['AFTER', 'Properties', 'README'], 'after.properties.readme', 'after.properties.readme'],
    [['after', 'properties', 'readme', 'title'], 'after.properties.readme', 'after.properties.readme.title'],
    [['after', 'properties'], 'after.properties.readme', 'after.properties.readme'],
    [['after', 'properties', '*'], 'after.properties.readme', 'after.properties.readme'],
    [['after'], 'after.relations.owner', 'after.relations.owner'],
    [[], 'after.relations.owner', 'after.relations.owner'],
    [[], 'team', 'change.team'],
    [['team'], 'team', 'change.team'],
    [['by', 'email'], 'by', 'change.by.email'],
    [['after', 'properties', 'a.b'], 'after.properties.a.b', 'after.properties.a.b'],
    [['after', 'properties', 'gone'], 'after.properties.*', 'after.properties.gone'],
    [['after', 'relations', 'gone'], 'after.relations.*', 'after.relations.gone'],
    [['after', 'properties'], 'after.properties.*', 'after.properties'],
    [['after', 'properties', 'readme'], 'after', 'after.properties.readme'],
    [['after', 'properties', 'readme'], 'after.properties', 'after.properties.readme'],
  ])('%j with the mark %s: %s', (path, mark, expected) => {
    expect(found(path, mark)).toBe(expected);
  });

  test.each<[string[], string]>([
    [['after', 'properties', 'kept'], 'after.properties.*'],
    [['after', 'properties', 'KEPT'], 'after.properties.*'],
    [['after', 'relations', 'owner'], 'after.properties.*'],
    [['before', 'properties', 'readme'], 'after.properties.readme'],
    [['after', 'properties', 'kept'], 'after.properties.readme'],
    [['after', 'properties', 'a'], 'after.properties.a.b'],
    [['team'], 'title'],
    [['property'], 'after.properties.*'],
  ])('but not %j with the mark %s', (path, mark) => {
    expect(found(path, mark)).toBeUndefined();
  });

  test('but not if nothing was cut', () => {
    expect(cutAmong(aChange(), [[]])).toBeUndefined();
  });
});

test('from and to are the two sides of the property of the rule', () => {
  const reads = [['from'], ['to', 'spec'], ['team']];
  expect(resolveReads(reads, 'p')).toEqual([
    ['before', 'properties', 'p'],
    ['after', 'properties', 'p', 'spec'],
    ['team'],
  ]);
  expect(resolveReads(reads, undefined)).toEqual([['team']]);
});
