import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {cut, type Line, lineWidth, paint, span, styled, widthOf, wrap} from '../../src/ui/terminal.ts';
import {texts} from '../helpers/values/changes.ts';

const plain = (lines: readonly Line[]) => lines.map(line => paint(line, false));

describe('widthOf counts columns', () => {
  test.each([
    ['', 0],
    ['Healthy → Degraded', 18],
    ['zürich', 6],
    ['z\u0075\u0308rich', 6],
    ['日本語', 6],
    ['한국', 4],
    ['🟢', 2],
    ['✅', 2],
    ['⏭️', 2],
    ['👩‍👩‍👧‍👦', 2],
    ['a\u200bb', 2],
    ['│', 1],
  ])('%s: %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

describe('span', () => {
  test('contains no terminal control characters', () => {
    expect(span('a\u001b[31mb\u0007\r\n\u202ec\u009b2J').text).toBe('a[31mbc2J');
  });

  test('shows a tab with its counted width', () => {
    expect(span('a\tb').text).toBe('a    b');
  });
});

describe('wrap', () => {
  test.each([
    ['breaks between words', 'one two three', 8, ['one two', 'three']],
    ['keeps what fits', 'one two', 7, ['one two']],
    ['keeps an indent', '  one two', 6, ['  one', 'two']],
    ['breaks a word that is wider than a line', 'abcdefgh ij', 4, ['abcd', 'efgh', 'ij']],
    ['counts wide characters twice', '日本 語', 5, ['日本', '語']],
    ['gives one line for an empty text', '', 5, ['']],
  ])('%s', (_, text, width, expected) => {
    expect(plain(wrap([span(text)], width))).toEqual(expected);
  });

  test('does not break a word at a change of style', () => {
    expect(plain(wrap([span('run '), span('scale-up.sh', 'cyan'), span(', then')], 12))).toEqual([
      'run',
      'scale-up.sh,',
      'then',
    ]);
  });

  test('keeps text of one style in one span', () => {
    expect(wrap([{text: 'Entity in Port', href: 'https://x.example'}], 20)).toHaveLength(1);
    expect(wrap([{text: 'Entity in Port', href: 'https://x.example'}], 20)[0]).toHaveLength(1);
  });

  test('keeps the styles', () => {
    const lines = wrap([span('one ', 'bold'), span('two', 'red')], 4);
    expect(lines).toEqual([[{text: 'one', styles: ['bold']}], [{text: 'two', styles: ['red']}]]);
  });

  test('never returns a line that is too wide, and removes only spaces', () => {
    fc.assert(
      fc.property(texts, fc.integer({min: 2, max: 40}), (text, width) => {
        const whole = span(text);
        const lines = wrap([whole], width);
        for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(width);
        expect(plain(lines).join('').replace(/\s/g, '')).toBe(whole.text.replace(/\s/g, ''));
      }),
    );
  });
});

describe('cut', () => {
  test('marks the cut', () => {
    expect(paint(cut([span('pid | user'), span(' | state', 'dim')], 8), false)).toBe('pid | u…');
  });

  test('keeps what fits', () => {
    expect(paint(cut([span('pid | us')], 8), false)).toBe('pid | us');
  });

  test('never exceeds the width', () => {
    fc.assert(
      fc.property(texts, fc.integer({min: 1, max: 40}), (text, width) => {
        expect(lineWidth(cut([span(text)], width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('paint', () => {
  test('without colors returns only the text', () => {
    expect(paint([span('a', 'red', 'bold'), {text: 'b', href: 'https://example.com'}], false)).toBe('ab');
  });

  test('with colors ends each style', () => {
    expect(paint(styled([span('a', 'red')], 'bold'), true)).toBe('\u001b[31;1ma\u001b[0m');
  });

  test('writes links in the form that terminals support', () => {
    const link = paint([{text: 'a', href: 'https://example.com/?a=1'}], true);
    expect(link).toBe('\u001b]8;;https://example.com/?a=1\u001b\\a\u001b]8;;\u001b\\');
  });

  test('does not link an address with terminal control characters', () => {
    expect(paint([{text: 'a', href: 'https://example.com/\u001b\\x'}], true)).toBe('a');
  });
});
