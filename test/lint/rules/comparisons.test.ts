import {expect, test} from '@jest/globals';
import {comparisonsIn} from '../../../src/lint/rules/comparisons.ts';

test.each<[string, object[]]>([
  ["after.properties.a == 'x'", [{path: ['after', 'properties', 'a'], value: 'x', part: "'x'", isEquality: true}]],
  [
    `\${{ ('it''s') != (Before.Relations)['b c'] }}`,
    [{path: ['Before', 'Relations', 'b c'], value: "it's", part: "'it''s'", isEquality: true}],
  ],
  ['80 <= change.to', [{path: ['change', 'to'], value: 80, part: '80', isEquality: false}]],
  ['!(after == null) || change.entity', [{path: ['after'], value: null, part: 'null', isEquality: true}]],
  [
    `contains(fromJSON('["a", 1, {}]'), change.to)`,
    [
      {path: ['change', 'to'], value: 'a', part: 'a', isEquality: true},
      {path: ['change', 'to'], value: 1, part: '1', isEquality: true},
    ],
  ],
  ['before.properties.a == after.properties.a', []],
  ["'a' == 'b'", []],
  ["contains(fromJSON('[1'), change.to) || contains(change.to, 'a')", []],
  ['after.properties.a = 1', []],
  ["after.properties[change.property] == 'x'", []],
])('%s', (source, expected) => {
  expect(comparisonsIn(source)).toEqual(expected);
});
