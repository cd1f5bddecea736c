/** Act: the end of a script's output. It starts at the start of a line, because a truncated number would be misleading. Pure. */
import {firstThatFit} from '../../base/fit.ts';
import {count} from '../../base/text/show.ts';

export interface Room {
  readonly lines: number;
  /** UTF-16 units, including line ends. */
  readonly chars: number;
}

/** The length of the longest note, with its line end. */
const NOTE_CHARS = '… at least 1000000 lines before this\n'.length;

/**
 * The last lines that fit, below a note with the number of omitted lines. A line is truncated only if it is the last one and
 * exceeds the limit alone. Its start is then replaced by a mark.
 * @param sizeOf the size of a line in the target format, without its line end
 */
export function lastLines(
  output: readonly string[],
  {lines, chars}: Room,
  sizeOf = (line: string) => line.length,
): readonly string[] {
  const sizes = output.slice(-lines).map(line => sizeOf(line) + 1);
  if (output.length <= lines && sumOf(sizes) <= chars) return output;
  const room = chars - NOTE_CHARS;
  const shown = firstThatFit(sizes.toReversed(), room, size => size).length;
  if (shown > 0) return [noteOn(output.slice(0, -shown)), ...output.slice(-shown)];
  const before = output.slice(0, -1);
  const last = output.slice(-1).map(line => `…${line.slice(-(room - 2)).replace(HALF, '')}`);
  return before.length === 0 ? last : [noteOn(before), ...last];
}

/** The second half of a surrogate pair. It is not a character on its own. */
const HALF = /^[\udc00-\udfff]/;

/** Only the end of a long output is stored, below a `…`, so the total number of lines is unknown. */
function noteOn(before: readonly string[]): string {
  if (before[0] !== '…') return `… ${count(before.length, 'line')} before this`;
  return before.length === 1 ? '…' : `… at least ${count(before.length - 1, 'line')} before this`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
