import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {clip, count, logText, oneLine, printable, showDuration, showValue} from '../../../src/base/text/show.ts';
import {characters, jsonValues, texts} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

const anyText = fc.oneof(
  texts,
  fc.array(texts).map(parts => parts.join('##[')),
  fc.array(texts).map(parts => parts.join('::')),
);

describe('one line', () => {
  test.each([
    ['plain text', 'plain text'],
    ['  a \t b\r\n\n c  ', 'a b c'],
    ['a\u2028b\u2029c\u0085d\u000be', 'a b c d e'],
    ['user\u202egnp.exe\u202c', 'user gnp.exe'],
    ['a\u2066b\u2069c\u200ed\u200fe\u061cf', 'a b c d e f'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['nul\0nul', 'nul nul'],
    ['\ufefftext', 'text'],
    ['half \ud83d of a pair \ude00', 'half of a pair'],
    ['\ude00\ud83d', ''],
    ['\ud83d\ud83d\ude00', '😀'],
    ['whole 😀 family 👨‍👩‍👧, zürich, 東京, عربي', 'whole 😀 family 👨‍👩‍👧, zürich, 東京, عربي'],
    ['', ''],
  ])('of %j is %j', (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  test('has no invisible characters, and is not changed again', () => {
    fc.assert(
      fc.property(anyText, text => {
        const line = oneLine(text);
        expect(line).not.toMatch(
          /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]| {2}|^ | $/u,
        );
        expect(oneLine(line)).toBe(line);
      }),
    );
  });
});

test('printable text keeps its columns', () => {
  expect(printable('a\tb  c\u202ed\ud83d')).toBe('a b  c d ');
  fc.assert(fc.property(anyText, text => printable(text).length === text.length));
});

describe('clipped', () => {
  test.each([
    ['short', 5, 'short'],
    ['too long', 5, 'too …'],
    ['ab😀', 4, 'ab😀'],
    ['ab😀c', 4, 'ab…'],
    ['ab😀cd', 5, 'ab😀…'],
    ['😀😀', 2, '…'],
    ['abc', 1, '…'],
    ['abc', 0, '…'],
    ['', 0, ''],
  ])('%j cut to %d is %j', (text, max, expected) => {
    expect(clip(text, max)).toBe(expected);
  });

  test('never exceeds its length and never splits a character', () => {
    fc.assert(
      fc.property(fc.string({unit: characters}), fc.integer({min: 1, max: 30}), (text, max) => {
        const clipped = clip(text, max);
        expect(clipped.length).toBeLessThanOrEqual(max);
        expect(clipped).not.toMatch(/\p{Surrogate}/u);
        expect(clipped === text || clipped.endsWith('…')).toBe(true);
        expect(text.startsWith(clipped.slice(0, -1))).toBe(true);
      }),
    );
  });
});

describe('a value for people', () => {
  test.each([
    [62.27451680630036, '62.27…'],
    [-62.27451680630036, '-62.27…'],
    [79.99996, '79.99…'],
    [20.0000001, '20.00…'],
    [0.123456, '0.12…'],
    [0.000012345, '0.000012…'],
    [0.0000012, '0.0000012'],
    [62.2745, '62.2745'],
    [0.5, '0.5'],
    [1e21, '1e+21'],
    [12345678, '12345678'],
  ])('has few decimals, and a mark if others are cut: %d', (value, expected) => {
    expect(showValue(value)).toBe(expected);
  });

  test('is never rounded to a threshold', () => {
    fc.assert(
      fc.property(fc.double({noNaN: true, min: -1e6, max: 1e6}), value => {
        const shown = showValue(value);
        expect(String(value).startsWith(shown.replace(/…$/, ''))).toBe(true);
        expect(shown.endsWith('…')).toBe(shown !== String(value));
      }),
    );
  });

  test.each<[unknown, string]>([
    [null, 'not set'],
    [undefined, 'not set'],
    ['Degraded', 'Degraded'],
    ['', '""'],
    ['\n\t', '""'],
    [80, '80'],
    [0, '0'],
    [false, 'false'],
    [['a', 1], '["a",1]'],
    [{a: {b: null}}, '{"a":{"b":null}}'],
    ['line\nline', 'line line'],
  ])('%j is %s', (value, expected) => {
    expect(showValue(value)).toBe(expected);
  });

  test('is one line within its length', () => {
    expect(showValue('x'.repeat(300))).toHaveLength(200);
    fc.assert(
      fc.property(fc.oneof(jsonValues, anyText), value => {
        const shown = showValue(value, 20);
        expect(shown.length).toBeLessThanOrEqual(20);
        expect(shown.length).toBeGreaterThan(0);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('text for the log', () => {
  /** Whether the runner reads the line as a command of either form (actions/runner, ActionCommand.cs). */
  const isCommand = (line: string) => /^\s*::[^:]+::/.test(line) || /##\[[^\]]*\]/.test(line);

  test.each([
    ['::error::made up', ':\u200b:error::made up'],
    ['  \t::add-mask::x', ':\u200b:add-mask::x'],
    ['\u00a0\u2003::error::x', ':\u200b:error::x'],
    ['\u202e::error::x', ':\u200b:error::x'],
    ['fine\n::error::x', 'fine ::error::x'],
    ['fine ::error::x', 'fine ::error::x'],
    ['a ##[error]x', 'a ##\u200b[error]x'],
    ['####[group]x##[endgroup]', '####\u200b[group]x##\u200b[endgroup]'],
    ['plain #[x] :: y', 'plain #[x] :: y'],
  ])('%j becomes %j', (text, expected) => {
    expect(logText(text)).toBe(expected);
  });

  test('is never a command', () => {
    fc.assert(fc.property(anyText, text => !isCommand(logText(text))));
    fc.assert(
      fc.property(
        fc.string({unit: fc.constantFrom('#', '[', ']', ':', ' ', '\n', '\u200b', 'x')}),
        text => !isCommand(logText(text)),
      ),
      {
        numRuns: runs(2000),
      },
    );
  });
});

test.each([
  [0, '0.0 s'],
  [400, '0.4 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [12_400, '12 s'],
  [59_499, '59 s'],
  [59_600, '1 min'],
  [60_000, '1 min'],
  [119_700, '2 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '60 min'],
])('%d ms are %s', (milliseconds, expected) => {
  expect(showDuration(milliseconds)).toBe(expected);
});

test.each([
  [0, '0 changes'],
  [1, '1 change'],
  [2, '2 changes'],
])('%d: %s', (n, expected) => {
  expect(count(n, 'change')).toBe(expected);
});
