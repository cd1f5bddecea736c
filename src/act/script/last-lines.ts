/** Act: the end of what a script said, from the start of a line: half a number tells something else than the whole. Pure. */
import {count} from '../../base/text.ts';

export interface Room {
  readonly lines: number;
  /** UTF-16 units, line ends among them. */
  readonly chars: number;
}

/** What the longest note takes, with the end of its line. */
const NOTE_CHARS = '… at least 1000000 lines before this\n'.length;

/**
 * The last lines that have room, under a note of how many came before. Only a last line that alone has no room is cut, at
 * its start, with a mark.
 * @param sizeOf what a line takes where it will stand, without its end
 */
export function lastLines(
  said: readonly string[],
  {lines, chars}: Room,
  sizeOf = (line: string) => line.length,
): readonly string[] {
  const sizes = said.slice(-lines).map(line => sizeOf(line) + 1);
  if (said.length <= lines && sumOf(sizes) <= chars) return said;
  const room = chars - NOTE_CHARS;
  const shown = howManyFit(sizes.toReversed(), room);
  if (shown > 0) return [noteOn(said.slice(0, -shown)), ...said.slice(-shown)];
  const before = said.slice(0, -1);
  const last = said.slice(-1).map(line => `…${line.slice(-(room - 2)).replace(HALF, '')}`);
  return before.length === 0 ? last : [noteOn(before), ...last];
}

/** The second half of a surrogate pair, which is no character. */
const HALF = /^[\udc00-\udfff]/;

function howManyFit(sizes: readonly number[], room: number): number {
  let left = room;
  const over = sizes.findIndex(size => {
    left -= size;
    return left < 0;
  });
  return over === -1 ? sizes.length : over;
}

/** Of a long output only the end was kept, under a `…`: how many lines it had, nobody knows. */
function noteOn(before: readonly string[]): string {
  if (before[0] !== '…') return `… ${count(before.length, 'line')} before this`;
  return before.length === 1 ? '…' : `… at least ${count(before.length - 1, 'line')} before this`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
