/** The layout of the demo's screen: stage names on the left, their lines beside them, frames around messages and output. Pure. */

import {framed, type Line, type Span, span, wrap} from '../../ui/terminal.ts';
import type {RunPageContext} from '../page/run-link.ts';

export interface ScreenContext extends RunPageContext {
  /** Columns. */
  readonly width: number;
  /** The address of the folder with the pages. */
  readonly pagesUrl: string;
  /** Whether messages go to the real Slack. */
  readonly isRealSlack: boolean;
}

/** The indentation of a stage's lines. */
const INDENT = 10;

/** The stage's name and its wrapped lines. */
export function stage(name: string, lines: readonly Line[], {width}: ScreenContext): Line[] {
  const wrapped = lines.flatMap(one => wrap(one, width - INDENT));
  return wrapped.map((one, index) => [span((index === 0 ? `  ${name}` : '').padEnd(INDENT), 'dim'), ...one]);
}

/** The text width of a frame, in columns. */
export function frameWidth({width}: ScreenContext): number {
  return width - INDENT - 2;
}

interface Frame {
  readonly title: Span;
  /** Lines of at most {@link frameWidth}. */
  readonly body: readonly Line[];
}

export function frame(name: string, {title, body}: Frame, context: ScreenContext): Line[] {
  return stage(name, framed([title], body, frameWidth(context) + 2), context);
}
