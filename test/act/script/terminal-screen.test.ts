import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {TerminalScreen} from '../../../src/act/script/terminal-screen.ts';
import {cpuMsOf} from '../../helpers/cpu-time.ts';
import {runs} from '../../helpers/values/runs.ts';

function show(...texts: string[]): string {
  const screen = new TerminalScreen({keep: 64 * 1024});
  for (const text of texts) screen.add(text);
  return screen.text;
}

describe('shows', () => {
  test.each([
    ['lines', 'one\ntwo\n', 'one\ntwo\n'],
    ['lines with Windows line breaks', 'one\r\ntwo\r\n', 'one\ntwo\n'],
    ['the last of several updates', ' 1 %\r50 %\r99 %', '99 %'],
    ['what remains after a shorter update', 'loading\rdone', 'doneing'],
    ['a shorter update that erases the rest', 'loading\rdone\u001b[K\n', 'done\n'],
    ['an update that erases the line first', 'loading\u001b[2K\rdone', 'done'],
    ['nothing for a cursor that only went back', 'loading\r', 'loading'],
    ['corrected text', 'hxxo!\b\b\b\belo', 'helo!'],
    ['an erased spinner', '|\b/\b-\b \bok', 'ok'],
    [
      'text without its colors',
      '\u001b[1;31mred\u001b[0m \u001b]8;;https://x.example\u001b\\link\u001b]8;;\u0007',
      'red link',
    ],
    ['two bars that are drawn again', 'a 1\nb 1\n\u001b[2Aa 2\nb 2\n', 'a 2\nb 2\n'],
    ['what replaces everything below', 'a\nb\nc\u001b[2A\r\u001b[Jx', 'x'],
    ['text that moved to the right', 'a\u001b[3Cb', 'a   b'],
    ['text at a column', 'abcdef\u001b[3GX', 'abXdef'],
    ['a line whose start is erased', 'abcdef\u001b[3D\u001b[1K', '    ef'],
    ['the lines before the screen was cleared', 'error\n\u001b[2J\u001b[Hmore', 'error\nmore'],
    ['a tab', 'a\tb', 'a\tb'],
    ['no control characters', 'a\u0007b\u0000c', 'abc'],
    ['a bounded number of columns', 'a\u001b[999999999999Cb', `a${' '.repeat(999)}b`],
    ['nothing above the first line', '\u001b[5Aa\n\u001b[99Fb', 'b\n'],
  ])('%s', (_name, text, expected) => {
    expect(show(text)).toBe(expected);
  });
});

test('does not depend on how the text is split', () => {
  const pieces = fc.constantFrom(
    'a',
    'bc',
    '\n',
    '\r',
    '\b',
    '\u001b',
    '[',
    '2',
    'K',
    'A',
    'C',
    'J',
    'm',
    ']8;;x',
    '\\',
    '\u0007',
  );
  fc.assert(
    fc.property(fc.array(pieces, {maxLength: 40}), texts => {
      const settle = 'z'; // ends an unfinished sequence
      expect(show(...texts, settle)).toBe(show([...texts, settle].join('')));
    }),
    {numRuns: runs(2_000)},
  );
});

test('keeps the end of any text', () => {
  const screen = new TerminalScreen({keep: 5_000});
  for (let n = 0; n < 20_000; n++) screen.add(`line ${n}\r\n`);
  expect(screen.wasCut).toBe(true);
  expect(screen.text.length).toBeLessThanOrEqual(5_000);
  expect(screen.text).toMatch(/^line \d+\n[\s\S]*line 19999\n$/);
});

test('handles 20 MB of progress in a few seconds', () => {
  const screen = new TerminalScreen({keep: 64 * 1024});
  const chunk = Array.from({length: 2_000}, (_, n) => `${n} of 2000 steps, with words\r`).join('');
  const cpuMs = cpuMsOf(() => {
    for (let size = 0; size < 20_000_000; size += chunk.length) screen.add(chunk);
  });
  expect(cpuMs).toBeLessThan(10_000);
  expect(screen.text).toBe('1999 of 2000 steps, with words');
});
