/** Parse: the message text of a rule, `CPU is at {{ after.properties.cpuUtil }} %`, compiled when rules are loaded. */

import {messageOf} from '../../base/errors.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import type {Reads} from '../../change/reads.ts';
import {compileExpression, type Expression, ExpressionError} from './expression.ts';

/** Literal text, or an expression for a value of the change. */
export type TemplatePiece = string | Expression;

/** `<https://example.com/{{ change.entity }}|label>`. If there is no label, the address is shown. */
export interface TemplateLink {
  readonly address: readonly TemplatePiece[];
  readonly label: readonly TemplatePiece[];
}

/** A text in Slack's mrkdwn by the author of the rules, with embedded values of the change. */
export interface Template {
  readonly source: string;
  readonly parts: readonly (TemplatePiece | TemplateLink)[];
  /** Everything in a change that its values can depend on. */
  readonly reads: Reads;
}

/** `column` counts from 0 within the source. */
export interface TemplateMistake {
  readonly message: string;
  readonly column: number;
}

/** The maximum length of the written text. Values are not counted. */
const MAX_SOURCE = 1000;

/** All mistakes in the text, in order. Empty if {@link compileTemplate} accepts it. */
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

/** The expressions in the text, in order. */
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

/** Braces, the start of a link, and text that Slack would treat as a mention. */
const MARK = /\$?\{\{|\}\}|<(?=https?:\/\/)|<[!@][^<>\n]{0,80}>?/gi;

/** Reads the whole text. A `<` that does not open a link is an ordinary character. */
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

/** Reads the text up to and including the next mark. `mark` is "" at the end of the text. */
function readUntil(reader: Reader, marks: RegExp): {before: string[]; mark: string} {
  const {source, at} = reader;
  marks.lastIndex = at;
  const found = marks.exec(source);
  const [mark = ''] = found ?? [];
  const end = found?.index ?? source.length;
  reader.at = end + mark.length;
  return {before: end > at ? [source.slice(at, end)] : [], mark};
}

/** Handles a mark that does not start a link. */
function readMark(reader: Reader, mark: string): Expression[] {
  const reportMistake = (message: string): [] => {
    reader.mistakes.push({message, column: reader.at - mark.length});
    return [];
  };
  if (mark === '{{') return readExpression(reader);
  if (mark === '${{') return [...reportMistake('write {{ … }}, without the $'), ...readExpression(reader)];
  if (mark === '}}') return reportMistake('}} has no matching {{');
  return mark === '' ? [] : reportMistake(mentionMistake(mark));
}

function mentionMistake(mark: string): string {
  const shown = clip(oneLine(mark), 60);
  return `${shown} would mention people in every message. Use \`mention\` instead, which applies only if a status got worse.`;
}

const IN_LINK = /\$?\{\{|\}\}|<[!@][^<>\n]{0,80}>?|[|>\n]/g;

/** @param start the offset of its `<` */
function readLink(reader: Reader, start: number): TemplateLink {
  const sides: [TemplatePiece[], TemplatePiece[]] = [[], []];
  let side = sides[0];
  for (;;) {
    const {before, mark} = readUntil(reader, IN_LINK);
    side.push(...before);
    if (mark === '|' && side === sides[0]) side = sides[1];
    else if (mark === '|') side.push(mark);
    else if (mark === '>' || mark === '\n' || mark === '') {
      const mistake = mark === '>' ? addressMistake(sides[0]) : 'the link is not closed: add >';
      if (mistake !== undefined) reader.mistakes.push({message: mistake, column: start});
      return {address: sides[0], label: sides[1]};
    } else side.push(...readMark(reader, mark));
  }
}

/** A value must not set the host. Otherwise, anyone who can edit the catalog could send readers to any site. */
function addressMistake(address: readonly TemplatePiece[]): string | undefined {
  const [host = ''] = address;
  if (address.length > 1 && !/^https?:\/\/[^/?#]+[/?#]/i.test(String(host))) {
    return 'the host of a link must be written out. Use values only after the first / of the path.';
  }
  const sample = address.map(piece => (typeof piece === 'string' ? piece : 'x')).join('');
  if (/\s/.test(sample) || !URL.canParse(sample)) return 'the URL of the link is not valid';
  return new URL(sample).username === '' ? undefined : 'the URL of a link must not contain credentials';
}

/** An expression up to its end. String literals in it can contain braces: `format('{{0}}', …)`. */
const INNER = /(?:'(?:[^']|'')*'|(?!\}\}|\{\{)[^'])*/y;

/** Reads the expression after `{{`. Empty if it has a mistake. */
function readExpression(reader: Reader): Expression[] {
  const {source, at: start, mistakes} = reader;
  INNER.lastIndex = start;
  const [inner = ''] = INNER.exec(source) ?? [];
  const end = start + inner.length;
  if (!source.startsWith('}}', end)) {
    const why = source.startsWith("'", end) ? " or close the string in it with '" : '';
    mistakes.push({message: `{{ is not closed: add }}${why}`, column: start - 2});
    reader.at = source.startsWith('{{', end) ? end : source.length;
    return [];
  }
  reader.at = end + 2;
  if (inner.trim() === '') {
    mistakes.push({message: '{{ }} is empty. Write an expression, for example {{ change.title }}.', column: start - 2});
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
