import {expect} from '@jest/globals';
import type {Outcome} from '../../../src/act/outcome.ts';
import type {ConfigError} from '../../../src/base/errors.ts';
import type {Change} from '../../../src/change/change.ts';
import {renderSummary} from '../../../src/report/summary.ts';
import {planFor, rulesFile} from './plans.ts';

interface Given {
  readonly file?: string | Parameters<typeof planFor>[0];
  /** The outcome of each notification. */
  readonly outcome?: Partial<Outcome>;
  readonly errors?: readonly ConfigError[];
  readonly remarks?: readonly string[];
  readonly run?: string;
}

/** The job summary of these changes, as the action writes it. */
export function render(
  changes: readonly Change[],
  {file = rulesFile(), outcome = {}, errors = [], remarks = [], run = 'reacted'}: Given = {},
) {
  const {decisions, plan} = planFor(file, changes);
  const matches = plan.notifications.flatMap(notification => notification.matches);
  const outcomes = matches.map(
    (match): Outcome => ({match, kind: 'notification', status: 'done', detail: 'posted to default', ...outcome}),
  );
  return renderSummary({outcome: run, decisions, outcomes, errors, remarks});
}

/** The visible text: without tags, and with character references decoded. */
export function readable(markup: string): string {
  const text = markup.replace(/<[^>]*>/g, ' ').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  return text.replace(/\s+/g, ' ');
}

const TAGS = ['h2', 'h3', 'p', 'pre', 'code', 'br', 'table', 'tr', 'th', 'td', 'details', 'summary'];

/** Expects that all tags are our own and closed in order, and that Markdown interprets no line. */
export function expectValidMarkup(markup: string): void {
  const open: string[] = [];
  for (const [tag, slash, name = '', attributes] of markup.matchAll(/<(\/?)([^\s>]*)([^>]*)>/g)) {
    if (!TAGS.includes(name) || !['', ' open'].includes(attributes ?? ''))
      throw new Error(`The tag ${tag} is not allowed`);
    if (slash === '') open.push(...(name === 'br' ? [] : [name]));
    else if (open.pop() !== name) throw new Error(`The tag ${tag} closes another`);
  }
  expect(open).toEqual([]);
  expect(markup.replace(/<[^>]*>/g, '')).not.toMatch(/[<>`*_[\]|\\\r\u202e]/);
  expect(markup.split('\n').filter(line => line !== '' && !line.startsWith('<'))).toEqual([]);
}
