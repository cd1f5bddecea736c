/** Act: escapes catalog text for Slack. All text that is not constant or from a rule goes through this file. */
import {clip, oneLine, showValue} from '../../../base/text.ts';

/**
 * Text for a mrkdwn text object: control characters `&`, `<`, `>` escaped, so that it can hold no mention and no link, and
 * the marks of bold, italic, strike, code, quotes and emoji replaced by their look-alikes, where they could be marks.
 * Lists and headings have none: mrkdwn does not know them.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeText(text: string): string {
  const unquoted = text.replace(QUOTE, mark => mark.replaceAll('>', '›'));
  const plain = escapeControl(unquoted).replaceAll('*', '∗').replaceAll('~', '∼').replaceAll('`', 'ˋ');
  return plain
    .replace(ITALIC, mark => 'ˍ'.repeat(mark.length))
    .replace(EMOJI, (colon, name: string) => (/[a-z]|^100$|^[+-]1$/i.test(name) ? '∶' : colon));
}

/** At the start of a line `>` and `>>>` quote it, escaped too, and behind what can't be seen; a text may come to stand there. */
const QUOTE = /^[^!-~\n\r\u2028\u2029]*>+/gm;

/** `_` marks at the edges of words, and in a row who knows: those of `snake_case` stay. What Slack counts as a word beyond ASCII is not known. */
const ITALIC = /__+|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** The colon that opens an emoji such as `:large_green_circle:`, which could fake a status. Those of `12:30:45` and `a::b` stay. */
const EMOJI = /:(?=([\w+'-]+):)/g;

/** Whether the text has a visible character. */
export function isSeen(text: string): boolean {
  if (/[!-~]/.test(text)) return true; // compiling what follows takes longer than all the rest of a message
  return /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** The text as inline code, which keeps identifiers and values apart from the sentence around them. */
export function code(value: unknown, max = 150): string {
  const shown = showValue(value, max);
  return `\`${escapeControl(isSeen(shown) ? shown.replaceAll('`', 'ˋ') : '""')}\``;
}

/** What a block takes beside its text. */
export const BLOCK_MARKS = '```\n…\n```'.length;

/** The end of a text of several lines as a block of code, of at most `max` characters with its marks. */
export function codeBlock(text: string, max: number): string {
  const characters = Array.from(text.replaceAll('`', 'ˋ'), escapeControl);
  const kept: string[] = [];
  let room = max - BLOCK_MARKS;
  for (const character of characters.toReversed()) {
    room -= character.length;
    if (room < 0) break;
    kept.unshift(character);
  }
  const mark = kept.length < characters.length ? '…' : '';
  return `\`\`\`\n${mark}${kept.join('')}\n\`\`\``;
}

/** A link; the address must be one of {@link safeUrl} or {@link escapeUrl}. */
export function link(url: string, label: string): string {
  const text = clip(oneLine(label), 60);
  const shown = isSeen(text) ? text : 'link'; // `<url|>` would show its marks
  return `<${url}|${escapeText(shown).replaceAll('|', '¦')}>`;
}

/** A longer URL does not fit well into the 3,000 characters of a text object. `&` and non-ASCII characters grow when escaped. */
const MAX_URL = 1000;

/** The address as it may stand in a message, or undefined: http or https, with no credentials in it, not overlong. */
export function safeUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > MAX_URL || !/^https?:\/\//i.test(text) || !URL.canParse(text))
    return undefined;
  const {href, username, password} = new URL(text);
  if (username !== '' || password !== '') return undefined; // `https://bank.example@evil.example` deceives
  const escaped = escapeUrl(href);
  return escaped.length > MAX_URL ? undefined : escaped;
}

/** An address as it may stand in a link: with nothing that ends the link, or that Slack could take for a mark. */
export function escapeUrl(url: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return url.replace(/[\u0000- <>|*~`]/g, encode).replaceAll('&', '&amp;');
}

/** The moment in the reader's own time zone; the fallback shows where Slack can't. `at` is ISO 8601. */
export function localTime(at: string): string {
  const milliseconds = Date.parse(at);
  if (Number.isNaN(milliseconds) || milliseconds < 0) return escapeText(showValue(at, 64));
  const iso = new Date(milliseconds).toISOString();
  return `<!date^${Math.floor(milliseconds / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
}

function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
