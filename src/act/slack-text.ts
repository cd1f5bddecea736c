/** Act: catalog text made harmless for Slack. Everything that is not written here or in a rule goes through this file. */
import {clip, oneLine, showValue} from '../text.ts';

/**
 * Text for a mrkdwn text object: control characters `&`, `<`, `>` escaped, so that it can hold no mention and no link, and
 * the marks of bold, strike and code replaced by their look-alikes.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeText(text: string): string {
  return escapeControl(text).replaceAll('*', '∗').replaceAll('~', '∼').replaceAll('`', 'ˋ');
}

/** The text as inline code, which keeps identifiers and values apart from the sentence around them. */
export function code(value: unknown, max = 150): string {
  return `\`${escapeControl(showValue(value, max).replaceAll('`', 'ˋ'))}\``;
}

/** Several lines as a block of code. */
export function codeBlock(text: string): string {
  return `\`\`\`\n${escapeControl(text.replaceAll('`', 'ˋ'))}\n\`\`\``;
}

/** A link; the address must be one of {@link safeUrl}. */
export function link(url: string, label: string): string {
  return `<${url}|${escapeText(clip(oneLine(label), 60)).replaceAll('|', '¦')}>`;
}

/** The address as it may stand in a message, or undefined: http or https, with no credentials in it, not overlong. */
export function safeUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 1000 || !/^https?:\/\//i.test(text) || !URL.canParse(text))
    return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return undefined; // `https://bank.example@evil.example` deceives
  return url.href.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('&', '&amp;');
}

/** The moment in the reader's own time zone; the fallback shows where Slack can't. `at` is ISO 8601. */
export function localTime(at: string): string {
  const milliseconds = Date.parse(at);
  if (Number.isNaN(milliseconds)) return escapeText(showValue(at, 64));
  const iso = new Date(milliseconds).toISOString();
  return `<!date^${Math.floor(milliseconds / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
}

function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
