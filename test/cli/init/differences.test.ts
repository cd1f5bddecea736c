import {describe, expect, test} from '@jest/globals';
import {describeDifference, setupDifferences} from '../../../src/cli/init/differences.ts';

describe('differences', () => {
  test('are empty if all wanted values exist, in any order, with any others', () => {
    const wanted = {a: {b: 1, c: [1, {d: 2}]}, e: null};
    expect(setupDifferences({e: null, a: {c: [1, {d: 2}], b: 1, extra: true}, updatedAt: 'now'}, wanted)).toEqual([]);
  });

  test.each([
    ['a value', {a: {b: 1}}, {a: {b: 2}}, 'a.b: 1 → 2'],
    ['a missing value', {a: {}}, {a: {b: 'x'}}, 'a.b: not set → "x"'],
    ['a list', {a: ['x']}, {a: ['x', 'y']}, 'a: ["x"] → ["x","y"]'],
    ['another kind', {a: 'x'}, {a: {b: 1}}, 'a: "x" → {"b":1}'],
    ['a key that is not a name', {a: {}}, {a: {'{{ x }}': 1, b: {}}}, 'a["{{ x }}"]: not set → 1'],
    ['null', {a: null}, {a: 1}, 'a: null → 1'],
    ['an inherited key', {}, {constructor: 1}, 'constructor: not set → 1'],
  ])('name %s', (_, existing, wanted, expected) => {
    expect(setupDifferences(existing, wanted).map(describeDifference)[0]).toBe(expected);
  });

  test('have every difference', () => {
    expect(setupDifferences({a: 1, b: 1, c: 1}, {a: 2, b: 1, c: 2}).map(({path}) => path)).toEqual(['a', 'c']);
  });
});
