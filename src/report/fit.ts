/** Report: as much of a list as there is room for. Pure. */
import type {Html} from '../base/html.ts';

interface Fitting {
  readonly shown: readonly Html[];
  /** How many are left out. */
  readonly rest: number;
}

/**
 * The first items that fit in, with the line end that may follow each.
 * @param render is called for what is shown, and for the first item that does not fit
 */
export function fitHtml<T>(items: readonly T[], maxBytes: number, render: (item: T) => Html): Fitting {
  const shown: Html[] = [];
  let room = maxBytes;
  for (const item of items) {
    const rendered = render(item);
    room -= Buffer.byteLength(rendered.markup) + 1;
    if (room < 0) break;
    shown.push(rendered);
  }
  return {shown, rest: items.length - shown.length};
}
