/** Act: the text of a rule (`notify.text`) with the values of a change, as mrkdwn or as one plain line. Pure. */

import {clip, oneLine, printable, showValue} from '../../../base/text/show.ts';
import {createGetValue} from '../../../decide/get-value.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Expression} from '../../../rules/expression/expression.ts';
import {isLink, type Template, type TemplateLink, type TemplatePiece} from '../../../rules/expression/template.ts';
import {escapeText, escapeUrl, link} from '../block-kit/text.ts';

/** The maximum length of a text in mrkdwn. Its source has at most 1,000 characters. */
const MAX_TEXT = 1400;
/** Maximum lengths of each value. The first one with which the text fits is used. */
const MAX_VALUE = [150, 60, 20, 5] as const;
/** The maximum length of a text on one line. A longer one is truncated. */
const MAX_LINE = 250;

/** The text of the match's rule in mrkdwn, with escaped values. Undefined if the rule does not have a text. */
export function ruleText(match: Match): string | undefined {
  const text = match.rule.notify?.text;
  if (text === undefined) return undefined;
  const read = valuesFor(match);
  for (const max of MAX_VALUE) {
    const written = write(text, {read, max});
    if (written.length <= MAX_TEXT) return written;
  }
  return escapeText(plainRuleText(match) ?? '');
}

/** The text as one plain line: not escaped, without formatting, and with only the labels of links. */
export function plainRuleText(match: Match): string | undefined {
  const text = match.rule.notify?.text;
  if (text === undefined) return undefined;
  const read = valuesFor(match);
  const show = (piece: TemplatePiece) => (typeof piece === 'string' ? piece : showRead(read(piece), 80));
  const parts = text.parts.map(part => {
    if (isLink(part)) return part.label.length > 0 ? part.label.map(show).join('') : plainAddress(part, read);
    return typeof part === 'string' ? unmarked(part) : show(part);
  });
  return clip(oneLine(parts.join('')), MAX_LINE);
}

/** The whole address, or only its host. A truncated address would point to another page. */
function plainAddress(part: TemplateLink, read: Read): string {
  const address = addressOf(part, read);
  if (address !== undefined && address.length <= 80) return address;
  const [host = ''] = part.address;
  return typeof host === 'string' && URL.canParse(host) ? `${new URL(host).host}/…` : '';
}

/** An empty value is shown like a missing one. */
function showRead(value: unknown, max: number): string {
  return showValue(isEmpty(value) ? null : value, max);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

type Read = (expression: Expression) => unknown;

/** A value that was cut from the payload is shown as `[cut]`. */
function valuesFor(match: Match): Read {
  const getValue = createGetValue(match);
  return expression => {
    const answer = getValue(expression);
    if ('value' in answer) return answer.value;
    return answer.cut === undefined ? '[no value]' : '[cut]';
  };
}

/**
 * Values in an address are never truncated. If the address is too long, the text has no link.
 * @param max the maximum length of a value
 */
function write({parts}: Template, {read, max}: {read: Read; max: number}): string {
  const show = (piece: TemplatePiece) => (typeof piece === 'string' ? piece : showRead(read(piece), max));
  return parts
    .map(part => {
      if (typeof part === 'string') return escapeWords(part);
      if (!isLink(part)) return escapeText(show(part));
      const address = addressOf(part, read);
      const label = (part.label.length > 0 ? part.label : part.address).map(show).join('');
      return address === undefined ? escapeText(clip(oneLine(label), MAX_VALUE[0])) : link(escapeUrl(address), label);
    })
    .join('');
}

/** The maximum length of an address. A longer one leaves no space for the text. */
const MAX_ADDRESS = 600;

/** The address with the values of the change. Undefined if it is too long, or if a value is unknown. */
function addressOf({address}: TemplateLink, read: Read): string | undefined {
  const parts = address.map(piece => (typeof piece === 'string' ? piece : partOfAddress(read(piece))));
  const whole = parts.includes(undefined) ? undefined : parts.join('');
  return whole === undefined || whole.length > MAX_ADDRESS ? undefined : whole;
}

function partOfAddress(value: unknown): string | undefined {
  if (value === '[cut]' || value === '[no value]') return undefined;
  const text = showRead(value, MAX_ADDRESS);
  return text.endsWith('…') ? undefined : encodeURIComponent(printable(text).trim());
}

/** Keeps the author's formatting. Escapes characters that can start a mention or a link, unless they are already escaped. */
function escapeWords(text: string): string {
  const shown = text.split('\n').map(printable).join('\n');
  return shown
    .replace(/&(?!(amp|lt|gt);)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Removes formatting and emoji names, which a lock screen would show literally. */
function unmarked(text: string): string {
  return text
    .replace(/[*~`]|:[a-z][\w+'-]*:/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
