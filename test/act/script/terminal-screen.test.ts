import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {TerminalScreen} from '../../../src/act/script/terminal-screen.ts';
import {cpuMsOf} from '../../helpers/cpu-time.ts';
import {runs} from '../../helpers/runs.ts';

function show(...texts: string[]): string {
  const screen = new TerminalScreen({keep: 64 * 1024});
  for (const text of texts) screen.add(text);
  return screen.text;
}

describe('shows', () => {
  test.each([
    ['lines', 'one\ntwo\n', 'one\ntwo\n'],
    ['lines that end as on Windows', 'one\r\ntwo\r\n', 'one\ntwo\n'],
    ['the last of several updates', ' 1 %\r50 %\r99 %', '99 %'],
    ['what a shorter update leaves', 'loading\rdone', 'doneing'],
    ['a shorter update that erases the rest', 'loading\rdone\u001b[K\n', 'done\n'],
    ['an update that erases the line first', 'loading\u001b[2K\rdone', 'done'],
    ['nothing for a cursor that only went back', 'loading\r', 'loading'],
    ['what was corrected', 'hxxo!\b\b\b\belo', 'helo!'],
    ['a spinner that is wiped', '|\b/\b-\b \bok', 'ok'],
    [
      'text without its colours',
      '\u001b[1;31mred\u001b[0m \u001b]8;;https://x.example\u001b\\link\u001b]8;;\u0007',
      'red link',
    ],
    ['two bars that are drawn again', 'a 1\nb 1\n\u001b[2Aa 2\nb 2\n', 'a 2\nb 2\n'],
    ['what replaces all that is below', 'a\nb\nc\u001b[2A\r\u001b[Jx', 'x'],
    ['text that moved to the right', 'a\u001b[3Cb', 'a   b'],
    ['text at a column', 'abcdef\u001b[3GX', 'abXdef'],
    ['a line whose start is erased', 'abcdef\u001b[3D\u001b[1K', '    ef'],
    ['what came before the screen was cleared', 'error\n\u001b[2J\u001b[Hmore', 'error\nmore'],
    ['a tab', 'a\tb', 'a\tb'],
    ['nothing of bells', 'a\u0007b\u0000c', 'abc'],
    ['no column without end', 'a\u001b[999999999999Cb', `a${' '.repeat(999)}b`],
    ['nothing above the first line', '\u001b[5Aa\n\u001b[99Fb', 'b\n'],
  ])('%s', (_name, text, expected) => {
    expect(show(text)).toBe(expected);
  });
});

test('is the same in whichever pieces the text comes', () => {
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
      const settle = 'z'; // ends what is not finished
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

test('20 MB of progress take no longer than some seconds', () => {
  const screen = new TerminalScreen({keep: 64 * 1024});
  const chunk = Array.from({length: 2_000}, (_, n) => `${n} of 2000 steps, with words\r`).join('');
  const cpuMs = cpuMsOf(() => {
    for (let size = 0; size < 20_000_000; size += chunk.length) screen.add(chunk);
  });
  expect(cpuMs).toBeLessThan(10_000);
  expect(screen.text).toBe('1999 of 2000 steps, with words');
});
