/** Everything that the result of an expression can depend on, and nothing else. */
import {describe, expect, test} from '@jest/globals';
import {compileExpression} from '../../../src/rules/expression/expression.ts';

const shown = (reads: readonly (readonly string[])[]) => reads.map(path => path.join('.') || 'everything').sort();
const truth = (source: string) => shown(compileExpression(source).conditionReads);
const value = (source: string) => shown(compileExpression(source).reads);

describe('a condition may read', () => {
  test.each<[string, string[]]>([
    ['after.properties.locked != true', ['after.properties.locked']],
    ["contains(after.relations.services, 'svc')", ['after.relations.services']],
    ["!contains(toJSON(after.properties), 'x')", ['after.properties']],
    ['toJSON(after)', ['after', 'team', 'title']],
    ['toJSON(change)', ['everything']],
    ["contains(after.properties.*, 'x')", ['after.properties.*']],
    ["contains(after.*.*, 'x')", ['after.*.*', 'team', 'title']],
    ['after.properties.list.*.name', ['after.properties.list.*.name']],
    ["after.properties[change.property] == 'x'", ['after.properties.*', 'property']],
    ["after.properties[format('lo{0}', 'cked')]", ['after.properties.*']],
    ["after[change.origin].x == 'x'", ['after.*.x', 'origin', 'team', 'title']],
    ["change[after.properties.key] == 'x'", ['after.properties.key', 'everything']],
    ["contains(change.team, 'a') || change.title == 'x'", ['team', 'title']],
    ["change.by.email == 'x'", ['by.email']],
    ['before.title != after.title', ['after.title', 'before.title', 'title']],
    ['change.from != change.to', ['from', 'to']],
    ['(after || before).properties.locked', ['after.properties.locked', 'before.properties.locked']],
    [
      'case(after.properties.a, before, after).properties.b == 1',
      ['after', 'after.properties.a', 'before', 'team', 'title'],
    ],
    ['fromJSON(after.properties.json).x', ['after.properties.json']],
    ['AFTER.Properties.Locked', ['after.Properties.Locked']],
  ])('%s: %j', (source, expected) => {
    expect(truth(source)).toEqual(expected);
  });

  test.each(['before', '!after', 'before == null', 'after.properties && before.relations', '1 == 1', 'change'])(
    'the whole change: %s',
    source => {
      expect(truth(source)).toEqual([]);
    },
  );
});

test.each<[string, string[]]>([
  ['after', ['after', 'team', 'title']],
  ['before.properties', ['before.properties']],
  ["before && after.properties || 'x'", ['after.properties', 'before', 'team', 'title']],
])('the value of %s depends on %j', (source, expected) => {
  expect(value(source)).toEqual(expected);
});
