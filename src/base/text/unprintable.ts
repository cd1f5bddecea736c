/**
 * Characters that must be replaced before text is shown, because they control the display or disguise the text.
 */

/** Control characters except tab, LF and CR. */
const CONTROLS = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f`;
/** Bidirectional marks and overrides ("Trojan Source", https://trojansource.codes). */
const DIRECTIONS = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`;
/** Lone surrogates, which are not valid text. */
const HALVES = String.raw`[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]`;

/** For text on one line: also tabs, line breaks and byte order marks. */
export const UNPRINTABLE = new RegExp(String.raw`[${CONTROLS}\t\n\r\u2028\u2029${DIRECTIONS}\ufeff]|${HALVES}`, 'g');

/** For HTML, which keeps tabs and line breaks, and must not contain U+FFFE and U+FFFF. */
export const UNPRINTABLE_IN_HTML = new RegExp(String.raw`[${CONTROLS}${DIRECTIONS}\ufffe\uffff]|${HALVES}`, 'g');
