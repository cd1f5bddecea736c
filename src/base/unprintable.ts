/** Characters that must not reach a reader as they are: they steer what shows them, or make text read otherwise than it is. */

/** Control characters but tab, LF and CR. */
const CONTROLS = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f`;
/** Bidirectional marks and overrides ("Trojan Source", https://trojansource.codes). */
const DIRECTIONS = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`;
/** Halves of surrogate pairs, which are not text. */
const HALVES = String.raw`[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]`;

/** In text on one line: also tabs, ends of lines and byte order marks. */
export const UNPRINTABLE = new RegExp(String.raw`[${CONTROLS}\t\n\r\u2028\u2029${DIRECTIONS}\ufeff]|${HALVES}`, 'g');

/** In HTML, which keeps tabs and ends of lines, and must not hold the last two characters of the first plane. */
export const UNPRINTABLE_IN_HTML = new RegExp(String.raw`[${CONTROLS}${DIRECTIONS}\ufffe\uffff]|${HALVES}`, 'g');
