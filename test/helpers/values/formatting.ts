/**
 * Finds what Slack formats in a text, without code of `src`. If in doubt, it reports a format.
 *
 * - `*`, `_` and `~` format between two word boundaries, within a line. A backtick formats anywhere.
 * - `>` and `>>>` quote at the start of a line, also as `&gt;`. Lists and headings are not in mrkdwn.
 * - An emoji is a name between colons.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text#basic-formatting
 */
export function formattingIn(mrkdwn: string): string[] {
  return mrkdwn
    .split(/[\n\r\u2028\u2029]/)
    .flatMap(line => [
      ...['*', '_', '~'].flatMap(mark => marked(line, mark)),
      ...(line.match(/`/g) ?? []),
      ...(line.match(/:[+-]?[a-z0-9_'+-]*[a-z][a-z0-9_'+-]*:/gi) ?? []),
      ...(/^[\s\p{C}]*(>|&gt;)/u.test(line) ? ['quote'] : []),
    ]);
}

/** The text from a mark that can open a format to the next one that can close it. */
function marked(line: string, mark: string): string[] {
  const isWord = (character: string | undefined) => character !== undefined && /[A-Za-z0-9]/.test(character);
  const isGap = (character: string | undefined) => character === undefined || /[\s*_~]/.test(character);
  const found: string[] = [];
  for (let open = line.indexOf(mark); open >= 0; open = line.indexOf(mark, open + 1)) {
    if (isWord(line[open - 1]) || isGap(line[open + 1])) continue;
    for (let close = line.indexOf(mark, open + 2); close >= 0; close = line.indexOf(mark, close + 1)) {
      if (isWord(line[close + 1]) || isGap(line[close - 1])) continue;
      found.push(line.slice(open, close + 1));
      open = close;
      break;
    }
  }
  return found;
}
