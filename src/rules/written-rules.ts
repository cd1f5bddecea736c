/** The written form of the rules file: what a person may put there, key by key (design §7). */
import {z} from 'zod';
import type {ChangeAction} from '../change/change.ts';
import {messageOf} from '../errors.ts';
import {parseDuration} from './duration.ts';
import {compileExpression, type ExpressionError} from './expression.ts';
import {ROUTE_KEYS, SEVERITIES} from './rules.ts';

/** The words of `on`. */
export const ON_ACTIONS = {
  created: 'CREATE',
  updated: 'UPDATE',
  deleted: 'DELETE',
  'timer-expired': 'TIMER_EXPIRED',
} as const satisfies Record<string, ChangeAction>;

const ON_WORDS = Object.keys(ON_ACTIONS) as (keyof typeof ON_ACTIONS)[];

const Text = z.string(typeMessage('a text')).trim().min(1, 'must not be empty');
const Number_ = z.number(typeMessage('a number'));
const Scalar = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  typeMessage('a text, a number, true, false or null'),
);
const List = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1, EMPTY_LIST)]);
const EMPTY_LIST = 'is an empty list, which nothing matches; name a value, or remove the key';

const DURATION = 'must be a number and a unit, as 20s, 5m or 1h';
const Duration = z.string(DURATION).refine(text => parseDuration(text) !== undefined, DURATION);

const Url = Text.refine(isHttpUrl, 'must be an http or https address');

const MENTION = /^(<!subteam\^S[A-Z0-9]+(\|[^<>|]*)?>|<@[UW][A-Z0-9]+>|<!(here|channel|everyone)>)$/;
const Mention = Text.refine(
  text => text.split(/\s+/).every(part => MENTION.test(part)),
  "must be in Slack's form: <!subteam^S0123> for a group, <@U0123> for a person, <!here> or <!channel>",
);

const Condition = Text.superRefine((text, context) => {
  try {
    compileExpression(text);
  } catch (error) {
    const column = (error as ExpressionError).column;
    context.addIssue({code: 'custom', message: messageOf(error), ...(column === undefined ? {} : {params: {column}})});
  }
});

/** Relative, inside the repository, and one file: never a shell line. */
const ScriptPath = Text.superRefine((path, context) => {
  const mistake = scriptPathMistake(path);
  if (mistake !== undefined) context.addIssue({code: 'custom', message: mistake});
});

function scriptPathMistake(path: string): string | undefined {
  if (/\s/.test(path)) {
    return 'must be the path of one file of the repository, not a shell line; put the command into a script, and values into env';
  }
  if (path.startsWith('/') || path.startsWith('~') || path.split(/[\\/]/).includes('..')) {
    return 'must be a path inside the repository, relative to its root';
  }
  return undefined;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VariableName = Text.regex(VARIABLE, 'must be the name of a variable: letters, digits and _');

const WrittenNotify = z.strictObject(
  {mention: Mention.optional(), runbook: Url.optional(), slack: Text.optional()},
  typeMessage('true, false or a mapping'),
);

const WrittenRemediate = z.strictObject(
  {
    run: ScriptPath.optional(),
    job: Text.optional(),
    timeout: Duration.optional(),
    cooldown: Duration.optional(),
    attempts: Number_.int('must be a whole number').min(1, 'must be at least 1').optional(),
    env: z
      .record(
        z.string(),
        z.union([z.string(), z.number(), z.boolean()], typeMessage('a text, a number, true or false')),
      )
      .optional(),
    pass: z.array(VariableName, typeMessage('a list of names')).optional(),
  },
  typeMessage('a mapping, as `remediate: { run: .github/remediations/scale-up.sh }`'),
);

export const WrittenRule = z.strictObject(
  {
    name: Text,
    blueprint: Text,
    property: Text.optional(),
    on: List(z.enum(ON_WORDS)).optional(),
    from: List(Scalar).optional(),
    to: List(Scalar).optional(),
    above: Number_.optional(),
    below: Number_.optional(),
    clear: Number_.optional(),
    if: Condition.optional(),
    severity: z.enum(SEVERITIES).optional(),
    notify: z.union([z.boolean(), WrittenNotify], typeMessage('true, false or a mapping')).optional(),
    remediate: WrittenRemediate.optional(),
  },
  typeMessage('a mapping'),
);
export type WrittenRule = z.infer<typeof WrittenRule>;

const TextList = List(Text);
const WrittenMatch = z.strictObject(
  Object.fromEntries(
    ROUTE_KEYS.map(key => [key, (key === 'severity' ? List(z.enum(SEVERITIES)) : TextList).optional()]),
  ) as Record<(typeof ROUTE_KEYS)[number], z.ZodOptional<typeof TextList>>,
  typeMessage('a mapping, as `match: { team: payments }`'),
);
const WrittenRoute = z.strictObject({match: WrittenMatch.optional(), slack: Text}, typeMessage('a mapping'));

const fileShape = {
  version: z.literal(1, {
    error: issue => (issue.input === undefined ? 'is missing' : 'must be 1, the only version there is'),
  }),
  statuses: z
    .record(
      z.string(),
      z.array(Text, typeMessage('a list, from best to worst')).min(1, EMPTY_LIST),
      typeMessage('a mapping'),
    )
    .optional(),
  routes: z.array(WrittenRoute, typeMessage('a list')).optional(),
};

/** The file around the rules; each rule is parsed by itself. */
export const WrittenRulesFile = z.strictObject(
  {...fileShape, rules: z.array(z.unknown(), typeMessage('a list')).min(1, 'must hold at least one rule')},
  typeMessage('a mapping with `version: 1` and `rules:`'),
);
export type WrittenRulesFile = z.infer<typeof WrittenRulesFile>;

const KEYS: Record<string, z.ZodObject> = {
  '': WrittenRulesFile,
  'routes.*': WrittenRoute,
  'routes.*.match': WrittenMatch,
  'rules.*': WrittenRule,
  'rules.*.notify': WrittenNotify,
  'rules.*.remediate': WrittenRemediate,
};

/** The keys that are valid at a path of the file. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  const pattern = path.map(part => (typeof part === 'number' ? '*' : String(part))).join('.');
  return Object.keys(KEYS[pattern]?.shape ?? {});
}

/** `must be a number, but is the text "80"`. */
function typeMessage(wanted: string): {error: (issue: {input?: unknown; code?: string}) => string | undefined} {
  return {
    error: ({input, code}) =>
      code === 'invalid_type' || code === 'invalid_union' ? `must be ${wanted}, but is ${describe(input)}` : undefined,
  };
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string'
    ? `the text "${value}"`
    : `${typeof value === 'number' ? 'the number ' : ''}${String(value)}`;
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s<>|]+$/i.test(text) && URL.canParse(text);
}
