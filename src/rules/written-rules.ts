/** The written form of the rules file: what a person may put there, key by key (design §7). */
import * as z from 'zod/mini';
import type {ChangeAction} from '../change/change.ts';
import {messageOf} from '../errors.ts';
import {clip, oneLine} from '../text.ts';
import {parseDuration} from './duration.ts';
import {compileExpression, type ExpressionError} from './expression.ts';
import {suggest} from './nearest.ts';
import {type RouteKey, SEVERITIES} from './rules.ts';
import {templateMistakes} from './template.ts';

/** The words of `on`. */
export const ON_ACTIONS = {
  created: 'CREATE',
  updated: 'UPDATE',
  deleted: 'DELETE',
  'timer-expired': 'TIMER_EXPIRED',
} as const satisfies Record<string, ChangeAction>;

const ON_WORDS = Object.keys(ON_ACTIONS) as (keyof typeof ON_ACTIONS)[];

const {optional} = z;
const Text = z
  .string(typeMessage('a text', '; put quotes around it'))
  .check(z.trim(), z.minLength(1, {error: 'must not be empty', abort: true}));
const Number_ = z.number(typeMessage('a number'));
const Scalar = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  typeMessage('a text, a number, true, false or null'),
);
const EMPTY_LIST = 'is an empty list, which nothing matches; name a value, or remove the key';
const List = <T extends z.core.SomeType>(item: T) => z.union([item, z.array(item).check(z.minLength(1, EMPTY_LIST))]);

/** One of some words; else the nearest of them is named. */
const Word = <const T extends string>(words: readonly T[]) =>
  z.enum(words as T[], {
    error: ({input}) =>
      typeof input === 'string'
        ? `"${show(input)}" is not known${suggest(input, words)}`
        : `must be one of ${words.join(', ')}, but is ${describe(input)}`,
  });

const DURATION = {
  error: ({input}: {input?: unknown}) => `must be a number and a unit, as 20s, 5m or 1h, but is ${describe(input)}`,
};
const Duration = z.string(DURATION).check(z.refine(text => parseDuration(text) !== undefined, DURATION));

const Url = Text.check(z.refine(isHttpUrl, 'must be an http or https address'));

const MENTION = /^(<!subteam\^S[A-Z0-9]+(\|[^<>|]*)?>|<@[UW][A-Z0-9]+>|<!(here|channel|everyone)>)$/;
const Mention = Text.check(
  z.refine(
    text => text.split(/\s+/).every(part => MENTION.test(part)),
    "must be in Slack's form: <!subteam^S0123> for a group, <@U0123> for a person, <!here> or <!channel>",
  ),
);

const Condition = Text.check(
  z.superRefine((text, context) => {
    try {
      compileExpression(text);
    } catch (error) {
      const column = (error as ExpressionError).column;
      const params = column === undefined ? {} : {params: {column}};
      context.addIssue({code: 'custom', message: messageOf(error), ...params});
    }
  }),
);

/** Relative, inside the repository, and one file: never a shell line. */
const ScriptPath = Text.check(
  z.superRefine((path, context) => {
    const message = scriptPathMistake(path);
    if (message !== undefined) context.addIssue({code: 'custom', message});
  }),
);

/** Why the path can't be that of a script of the repository; undefined where it can. */
export function scriptPathMistake(path: string): string | undefined {
  if (/[\s\p{Cc}]/u.test(path)) {
    return 'must be the path of one file of the repository, not a shell line; put the command into a script, and values into env';
  }
  if (/^([\\/~]|[A-Za-z]:)/.test(path) || path.split(/[\\/]/).includes('..')) {
    return 'must be a path inside the repository, relative to its root';
  }
  return undefined;
}

/** The name of an environment variable. */
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VariableName = Text.check(z.regex(VARIABLE, 'must be the name of a variable: letters, digits and _'));

/** A message's text, with expressions in braces. */
const MessageText = Text.check(
  z.superRefine((text, context) => {
    for (const {message, column} of templateMistakes(text)) {
      context.addIssue({code: 'custom', message, params: {column}});
    }
  }),
);

const WrittenNotify = z.strictObject({
  mention: optional(Mention),
  runbook: optional(Url),
  slack: optional(Text),
  text: optional(MessageText),
});

