/** Act: escapes catalog text for Slack. All text that is not constant or from a rule goes through this file. */
import {clip, oneLine, showValue} from '../../../base/text/show.ts';

/**
 * Text for a mrkdwn text object. The control characters `&`, `<`, `>` are escaped, so it cannot contain a mention or a link.
 * Characters that could be marks of bold, italic, strike, code, quotes and emoji are replaced by similar characters.
 * mrkdwn has no lists or headings.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeText(text: string): string {
  const unquoted = text.replace(QUOTE, mark => mark.replaceAll('>', '›'));
  const plain = escapeControl(unquoted).replaceAll('*', '∗').replaceAll('~', '∼').replaceAll('`', 'ˋ');
  return plain
    .replace(ITALIC, mark => 'ˍ'.repeat(mark.length))
    .replace(EMOJI, (colon, name: string) => (/[a-z]|^100$|^[+-]1$/i.test(name) ? '∶' : colon));
}

/** `>` and `>>>` at the start of a line quote it, even if they are escaped or follow invisible characters. */
const QUOTE = /^[^!-~\n\r\u2028\u2029]*>+/gm;

/** `_` at the edges of words, and several in a row. A single one inside `snake_case` stays. Which non-ASCII characters Slack counts as part of a word is unknown. */
const ITALIC = /__+|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** The colon that opens an emoji such as `:large_green_circle:`, which could fake a status. Those of `12:30:45` and `a::b` stay. */
const EMOJI = /:(?=([\w+'-]+):)/g;

/** Whether the text has a visible character. */
export function isSeen(text: string): boolean {
  if (/[!-~]/.test(text)) return true; // compiling the next expression takes longer than rendering a message
  return /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** The text as inline code, which separates identifiers and values from the sentence. */
export function code(value: unknown, max = 150): string {
  const shown = showValue(value, max);
  return `\`${escapeControl(isSeen(shown) ? shown.replaceAll('`', 'ˋ') : '""')}\``;
}

/** The length of a code block without its text. */
export const BLOCK_MARKS = '```\n…\n```'.length;

/** The end of a text of several lines as a code block of at most `max` characters, including its marks. */
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

/** A link. The address must come from {@link safeUrl} or {@link escapeUrl}. */
export function link(url: string, label: string): string {
  const text = clip(oneLine(label), 60);
  const shown = isSeen(text) ? text : 'link'; // `<url|>` would show its marks
  return `<${url}|${escapeText(shown).replaceAll('|', '¦')}>`;
}

/** A longer URL does not fit well into the 3,000 characters of a text object. `&` and non-ASCII characters grow when escaped. */
const MAX_URL = 1000;

/** The address, escaped for a message. Undefined if it is not http or https, contains credentials, or is too long. */
export function safeUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > MAX_URL || !/^https?:\/\//i.test(text) || !URL.canParse(text))
    return undefined;
  const {href, username, password} = new URL(text);
  if (username !== '' || password !== '') return undefined; // `https://bank.example@evil.example` deceives
  const escaped = escapeUrl(href);
  return escaped.length > MAX_URL ? undefined : escaped;
}

/** An address for a link, without characters that end the link or that Slack treats as marks. */
export function escapeUrl(url: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return url.replace(/[\u0000- <>|*~`]/g, encode).replaceAll('&', '&amp;');
}

/** The time in the reader's time zone. Clients that cannot show it show the fallback. `at` is ISO 8601. */
export function localTime(at: string): string {
  const milliseconds = Date.parse(at);
  if (Number.isNaN(milliseconds) || milliseconds < 0) return escapeText(showValue(at, 64));
  const iso = new Date(milliseconds).toISOString();
  return `<!date^${Math.floor(milliseconds / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
}

function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
