/** How the demo's screen is laid out: a stage's name at the left, its lines beside it, frames around what others say. Pure. */
import type {PageContext} from './run-link.ts';
import {type Line, lineWidth, type Span, span, wrap} from './terminal.ts';

export interface ScreenContext extends PageContext {
  /** Columns. */
  readonly width: number;
  /** The address of the folder with the pages. */
  readonly pagesUrl: string;
  /** Whether messages go to the real Slack. */
  readonly isRealSlack: boolean;
}

/** Where the lines of a stage start. */
const INDENT = 10;

export function line(...parts: (string | Span)[]): Line {
  return parts.map(part => (typeof part === 'string' ? span(part) : part));
}

/** The stage's name, and its lines beside it, wrapped. */
export function stage(name: string, lines: readonly Line[], {width}: ScreenContext): Line[] {
  const wrapped = lines.flatMap(one => wrap(one, width - INDENT));
  return wrapped.map((one, index) => [span((index === 0 ? `  ${name}` : '').padEnd(INDENT), 'dim'), ...one]);
}

/** The columns that a frame has for its text. */
export function frameWidth({width}: ScreenContext): number {
  return width - INDENT - 2;
}

/** Lines of at most {@link frameWidth}; the frame is open at its right, as terminals disagree about how wide emoji are. */
export function frame(name: string, title: Span, body: readonly Line[], context: ScreenContext): Line[] {
  const top = [span('╭ ', 'dim'), title, span(' ', 'dim')];
  const rest = Math.max(frameWidth(context) + 2 - lineWidth(top), 0);
  const lines = [
    [...top, span('─'.repeat(rest), 'dim')],
    ...body.map(one => [span('│ ', 'dim'), ...one]),
    [span(`╰${'─'.repeat(frameWidth(context) + 1)}`, 'dim')],
  ];
  return stage(name, lines, context);
}

export function mark(isGood: boolean): Span {
  return isGood ? span('✔ ', 'green') : span('✘ ', 'red');
}
