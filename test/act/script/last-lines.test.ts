import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {lastLines} from '../../../src/act/script/last-lines.ts';

const manyLines = (n: number) => Array.from({length: n}, (_, index) => `line ${index}`);

describe('lastLines', () => {
  test.each<[string, string[], {lines: number; chars: number}, string[]]>([
    ['all lines that fit', ['a', 'b'], {lines: 2, chars: 4}, ['a', 'b']],
    ['nothing if there are no lines', [], {lines: 2, chars: 100}, []],
    ['the last lines', ['a', 'b', 'c'], {lines: 2, chars: 100}, ['… 1 line before this', 'b', 'c']],
    ['whole lines only', manyLines(100), {lines: 100, chars: 60}, ['… 98 lines before this', 'line 98', 'line 99']],
    [
      'the lines after a cut',
      ['…', ...manyLines(9)],
      {lines: 1, chars: 99},
      ['… at least 8 lines before this', 'line 8'],
    ],
    ['all lines after a cut', ['…', 'a', 'b'], {lines: 2, chars: 99}, ['…', 'a', 'b']],
    ['the end of a line', ['x'.repeat(99)], {lines: 9, chars: 50}, [`…${'x'.repeat(11)}`]],
    [
      'the end of the last line',
      ['a', 'x'.repeat(99)],
      {lines: 9, chars: 50},
      ['… 1 line before this', `…${'x'.repeat(11)}`],
    ],
    ['only whole characters', ['💥'.repeat(99)], {lines: 9, chars: 50}, [`…${'💥'.repeat(5)}`]],
  ])('keeps %s', (_name, output, room, expected) => {
    expect(lastLines(output, room)).toEqual(expected);
  });

  test('never exceeds the limits, and always keeps the end', () => {
    const rooms = fc.record({lines: fc.integer({min: 1, max: 20}), chars: fc.integer({min: 60, max: 500})});
    fc.assert(
      fc.property(fc.array(fc.string({maxLength: 200}), {minLength: 1}), rooms, (output, room) => {
        const shown = lastLines(output, room);
        expect(shown.join('\n').length).toBeLessThanOrEqual(room.chars);
        expect(shown.length).toBeLessThanOrEqual(room.lines + 1);
        expect(output.at(-1)?.endsWith(shown.at(-1)?.replace(/^…/, '') ?? '?')).toBe(true);
      }),
    );
  });
});