const WholeNumber = Number_.check(
  z.refine(Number.isSafeInteger, 'must be a whole number'),
  z.minimum(1, 'must be at least 1'),
);
const EnvValue = z.union([z.string(), z.number(), z.boolean()], typeMessage('a text, a number, true or false'));

const WrittenRemediate = z.strictObject(
  {
    run: optional(ScriptPath),
    job: optional(Text),
    timeout: optional(Duration),
    cooldown: optional(Duration),
    attempts: optional(WholeNumber),
    env: optional(z.record(z.string(), EnvValue, typeMessage('a mapping, as `env: { REPLICAS: 3 }`'))),
    pass: optional(z.array(VariableName, typeMessage('a list of names'))),
  },
  typeMessage('a mapping, as `remediate: { run: .github/remediations/scale-up.sh }`'),
);

const Severity = Word(SEVERITIES);

export const WrittenRule = z.strictObject(
  {
    name: Text,
    blueprint: Text,
    property: optional(Text),
    on: optional(List(Word(ON_WORDS))),
    from: optional(List(Scalar)),
    to: optional(List(Scalar)),
    above: optional(Number_),
    below: optional(Number_),
    clear: optional(Number_),
    if: optional(Condition),
    severity: optional(Severity),
    notify: optional(z.union([z.boolean(), WrittenNotify], typeMessage('true, false or a mapping'))),
    remediate: optional(WrittenRemediate),
  },
  typeMessage('a mapping'),
);
export type WrittenRule = z.infer<typeof WrittenRule>;

const TextList = optional(List(Text));
const matchShape = {
  blueprint: TextList,
  entity: TextList,
  team: TextList,
  property: TextList,
  severity: optional(List(Severity)),
  rule: TextList,
} satisfies Record<RouteKey, unknown>;
const WrittenMatch = z.strictObject(matchShape, typeMessage('a mapping, as `match: { team: payments }`'));
const WrittenRoute = z.strictObject({match: optional(WrittenMatch), slack: Text}, typeMessage('a mapping'));

const Ranks = z.array(Text, typeMessage('a list, from best to worst')).check(
  z.minLength(1, 'is an empty list; name values, best to worst'),
  z.refine(values => new Set(values).size === values.length, 'names a value twice'),
);

/** The file around the rules; each rule is parsed by itself. */
export const WrittenRulesFile = z.strictObject(
  {
    version: z.literal(1, {
      error: ({input}) => (input === undefined ? 'is missing' : 'must be 1, the only version there is'),
    }),
    statuses: optional(z.record(z.string(), Ranks, typeMessage('a mapping'))),
    routes: optional(z.array(WrittenRoute, typeMessage('a list'))),
    rules: z.array(z.unknown(), typeMessage('a list')).check(z.minLength(1, 'must hold at least one rule')),
  },
  typeMessage('a mapping with `version: 1` and `rules:`'),
);
/** A file that has no mistakes. */
export type WrittenRules = Omit<z.infer<typeof WrittenRulesFile>, 'rules'> & {readonly rules: readonly WrittenRule[]};

const KEYS: Readonly<Record<string, {readonly shape: object}>> = {
  '': WrittenRulesFile,
  'routes.*': WrittenRoute,
  'routes.*.match': WrittenMatch,
  'rules.*': WrittenRule,
  'rules.*.notify': WrittenNotify,
  'rules.*.remediate': WrittenRemediate,
};

/** Whether the word is a key somewhere in the file. */
export function isKey(word: string): boolean {
  return Object.values(KEYS).some(({shape}) => Object.hasOwn(shape, word));
}

/** The keys that are valid at a path of the file. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  const pattern = path.map(part => (typeof part === 'number' ? '*' : String(part))).join('.');
  return Object.keys(KEYS[pattern]?.shape ?? {});
}

/** `must be a number, but is the text "80"`, and for a value that is no text or mapping or list, what to do. */
function typeMessage(
  wanted: string,
  remedy = '',
): {error: (issue: {input?: unknown; code?: string}) => string | undefined} {
  return {
    error: ({input, code}) => {
      if (code !== 'invalid_type' && code !== 'invalid_union') return undefined;
      const isScalar = typeof input === 'number' || typeof input === 'boolean';
      return `must be ${wanted}, but is ${describe(input)}${isScalar ? remedy : ''}`;
    },
  };
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text "${show(value)}"`;
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

function show(text: string): string {
  return clip(oneLine(text), 60);
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s<>|]+$/i.test(text) && URL.canParse(text);
}
