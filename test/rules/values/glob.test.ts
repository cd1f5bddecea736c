import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {compileName, coversName, matchesAll} from '../../../src/rules/values/glob.ts';
import {runs} from '../../helpers/values/runs.ts';

describe('a pattern', () => {
  test.each<[string, string[], string[]]>([
    ['payments', ['payments'], ['payments-api', 'Payments', '']],
    [
      'payments-*',
      ['payments-', 'payments-api', 'payments-a/b.c', 'payments-.x'],
      ['payments', 'xpayments-a', 'Payments-a'],
    ],
    ['*', ['a', '.a', 'a/b', './a', '..', 'a\nb', 'a\\b'], []],
    ['**', ['a', 'a/b'], []],
    ['*-prod', ['a-prod', 'a/b.c-prod', '-prod'], ['prod', 'a-prod-2']],
    ['a?c', ['abc', 'a/c', 'a.c'], ['ac', 'abbc']],
    ['[ab]-x', ['a-x', 'b-x'], ['c-x', '[ab]-x']],
    ['[a-c]x', ['bx'], ['dx', '-x']],
    ['a[!b]c', ['adc', 'a/c', 'a!c'], ['abc', 'ac']],
    ['{web,api}-*', ['web-1', 'api-'], ['db-1']],
    ['{a,b{c,d}}', ['a', 'bc', 'bd'], ['b']],
    ['!a*', ['!ab'], ['b', 'ab']],
    ['a+(b)*', ['a+(b)c'], ['abb', 'ab']],
    ['(a|b)*', ['(a|b)c'], ['ac']],
    ['@scope/*:v=1', ['@scope/a:v=1'], ['@scope/a:v=2']],
    ['./a*', ['./ab'], ['ab']],
    ['a\\*', ['a\\b'], ['a*']],
    ['$a^*', ['$a^b'], ['a']],
  ])('%s', (source, yes, no) => {
    const {matches} = compileName(source);
    expect(yes.filter(name => !matches(name))).toEqual([]);
    expect(no.filter(matches)).toEqual([]);
  });

  test.each([
    ['pay[', /a closing \] is missing/],
    ['{a,b*', /a closing \} is missing/],
    ['a]*', /an opening \[ is missing/],
    ['[z-a]', /range in \[ \] is out of order/],
    [`${'x'.repeat(70_000)}*`, /is not a pattern: Input length/],
  ])('cannot be %.10s', (source, message) => {
    expect(() => compileName(source)).toThrow(message);
  });

  test('of stars and question marks matches like a simple matcher', () => {
    const letters = fc.constantFrom('a', 'b', '/', '.', '-', '\\', '+', '(');
    const pattern = fc.string({unit: fc.oneof(letters, fc.constantFrom('*', '?')), minLength: 1, maxLength: 6});
    fc.assert(
      fc.property(pattern, fc.string({unit: letters, maxLength: 6}), (source, name) => {
        expect(compileName(source).matches(name)).toBe(simple(source, name));
      }),
      {numRuns: runs(2000)},
    );
  });
});

function simple(pattern: string, name: string): boolean {
  const [first] = pattern;
  if (first === undefined) return name === '';
  if (first === '*') return simple(pattern.slice(1), name) || (name !== '' && simple(pattern, name.slice(1)));
  return name !== '' && (first === '?' || first === name[0]) && simple(pattern.slice(1), name.slice(1));
}

test.each<[string, string, boolean]>([
  ['a', 'a', true],
  ['a', 'b', false],
  ['a*', 'ab', true],
  ['a*', 'a*', true],
  ['a*', 'ab*', true],
  ['a*', 'ab[cd]?', true],
  ['a/.*', 'a/.b{c,d}', true],
  ['ab*', 'a*', false],
  ['ab*', 'a{b,c}', false],
  ['a*c', 'abc*', false],
  ['a?', 'ab*', false],
  ['a*', '{ab,ac}', false], // the first covers the second, but no caller needs this
  ['*', 'ab*', true],
  ['a', 'a*', false],
])('%s covers %s: %s', (wide, narrow, expected) => {
  expect(coversName(compileName(wide), compileName(narrow))).toBe(expected);
});

test('a pattern matches every name that a covered pattern matches', () => {
  const letters = fc.constantFrom('a', 'b', '/', '.', '-', '\\', '+', '(', '$');
  const head = fc.string({unit: letters, maxLength: 2});
  const rest = fc.string({unit: fc.oneof(letters, fc.constantFrom('*', '?')), maxLength: 3});
  fc.assert(
    fc.property(head, rest, rest, fc.string({unit: letters, maxLength: 3}), (start, wide, narrow, tail) => {
      const [outer, inner] = [compileName(start + wide), compileName(start + narrow)];
      const name = start + tail;
      if (coversName(outer, inner) && inner.matches(name)) expect(outer.matches(name)).toBe(true);
    }),
    {numRuns: runs(2000)},
  );
});

test('only stars match every name', () => {
  expect(['*', '***', '*a', '?', 'a'].filter(source => matchesAll(compileName(source)))).toEqual(['*', '***']);
});
