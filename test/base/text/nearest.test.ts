import {describe, expect, test} from '@jest/globals';
import {mayBeCorrect, nearest, suggest} from '../../../src/base/text/nearest.ts';

const KEYS = ['name', 'blueprint', 'property', 'on', 'severity', 'notify', 'remediate'];

describe('the nearest word', () => {
  test.each<[string, string | undefined]>([
    ['sevrity', 'severity'],
    ['SEVERITY', 'severity'],
    ['severty', 'severity'],
    ['Property', 'property'],
    ['propertys', 'property'],
    ['properties', undefined],
    ['blue-print', 'blueprint'],
    ['remediation', 'remediate'],
    ['nmae', 'name'],
    ['amen', undefined],
    ['severiyt', 'severity'],
    ['nam', 'name'],
    ['om', 'on'],
    ['when', undefined],
    ['', undefined],
    ['something else', undefined],
    ['__proto__', undefined],
  ])('to %j is %j', (word, expected) => {
    expect(nearest(word, KEYS)).toBe(expected);
  });

  test('does not exist without words', () => {
    expect(nearest('a', [])).toBeUndefined();
  });

  test('is suggested, otherwise all words are named', () => {
    expect(suggest('sevrity', KEYS)).toBe('. Did you mean "severity"?');
    expect(suggest('when', ['a', 'b'])).toBe('. Use one of a, b.');
    expect(suggest('when', ['a'])).toBe('. Use a.');
    expect(suggest('when', [])).toBe('');
  });
});

test.each<[string, string[], boolean]>([
  ['severty', ['severity'], true],
  ['severty', ['notify'], false],
  ['else', ['notify'], true],
  ['else', [], false],
])('%j can be valid if %j have mistakes: %j', (word, reported, expected) => {
  expect(mayBeCorrect(word, KEYS, reported)).toBe(expected);
});
