/** Which values are accepted, and their form. The messages of mistakes are tested in parse-rules.test.ts. */
import {describe, expect, test} from '@jest/globals';
import {describe as describeValue, show} from '../../../src/rules/written/describe-value.ts';
import {List, RefinedText, Severity, Text} from '../../../src/rules/written/written-values.ts';

test('a text is trimmed', () => {
  expect(Text.parse(' a b ')).toBe('a b');
});

test('a list is one value or several, and is never empty', () => {
  const list = List(Text);
  expect([list.parse('a'), list.parse(['a', 'b'])]).toEqual(['a', ['a', 'b']]);
  expect(list.safeParse([]).success).toBe(false);
  expect(list.safeParse(5).error?.issues[0]?.message).toBe(
    'must be a string, or a list of strings, but is the number 5. Put quotes around it.',
  );
});

test('a word must be one of the known words', () => {
  expect(Severity.parse('critical')).toBe('critical');
  expect(Severity.safeParse('Critical').error?.issues[0]?.message).toBe(
    '"Critical" is not a valid value. Did you mean "critical"?',
  );
});

describe('a checked text', () => {
  const upper = RefinedText(text => (text === text.toUpperCase() ? undefined : {message: 'must shout', column: 1}));

  test('is checked after it is trimmed', () => {
    expect(upper.parse(' A ')).toBe('A');
    expect(upper.safeParse(' a ').error?.issues[0]).toMatchObject({message: 'must shout', params: {column: 1}});
  });
});

test.each<[unknown, string]>([
  [null, 'empty'],
  [[], 'a list'],
  [{}, 'a mapping'],
  ['a\nb', 'the string "a b"'],
  [5, 'the number 5'],
  [true, 'true'],
])('%j is described', (value, expected) => {
  expect(describeValue(value)).toBe(expected);
});

test('a shown value is one clipped line', () => {
  expect(show(`a\n${'b'.repeat(100)}`)).toHaveLength(60);
});
