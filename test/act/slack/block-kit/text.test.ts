import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {
  code,
  codeBlock,
  escapeText,
  escapeUrl,
  link,
  localTime,
  safeUrl,
} from '../../../../src/act/slack/block-kit/text.ts';
import {readMrkdwn} from '../../../helpers/servers/slack-server.ts';
import {texts} from '../../../helpers/values/changes.ts';
import {formattingIn} from '../../../helpers/values/formatting.ts';
import {runs} from '../../../helpers/values/runs.ts';

describe('escapeText', () => {
  test.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['*bold* ~struck~ `code`', '∗bold∗ ∼struck∼ ˋcodeˋ'],
    ['x _y_ z, __init__.py, _a b_', 'x ˍyˍ z, ˍˍinitˍˍ.py, ˍa bˍ'],
    ['snake_case and a__b_1', 'snake_case and aˍˍb_1'],
    ['> quoted > not', '› quoted &gt; not'],
    ['>>> all', '››› all'],
    ['a\n  > b', 'a\n  › b'],
    ['- a 1. b # c', '- a 1. b # c'],
    ['&lt;', '&amp;lt;'],
    [':large_green_circle: RECOVERED :+1::100:', '∶large_green_circle: RECOVERED ∶+1:∶100:'],
    ['a:b:c', 'a∶b:c'],
    ['12:30:45 a::b http://x', '12:30:45 a::b http://x'],
  ])('%j becomes %j', (text, expected) => {
    expect(escapeText(text)).toBe(expected);
  });
});

describe('escapeText with any input', () => {
  const marks = fc
    .array(
      fc.constantFrom('_', '*', '~', '`', '>', ' ', 'a', '1', '-', '(', ':', 'smile', 'ä', '\n', '\u200b', '&gt;'),
      {
        maxLength: 12,
      },
    )
    .map(parts => parts.join(''));

  test('leaves no format of Slack, alone and between other words', () => {
    fc.assert(
      fc.property(fc.oneof(marks, texts), text => {
        const escaped = escapeText(text);
        expect(formattingIn(escaped)).toEqual([]);
        expect(formattingIn(`x ${escaped} y`)).toEqual([]);
        expect(formattingIn(`x${escaped.split('\n')[0]}y`)).toEqual([]);
      }),
      {numRuns: runs(1000)},
    );
  });

  test('leaves identifiers readable', () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/), name => escapeText(name) === name));
  });
});

describe('code', () => {
  test.each([
    ['a`b', '`aˋb`'],
    ['<http://x|y>', '`&lt;http://x|y&gt;`'],
    [null, '`not set`'],
    ['', '`""`'],
    [{a: 1}, '`{"a":1}`'],
    ['two\nlines', '`two lines`'],
    ['\u200b\u2060', '`""`'],
  ])('of %j is %j', (value, expected) => {
    expect(code(value)).toBe(expected);
  });

  test('contains only text for any input', () => {
    fc.assert(fc.property(texts, text => expect(readMrkdwn(code(text)).broken).toEqual([])));
  });
});

describe('codeBlock', () => {
  test('shows a short text unchanged, except for backticks', () => {
    expect(codeBlock('one\n```two', 100)).toBe('```\none\nˋˋˋtwo\n```');
  });

  test('keeps the end of a long text, and marks the cut', () => {
    expect(codeBlock(`${'a'.repeat(100)}end`, 20)).toBe(`\`\`\`\n…${'a'.repeat(8)}end\n\`\`\``);
  });

  test('counts as Slack counts, and never cuts an escaped character', () => {
    const block = codeBlock('<'.repeat(1000), 100);
    expect(block.length).toBeLessThanOrEqual(100);
    expect(readMrkdwn(block).broken).toEqual([]);
    expect(block).toMatch(/^```\n…(&lt;)+\n```$/);
  });
});

describe('link', () => {
  test('labels a URL', () => {
    expect(link('https://example.com/', 'a | <b>')).toBe('<https://example.com/|a ¦ &lt;b&gt;>');
  });

  test.each(['', '   ', '\u202e', '\u200b\u2060\u3164'])('has a default label for %j', label => {
    expect(link('https://example.com/', label)).toBe('<https://example.com/|link>');
  });
});

describe('safeUrl', () => {
  test.each([
    ['https://example.com/a?b=1&c=2', 'https://example.com/a?b=1&amp;c=2'],
    ['HTTP://EXAMPLE.com', 'http://example.com/'],
    ['https://example.com/a|b>c<d', 'https://example.com/a%7Cb%3Ec%3Cd'],
    ['https://example.com/?q=a|b>c', 'https://example.com/?q=a%7Cb%3Ec'],
    ['https://example.com/*bold*`code`~', 'https://example.com/%2Abold%2A%60code%60%7E'],
    ['https://example.com/\u202egnp', 'https://example.com/%E2%80%AEgnp'],
    ['https://ex\u0430mple.com/', 'https://xn--exmple-4nf.com/'],
  ])('%j becomes %j', (text, expected) => {
    expect(safeUrl(text)).toBe(expected);
  });

  test.each([
    'javascript:alert(1)',
    'ftp://example.com',
    'https://bank.example@evil.example/',
    'https://user:secret@example.com/',
    'https://',
    'see https://example.com',
    `https://example.com/${'a'.repeat(1000)}`,
    `https://example.com/${'ü'.repeat(400)}`,
    `https://example.com/?${'&'.repeat(500)}`,
    5,
    null,
    {},
  ])('refuses %j', value => {
    expect(safeUrl(value)).toBeUndefined();
  });
});

test('escapeUrl leaves no character that ends a link', () => {
  expect(escapeUrl('https://github.com/a b/<x>|&')).toBe('https://github.com/a%20b/%3Cx%3E%7C&amp;');
});

describe('localTime', () => {
  test('is a date that Slack shows in the time zone of the reader', () => {
    expect(localTime('2026-11-20T12:28:18.477Z')).toBe(
      '<!date^1795177698^{date_short_pretty} {time_secs}|2026-11-20T12:28:18.477Z>',
    );
  });

  test.each([
    ['yesterday <!here>', 'yesterday &lt;!here&gt;'],
    ['1900-01-01T00:00:00Z', '1900-01-01T00:00:00Z'],
    ['', '""'],
  ])('shows %j, which is not a date, unchanged', (at, expected) => {
    expect(localTime(at)).toBe(expected);
  });
});
