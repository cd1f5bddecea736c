/** Report: as much of a list as there is room for. Pure. */
import type {Html} from './html.ts';

/** The first items that fit in, with the line end that may follow each, and how many are left out. */
export function fit(items: readonly Html[], maxBytes: number): {shown: readonly Html[]; rest: number} {
  let room = maxBytes;
  const end = items.findIndex(({markup}) => {
    room -= Buffer.byteLength(markup) + 1;
    return room < 0;
  });
  return end === -1 ? {shown: items, rest: 0} : {shown: items.slice(0, end), rest: items.length - end};
}
