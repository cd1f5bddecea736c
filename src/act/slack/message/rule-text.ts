/** Act: a rule's own text with the values of a change: in mrkdwn, or plain for a line of it. Pure. */

import {clip, oneLine, printable, showValue} from '../../../base/text.ts';
import {createGetValue} from '../../../decide/get-value.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Expression} from '../../../rules/expression/expression.ts';
import {isLink, type Template, type TemplateLink, type TemplatePiece} from '../../../rules/expression/template.ts';
import {escapeText, escapeUrl, link} from '../block-kit/text.ts';

/** Of a text in mrkdwn; its source has at most 1,000. */
const MAX_TEXT = 1400;
/** How long each value may be; the first that keeps the text within its room is taken. */
const MAX_VALUE = [150, 60, 20, 5] as const;
/** Of a text on one line, which is cut. */
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

/** The same on one line, plain: not escaped, without marks, of links only the labels. */
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

/** The address as it is, or only its host: a part of it would be taken for a link that leads elsewhere. */
function plainAddress(part: TemplateLink, read: Read): string {
  const address = addressOf(part, read);
  if (address !== undefined && address.length <= 80) return address;
  const [host = ''] = part.address;
  return typeof host === 'string' && URL.canParse(host) ? `${new URL(host).host}/…` : '';
}

/** What is there and empty looks the same to the reader as what is not there. */
function showRead(value: unknown, max: number): string {
  return showValue(isEmpty(value) ? null : value, max);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

type Read = (expression: Expression) => unknown;

/** A value that was cut from the payload shows as cut, not as what is left of it. */
function valuesFor(match: Match): Read {
  const getValue = createGetValue(match);
  return expression => {
    const answer = getValue(expression);
    if ('value' in answer) return answer.value;
    return answer.cut === undefined ? '[no value]' : '[cut]';
  };
}

/** @param max how long a value may be; in an address it is whole, or there is no link: a part of it leads elsewhere */
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

/** Longer ones leave no room for the text. */
const MAX_ADDRESS = 600;

/** The address with the values of the change in it; undefined if it is too long, or if one of them is not known. */
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

/** The author's marks stay; what could open a mention or a link does not, and what is escaped already is not again. */
function escapeWords(text: string): string {
  const shown = text.split('\n').map(printable).join('\n');
  return shown
    .replace(/&(?!(amp|lt|gt);)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** On a lock screen, marks and the names of emoji would stand as they are written. */
function unmarked(text: string): string {
  return text
    .replace(/[*~`]|:[a-z][\w+'-]*:/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
