/** Terminal text: styled spans, their width, wrapping into lines, and painting. Pure. */
import {UNPRINTABLE} from '../base/text/unprintable.ts';

export type Style = 'bold' | 'dim' | 'italic' | 'underline' | 'strike' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan';

/** A piece of text in one style. */
export interface Span {
  readonly text: string;
  readonly styles?: readonly Style[];
  /** The link target, in terminals that support links. */
  readonly href?: string;
}

export type Line = readonly Span[];

/** A span of text from outside, without control characters. Tabs become spaces, so that the width is known. */
export function span(text: string, ...styles: Style[]): Span {
  return {text: text.replaceAll('\t', '    ').replace(UNPRINTABLE, ''), ...(styles.length === 0 ? {} : {styles})};
}

export function line(...parts: (string | Span)[]): Line {
  return parts.map(part => (typeof part === 'string' ? span(part) : part));
}

export function mark(isOk: boolean): Span {
  return isOk ? span('✔ ', 'green') : span('✘ ', 'red');
}

/**
 * A frame around lines of at most `width - 2` columns. It is open on the right, because terminals disagree about the width of
 * emoji.
 */
export function framed(title: Line, body: readonly Line[], width: number): Line[] {
  const top = [span('╭ ', 'dim'), ...title, span(' ', 'dim')];
  return [
    [...top, span('─'.repeat(Math.max(width - lineWidth(top), 0)), 'dim')],
    ...body.map(one => [span('│ ', 'dim'), ...one]),
    [span(`╰${'─'.repeat(width - 1)}`, 'dim')],
  ];
}

/** The line with more styles on every span. */
export function styled(line: Line, ...styles: Style[]): Line {
  return line.map(one => ({...one, styles: [...(one.styles ?? []), ...styles]}));
}

/** An approximation of user-perceived characters. `Intl.Segmenter` takes seconds for a long line. */
const GRAPHEME =
  /\p{Regional_Indicator}{2}|\P{M}(?:[\p{M}\u200c\p{Emoji_Modifier}]|\u200d\p{Extended_Pictographic})*|\p{M}+/gu;

function graphemesOf(text: string): readonly string[] {
  return text.match(GRAPHEME) ?? [];
}

/** East Asian wide and full-width characters, https://www.unicode.org/reports/tr11. Emoji are matched by property. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;

/** The approximate number of columns of the text. Terminals differ in the width of emoji. */
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

/** Wraps with a hanging indent: continuation lines are indented by two more columns. */
export function indented(one: Line, indent: number, width: number): Line[] {
  const lines = wrap(one, width - indent - 2);
  return lines.map((part, index) => line(' '.repeat(index === 0 ? indent : indent + 2), ...part));
}

/** Runs of white space and the words between them. A word can have several styles. */
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

/** Appends a span, or extends the last one if both have the same style. */
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

/** The line cut to `width` columns, with "…" at the cut, for output in columns that must not wrap. */
export function cut(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  const result: Span[] = [];
  let room = width - 1;
  for (const one of line) {
    let text = '';
    for (const grapheme of graphemesOf(one.text)) {
      room -= graphemeWidth(grapheme);
      if (room < 0) return [...result, {...one, text}, span('…', 'dim')];
      text += grapheme;
    }
    result.push({...one, text});
  }
  return result;
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

/** The line for a terminal (`color`), or as plain text. */
export function paint(line: Line, color: boolean): string {
  if (!color) return line.map(({text}) => text).join('');
  return line.map(paintSpan).join('');
}

function paintSpan({text, styles = [], href}: Span): string {
  const codes = styles.map(style => CODES[style]).join(';');
  const styledText = codes === '' ? text : `\u001b[${codes}m${text}\u001b[0m`;
  if (href === undefined || !/^[\x21-\x7e]+$/.test(href)) return styledText;
  return `\u001b]8;;${href}\u001b\\${styledText}\u001b]8;;\u001b\\`; // https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
}
