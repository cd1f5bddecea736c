/** Terminal text: styled spans, how wide they are, wrapped into lines, painted at last. Pure. */
import {UNPRINTABLE} from '../base/unprintable.ts';

export type Style = 'bold' | 'dim' | 'italic' | 'underline' | 'strike' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan';

/** A piece of text in one look. */
export interface Span {
  readonly text: string;
  readonly styles?: readonly Style[];
  /** Where a click leads, in terminals that know links. */
  readonly href?: string;
}

export type Line = readonly Span[];

/** A span of text from outside: nothing in it steers the terminal, and a tab is as wide as it is counted. */
export function span(text: string, ...styles: Style[]): Span {
  return {text: text.replaceAll('\t', '    ').replace(UNPRINTABLE, ''), ...(styles.length === 0 ? {} : {styles})};
}

export function line(...parts: (string | Span)[]): Line {
  return parts.map(part => (typeof part === 'string' ? span(part) : part));
}

export function mark(isGood: boolean): Span {
  return isGood ? span('✔ ', 'green') : span('✘ ', 'red');
}

/**
 * A frame around lines of at most `width - 2` columns; open at its right, as terminals disagree about how wide emoji are.
 */
export function framed(title: Line, body: readonly Line[], width: number): Line[] {
  const top = [span('╭ ', 'dim'), ...title, span(' ', 'dim')];
  return [
    [...top, span('─'.repeat(Math.max(width - lineWidth(top), 0)), 'dim')],
    ...body.map(one => [span('│ ', 'dim'), ...one]),
    [span(`╰${'─'.repeat(width - 1)}`, 'dim')],
  ];
}

/** The line with one more style on all of it. */
export function styled(line: Line, ...styles: Style[]): Line {
  return line.map(one => ({...one, styles: [...(one.styles ?? []), ...styles]}));
}

/** What people see as one character, as near as matters here. `Intl.Segmenter` takes seconds for a long line. */
const GRAPHEME =
  /\p{Regional_Indicator}{2}|\P{M}(?:[\p{M}\u200c\p{Emoji_Modifier}]|\u200d\p{Extended_Pictographic})*|\p{M}+/gu;

function graphemesOf(text: string): readonly string[] {
  return text.match(GRAPHEME) ?? [];
}

/** East Asian wide and full-width characters, https://www.unicode.org/reports/tr11; emoji are asked for by property. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;

/** How many columns the text takes, approximately: terminals differ about emoji. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme);
  return width;
}

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) || /^\p{Emoji_Presentation}|\ufe0f/u.test(grapheme) ? 2 : 1;
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, {text}) => sum + widthOf(text), 0);
}

/** The line as lines of at most `width` columns, broken between words if possible. */
export function wrap(line: Line, width: number): Line[] {
  const lines: Span[][] = [[]];
  let used = 0;
  const newLine = () => {
    lines.push([]);
    used = 0;
  };
  for (const word of wordsOf(line)) {
    const isBlank = word.every(({text}) => text.trim() === '');
    if (used > 0 && used + (isBlank ? 0 : lineWidth(word)) > width) newLine();
    if (isBlank && used === 0 && lines.length > 1) continue;
    for (const piece of word.flatMap(one => broken(one, width))) {
      if (used > 0 && !isBlank && used + widthOf(piece.text) > width) newLine();
      append(lines.at(-1) ?? [], piece);
      used += widthOf(piece.text);
    }
  }
  return lines.map(trimEnd);
}

/** Runs of white space and what is between them, which may change its look in the middle. */
function wordsOf(line: Line): Span[][] {
  const words: Span[][] = [];
  let wasBlank = true;
  for (const {text, ...look} of line) {
    for (const part of text.match(/\s+|\S+/g) ?? []) {
      const isBlank = part.trim() === '';
      if (isBlank || wasBlank) words.push([{text: part, ...look}]);
      else words.at(-1)?.push({text: part, ...look});
      wasBlank = isBlank;
    }
  }
  return words;
}

/** What looks the same stays one span. */
function append(line: Span[], next: Span): void {
  const last = line.at(-1);
  if (last !== undefined && last.styles === next.styles && last.href === next.href) {
    line[line.length - 1] = {...last, text: last.text + next.text};
  } else {
    line.push(next);
  }
}

/** A word that is wider than a line, as pieces. */
function broken(word: Span, width: number): Span[] {
  if (widthOf(word.text) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const grapheme of graphemesOf(word.text)) {
    const wide = graphemeWidth(grapheme);
    if (used + wide > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += grapheme;
    used += wide;
  }
  return [...pieces, piece].map(text => ({...word, text}));
}

function trimEnd(line: readonly Span[]): Line {
  const last = line.at(-1);
  if (last === undefined || last.text === last.text.trimEnd()) return line;
  const rest = line.slice(0, -1);
  return last.text.trim() === '' ? trimEnd(rest) : [...rest, {...last, text: last.text.trimEnd()}];
}

/** The line cut to `width` columns, with "…" at the cut: for output whose columns wrapping would destroy. */
export function cut(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  const kept: Span[] = [];
  let room = width - 1;
  for (const one of line) {
    let text = '';
    for (const grapheme of graphemesOf(one.text)) {
      room -= graphemeWidth(grapheme);
      if (room < 0) return [...kept, {...one, text}, span('…', 'dim')];
      text += grapheme;
    }
    kept.push({...one, text});
  }
  return kept;
}

const CODES: Record<Style, number> = {
  bold: 1,
  dim: 2,
  italic: 3,
  underline: 4,
  strike: 9,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  cyan: 36,
};

/** The line for a terminal (`colour`), or as plain text. */
export function paint(line: Line, colour: boolean): string {
  if (!colour) return line.map(({text}) => text).join('');
  return line.map(paintSpan).join('');
}

function paintSpan({text, styles = [], href}: Span): string {
  const codes = styles.map(style => CODES[style]).join(';');
  const looked = codes === '' ? text : `\u001b[${codes}m${text}\u001b[0m`;
  if (href === undefined || !/^[\x21-\x7e]+$/.test(href)) return looked;
  return `\u001b]8;;${href}\u001b\\${looked}\u001b]8;;\u001b\\`; // https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
}
