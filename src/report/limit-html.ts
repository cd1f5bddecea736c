/** Report: the first items of a list, up to a size limit. Pure. */
import type {Html} from '../base/text/html.ts';

interface LimitedHtml {
  readonly shown: readonly Html[];
  /** The number of omitted items. */
  readonly rest: number;
}

/**
 * The first items that fit into `maxBytes`, with one byte for the line end of each.
 * @param render called for each shown item, and for the first item that does not fit
 */
export function limitHtml<T>(items: readonly T[], maxBytes: number, render: (item: T) => Html): LimitedHtml {
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
