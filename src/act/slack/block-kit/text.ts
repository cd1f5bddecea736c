/** Act: escapes catalog text for Slack. Every text passes through this file, unless it is constant or from a rule. */
import {clip, oneLine, showValue} from '../../../base/text/show.ts';

/**
 * Text for a mrkdwn text object. The control characters `&`, `<`, `>` are escaped, so the text cannot contain a mention or a
 * link. Characters that could format text (bold, italic, strike, code, quotes) or form an emoji are replaced by similar
 * characters. mrkdwn has no lists or headings.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeText(text: string): string {
  const unquoted = text.replace(QUOTE, mark => mark.replaceAll('>', '›'));
  const plain = escapeControl(unquoted).replaceAll('*', '∗').replaceAll('~', '∼').replaceAll('`', 'ˋ');
  return plain
    .replace(ITALIC, mark => 'ˍ'.repeat(mark.length))
    .replace(EMOJI, (colon, name: string) => (/[a-z]|^100$|^[+-]1$/i.test(name) ? '∶' : colon));
}

/** `>` and `>>>` at the start of a line format it as a quote, even if they are escaped or follow invisible characters. */
const QUOTE = /^[^!-~\n\r\u2028\u2029]*>+/gm;

/**
 * `_` at the edges of words, and several in a row. A single one inside `snake_case` is safe. Slack does not document which
 * non-ASCII characters it counts as part of a word.
 */
const ITALIC = /__+|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/**
 * The first colon of an emoji such as `:large_green_circle:`, which could fake a status. The colons of `12:30:45` and `a::b`
 * are safe.
 */
const EMOJI = /:(?=([\w+'-]+):)/g;

/** Whether the text has a visible character. */
export function hasVisibleText(text: string): boolean {
  if (/[!-~]/.test(text)) return true; // created on first use: compiling this expression takes longer than rendering a message
  return /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** The text as inline code, which sets identifiers and values apart from the sentence. */
export function code(value: unknown, max = 150): string {
  const shown = showValue(value, max);
  return `\`${escapeControl(hasVisibleText(shown) ? shown.replaceAll('`', 'ˋ') : '""')}\``;
}

/** The length of a code block without its content. */
export const BLOCK_MARKS = '```\n…\n```'.length;

/** The end of a multi-line text as a code block of at most `max` characters, including its marks. */
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
  const shown = hasVisibleText(text) ? text : 'link'; // Slack would show `<url|>` literally
  return `<${url}|${escapeText(shown).replaceAll('|', '¦')}>`;
}

/** A longer URL takes too much of the 3,000 characters of a text object. `&` and non-ASCII characters grow when escaped. */
const MAX_URL = 1000;

/** The address, escaped for a message. Undefined if it is not http or https, contains credentials, or is too long. */
export function safeUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > MAX_URL || !/^https?:\/\//i.test(text) || !URL.canParse(text))
    return undefined;
  const {href, username, password} = new URL(text);
  if (username !== '' || password !== '') return undefined; // `https://bank.example@evil.example` looks like an address of the bank
  const escaped = escapeUrl(href);
  return escaped.length > MAX_URL ? undefined : escaped;
}

/** An address for a link, without characters that end the link or that Slack treats as formatting. */
export function escapeUrl(url: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return url.replace(/[\u0000- <>|*~`]/g, encode).replaceAll('&', '&amp;');
}

/** The time in the reader's time zone. Clients that do not support it show the fallback. `at` is ISO 8601. */
export function localTime(at: string): string {
  const milliseconds = Date.parse(at);
  if (Number.isNaN(milliseconds) || milliseconds < 0) return escapeText(showValue(at, 64));
  const iso = new Date(milliseconds).toISOString();
  return `<!date^${Math.floor(milliseconds / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
}

function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
