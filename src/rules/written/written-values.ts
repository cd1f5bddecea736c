/** The written form of single values in the rules file, with a message for each kind of mistake. */
import * as z from 'zod/mini';
import {notEmpty} from '../../base/not-empty.ts';
import {suggest} from '../../base/text/nearest.ts';
import {SEVERITIES} from '../rules.ts';
import {parseDuration} from '../values/duration.ts';
import {describe, show} from './describe-value.ts';

export const Text = z
  .string(typeMessage('a string', '. Put quotes around it.'))
  .check(z.trim(), notEmpty('must not be empty', {abort: true}));
export const Number_ = z.number(typeMessage('a number'));

const EMPTY_LIST = 'is an empty list, which matches nothing. Add a value, or remove the key.';

export const WholeNumber = Number_.check(
  z.refine(Number.isSafeInteger, 'must be a whole number'),
  z.minimum(1, 'must be at least 1'),
);

/** A value in `from`, `to` and `clear.to`. */
const Scalar = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  typeMessage('a string, a number, true, false or null'),
);

const DURATION = {
  error: ({input}: {input?: unknown}) =>
    `must be a number and a unit, for example 20s, 5m or 1h, but is ${describe(input)}`,
};
export const Duration = z.string(DURATION).check(z.refine(text => parseDuration(text) !== undefined, DURATION));

const MENTION = /^(<!subteam\^S[A-Z0-9]+(\|[^<>|]*)?>|<@[UW][A-Z0-9]+>|<!(here|channel|everyone)>)$/;
export const Mention = Text.check(
  z.refine(
    text => text.split(/\s+/).every(part => MENTION.test(part)),
    "must be in Slack's format: <!subteam^S0123> for a group, <@U0123> for a person, <!here> or <!channel>",
  ),
);

/** One value, or a list of at least one. */
export const List = <T extends z.core.SomeType>(
  item: T,
  message = typeMessage('a string, or a list of strings', '. Put quotes around it.'),
) => z.union([item, z.array(item).check(notEmpty(EMPTY_LIST))], message);

export const Scalars = List(Scalar, typeMessage('a string, a number, true, false, null, or a list of these'));

/** One of the given words. The message suggests the nearest one. */
export const Word = <const T extends string>(words: readonly T[]) =>
  z.enum(words as T[], {
    error: ({input}) =>
      typeof input === 'string'
        ? `"${show(input)}" is not a valid value${suggest(input, words)}`
        : `must be one of ${words.join(', ')}, but is ${describe(input)}`,
  });

export const Severity = Word(SEVERITIES);

/** A text that a function checks. It returns the mistake, if any. */
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

/** `must be a number, but is the string "80"`. For a number or a boolean, it adds what to do. */
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

/** The suggested replacement for `"80"`, `85%` or `80 %`. */
function writeNumber(input: unknown): string {
  const [, number] = typeof input === 'string' ? (/^\s*([+-]?\d+(?:\.\d+)?)\s*%?\s*$/.exec(input) ?? []) : [];
  return number === undefined ? '' : `. Write ${Number(number)}.`;
}
