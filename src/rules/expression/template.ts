/** Parse: a rule's own message text, `CPU is at {{ after.properties.cpuUtil }} %`, compiled when rules are loaded. */

import {messageOf} from '../../base/errors.ts';
import {clip, oneLine} from '../../base/text.ts';
import type {Reads} from '../../change/reads.ts';
import {compileExpression, type Expression, ExpressionError} from './expression.ts';

/** Words of the author, or a value of the change. */
export type TemplatePiece = string | Expression;

/** `<https://example.com/{{ change.entity }}|label>`. Without a label: the address is shown. */
export interface TemplateLink {
  readonly address: readonly TemplatePiece[];
  readonly label: readonly TemplatePiece[];
}

/** A text in Slack's mrkdwn, written by the author of the rules, with values of the change in it. */
export interface Template {
  readonly source: string;
  readonly parts: readonly (TemplatePiece | TemplateLink)[];
  /** Everything of a change that its values may depend on. */
  readonly reads: Reads;
}

/** `column` counts from 0 within the source. */
export interface TemplateMistake {
  readonly message: string;
  readonly column: number;
}

/** Longer texts are not messages. Values come on top. */
const MAX_SOURCE = 1000;

/** Everything that is wrong with the text, in its order. None for one that {@link compileTemplate} takes. */
export function templateMistakes(source: string): TemplateMistake[] {
  if (source.length > MAX_SOURCE) return [{message: `is longer than ${MAX_SOURCE} characters`, column: 0}];
  const reader = {source, at: 0, mistakes: []};
  readParts(reader);
  return reader.mistakes;
}

/** @param source a text without mistakes */
export function compileTemplate(source: string): Template {
  const parts = readParts({source, at: 0, mistakes: []});
  return {source, parts, reads: expressionsOf({parts}).flatMap(({reads}) => reads)};
}

/** The expressions whose values the text shows, in its order. */
export function expressionsOf(template: Pick<Template, 'parts'> | undefined): Expression[] {
  const pieces = template?.parts.flatMap(part => (isLink(part) ? [...part.address, ...part.label] : [part])) ?? [];
  return pieces.filter(piece => typeof piece !== 'string');
}

export function isLink(part: TemplatePiece | TemplateLink): part is TemplateLink {
  return typeof part === 'object' && 'address' in part;
}

interface Reader {
  readonly source: string;
  at: number;
  readonly mistakes: TemplateMistake[];
}

/** Braces, the start of a link, and what Slack would take for a mention. */
const MARK = /\$?\{\{|\}\}|<(?=https?:\/\/)|<[!@][^<>\n]{0,80}>?/gi;

/** All of the text. A `<` that does not open a link is an ordinary character. */
function readParts(reader: Reader): (TemplatePiece | TemplateLink)[] {
  const parts: (TemplatePiece | TemplateLink)[] = [];
  while (reader.at < reader.source.length) {
    const start = reader.at;
    const {before, mark} = readUntil(reader, MARK);
    parts.push(...before);
    if (mark === '<') parts.push(readLink(reader, start + before.join('').length));
    else parts.push(...readMark(reader, mark));
  }
  return parts;
}

/** The words up to the next mark, which is consumed too. "" at the end of the text. */
function readUntil(reader: Reader, marks: RegExp): {before: string[]; mark: string} {
  const {source, at} = reader;
  marks.lastIndex = at;
  const found = marks.exec(source);
  const [mark = ''] = found ?? [];
  const end = found?.index ?? source.length;
  reader.at = end + mark.length;
  return {before: end > at ? [source.slice(at, end)] : [], mark};
}

/** What a mark stands for, unless it is that of a link. */
function readMark(reader: Reader, mark: string): Expression[] {
  const reportMistake = (message: string): [] => {
    reader.mistakes.push({message, column: reader.at - mark.length});
    return [];
  };
  if (mark === '{{') return readExpression(reader);
  if (mark === '${{') return [...reportMistake('write {{ … }}, without the $'), ...readExpression(reader)];
  if (mark === '}}') return reportMistake('}} has no {{ before it');
  return mark === '' ? [] : reportMistake(mentionMistake(mark));
}

function mentionMistake(mark: string): string {
  const shown = clip(oneLine(mark), 60);
  return `${shown} would mention people in every message. Put them into \`mention\`, which is used only if something got worse.`;
}

const IN_LINK = /\$?\{\{|\}\}|<[!@][^<>\n]{0,80}>?|[|>\n]/g;

/** @param start where its `<` stands */
function readLink(reader: Reader, start: number): TemplateLink {
  const sides: [TemplatePiece[], TemplatePiece[]] = [[], []];
  let side = sides[0];
  for (;;) {
    const {before, mark} = readUntil(reader, IN_LINK);
    side.push(...before);
    if (mark === '|' && side === sides[0]) side = sides[1];
    else if (mark === '|') side.push(mark);
    else if (mark === '>' || mark === '\n' || mark === '') {
      const mistake = mark === '>' ? addressMistake(sides[0]) : 'the link has no > at its end';
      if (mistake !== undefined) reader.mistakes.push({message: mistake, column: start});
      return {address: sides[0], label: sides[1]};
    } else side.push(...readMark(reader, mark));
  }
}

/** A value must not choose the host: who edits the catalog could lead readers anywhere. */
function addressMistake(address: readonly TemplatePiece[]): string | undefined {
  const [host = ''] = address;
  if (address.length > 1 && !/^https?:\/\/[^/?#]+[/?#]/i.test(String(host))) {
    return 'the host of a link must be written out. Values may follow behind its first /.';
  }
  const sample = address.map(piece => (typeof piece === 'string' ? piece : 'x')).join('');
  if (/\s/.test(sample) || !URL.canParse(sample)) return 'the link has no address that can be opened';
  return new URL(sample).username === '' ? undefined : 'the address of a link must not hold credentials';
}

/** Up to its end. Its texts may hold braces: `format('{{0}}', …)`. */
const INNER = /(?:'(?:[^']|'')*'|(?!\}\}|\{\{)[^'])*/y;

/** The expression behind `{{`. Undefined if it has a mistake. */
function readExpression(reader: Reader): Expression[] {
  const {source, at: start, mistakes} = reader;
  INNER.lastIndex = start;
  const [inner = ''] = INNER.exec(source) ?? [];
  const end = start + inner.length;
  if (!source.startsWith('}}', end)) {
    const why = source.startsWith("'", end) ? ", or a text in it has no ' at its end" : '';
    mistakes.push({message: `{{ has no }} behind it${why}`, column: start - 2});
    reader.at = source.startsWith('{{', end) ? end : source.length;
    return [];
  }
  reader.at = end + 2;
  if (inner.trim() === '') {
    mistakes.push({message: '{{ }} is empty. Write what it is to show, as {{ change.title }}.', column: start - 2});
    return [];
  }
  try {
    return [compileExpression(inner)];
  } catch (error) {
    const within = error instanceof ExpressionError ? error.column : undefined;
    const column = start + (within ?? inner.length - inner.trimStart().length);
    mistakes.push({message: messageOf(error), column});
    return [];
  }
}
