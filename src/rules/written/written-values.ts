/** The written form of single values in the rules file, with a sentence for each way to get them wrong. */
import * as z from 'zod/mini';
import {suggest} from '../../base/nearest.ts';
import {notEmpty} from '../../base/not-empty.ts';
import {clip, oneLine} from '../../base/text.ts';
import {SEVERITIES} from '../rules.ts';
import {parseDuration} from '../values/duration.ts';

export const Text = z
  .string(typeMessage('a text', '. Put quotes around it.'))
  .check(z.trim(), notEmpty('must not be empty', {abort: true}));
export const Number_ = z.number(typeMessage('a number'));

const EMPTY_LIST = 'is an empty list, which nothing matches. Name a value, or remove the key.';

export const WholeNumber = Number_.check(
  z.refine(Number.isSafeInteger, 'must be a whole number'),
  z.minimum(1, 'must be at least 1'),
);

/** A value that `from`, `to` and `clear.to` can name. */
const Scalar = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  typeMessage('a text, a number, true, false or null'),
);

const DURATION = {
  error: ({input}: {input?: unknown}) => `must be a number and a unit, as 20s, 5m or 1h, but is ${describe(input)}`,
};
export const Duration = z.string(DURATION).check(z.refine(text => parseDuration(text) !== undefined, DURATION));

const MENTION = /^(<!subteam\^S[A-Z0-9]+(\|[^<>|]*)?>|<@[UW][A-Z0-9]+>|<!(here|channel|everyone)>)$/;
export const Mention = Text.check(
  z.refine(
    text => text.split(/\s+/).every(part => MENTION.test(part)),
    "must be in Slack's form: <!subteam^S0123> for a group, <@U0123> for a person, <!here> or <!channel>",
  ),
);

/** One, or a list of at least one. */
export const List = <T extends z.core.SomeType>(
  item: T,
  message = typeMessage('a text, or a list of texts', '. Put quotes around it.'),
) => z.union([item, z.array(item).check(notEmpty(EMPTY_LIST))], message);

export const Scalars = List(Scalar, typeMessage('a text, a number, true, false, null, or a list of these'));

/** One of some words. Else the nearest of them is named. */
export const Word = <const T extends string>(words: readonly T[]) =>
  z.enum(words as T[], {
    error: ({input}) =>
      typeof input === 'string'
        ? `"${show(input)}" is not known${suggest(input, words)}`
        : `must be one of ${words.join(', ')}, but is ${describe(input)}`,
  });

export const Severity = Word(SEVERITIES);

/** A text that a function checks. It returns the mistake, if there is one. */
export const RefinedText = (mistakeIn: (text: string) => Mistake | undefined) =>
  Text.check(
    z.superRefine((text, context) => {
      const mistake = mistakeIn(text);
      if (mistake === undefined) return;
      const {message, column} = mistake;
      context.addIssue({code: 'custom', message, ...(column === undefined ? {} : {params: {column}})});
    }),
  );

/** `column` counts from 0 within the text. */
export interface Mistake {
  readonly message: string;
  readonly column?: number | undefined;
}

/** `must be a number, but is the text "80"`, and for a number or a truth value, what to do. */
export function typeMessage(
  wanted: string,
  remedy = '',
): {error: (issue: {input?: unknown; code?: string}) => string | undefined} {
  return {
    error: ({input, code}) => {
      if (code !== 'invalid_type' && code !== 'invalid_union') return undefined;
      const isScalar = typeof input === 'number' || typeof input === 'boolean';
      const number = wanted === 'a number' ? writeNumber(input) : '';
      return `must be ${wanted}, but is ${describe(input)}${isScalar ? remedy : number}`;
    },
  };
}

/** What to write in place of `"80"`, `85%` or `80 %`. */
function writeNumber(input: unknown): string {
  const [, number] = typeof input === 'string' ? (/^\s*([+-]?\d+(?:\.\d+)?)\s*%?\s*$/.exec(input) ?? []) : [];
  return number === undefined ? '' : `. Write ${Number(number)}`;
}

/** "the text "80"", "a list": what was written, in a sentence. */
export function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text "${show(value)}"`;
  return typeof value === 'number' ? describeNumber(value) : String(value);
}

/** The same of a number, with its text in the file, which YAML may read as another: 3.10, 0123, 1e400. */
export function describeNumber(value: number, written = String(value)): string {
  if (!Number.isFinite(value)) return `${written}, which is not a finite number`;
  return written === String(value) ? `the number ${value}` : `${written}, which YAML reads as the number ${value}`;
}

/** Written text on one line, clipped. The secret part of a webhook's address, wherever it was written, is left out. */
export function show(text: string): string {
  return clip(oneLine(text).replace(/(hooks\.slack(?:-gov)?\.com)\S*/gi, '$1/…'), 60);
}
