import {describe, expect, test} from '@jest/globals';
import {compileExpression, toExpressionContext} from '../../../src/rules/expression/expression.ts';
import {aChange} from '../../helpers/values/a-change.ts';

describe('an expression about large values', () => {
  const tags = Array.from({length: 200_000}, (_, n) => `tag ${n}`);
  const large = aChange({to: 'Degraded', properties: {tags, byName: Object.fromEntries(tags.map(tag => [tag, 1]))}});

  const resultOf = (source: string) =>
    compileExpression(source).evaluate(
      toExpressionContext(large, {property: 'healthStatus', from: 'Healthy', to: 'Degraded'}),
    );

  test.each<[string, boolean]>([
    ["contains(after.properties.tags, 'tag 199999')", true],
    ["contains(after.properties.tags, 'tag 200000')", false],
    ["after.properties.byName['tag 199999'] == 1", true],
    ["startsWith(join(after.properties.tags), 'tag 0,tag 1')", true],
    ["contains(after.properties.tags.*, 'tag 7')", true],
    ["contains(toJSON(after.properties.tags), 'tag 199999')", true],
  ])('%s: %s', (source, held) => {
    expect(resultOf(source)).toBe(held);
  });

  test('that the library cannot spread give an error', () => {
    expect(resultOf('contains(after.properties.byName.*, 1)')).toEqual({error: expect.any(String)});
  });
});
