/** The written form of the rules file: its schema, key by key. */

import * as z from 'zod/mini';
import {messageOf} from '../../base/errors.ts';
import {isHttpUrl} from '../../base/http/url.ts';
import {notEmpty} from '../../base/not-empty.ts';
import type {ChangeAction} from '../../change/change.ts';
import {compileExpression, type ExpressionError} from '../expression/expression.ts';
import {templateMistakes} from '../expression/template.ts';
import {vocabularyOf} from '../yaml/vocabulary.ts';
import {WrittenClear, WrittenEscalation, WrittenFlapping, WrittenRepeat} from './written-incident.ts';
import {WrittenInhibit, WrittenParent} from './written-inhibit.ts';
import {WrittenMute, WrittenSilence, WrittenWhen} from './written-mute.ts';
import {WrittenMatch, WrittenRoute, WrittenSlack} from './written-routes.ts';
import {
  Duration,
  List,
  Mention,
  Number_,
  RefinedText,
  Scalars,
  Severity,
  Text,
  typeMessage,
  WholeNumber,
  Word,
} from './written-values.ts';

/** The words of `on`. */
export const ON_ACTIONS = {
  created: 'CREATE',
  updated: 'UPDATE',
  deleted: 'DELETE',
  'timer-expired': 'TIMER_EXPIRED',
} as const satisfies Record<string, ChangeAction>;

export const ON_WORDS = Object.keys(ON_ACTIONS) as (keyof typeof ON_ACTIONS)[];

const {optional} = z;
const Url = Text.check(z.refine(isHttpUrl, 'must be an http or https URL'));

const Condition = RefinedText(text => {
  try {
    compileExpression(text);
    return undefined;
  } catch (error) {
    return {message: messageOf(error), column: (error as ExpressionError).column};
  }
});

/** A relative path to one file inside the repository. Not a shell command. */
const ScriptPath = RefinedText(path => {
  const message = scriptPathMistake(path);
  return message === undefined ? undefined : {message};
});

/** Why the path is not a valid script path. Undefined if it is valid. */
export function scriptPathMistake(path: string): string | undefined {
  if (/[\s\p{Cc}]/u.test(path)) {
    return 'must be the path of one file of the repository, not a shell line. Put the command in a script, and values in env.';
  }
  if (/^([\\/~]|[A-Za-z]:)/.test(path) || path.split(/[\\/]/).includes('..')) {
    return 'must be a path inside the repository, relative to its root';
  }
  return undefined;
}

/** The name of an environment variable. */
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VariableName = Text.check(z.regex(VARIABLE, 'must be the name of a variable: letters, digits and _'));

/** The text of a message, with expressions in braces. */
const MessageText = Text.check(
  z.superRefine((text, context) => {
    for (const {message, column} of templateMistakes(text)) {
      context.addIssue({code: 'custom', message, params: {column}});
    }
  }),
);

const WrittenEscalations = List(
  WrittenEscalation,
  typeMessage('a list, for example `[{ after: 30m, slack: on-call }]`'),
);

const WrittenNotify = z.strictObject({
  mention: optional(Mention),
  runbook: optional(Url),
  slack: optional(WrittenSlack),
  text: optional(MessageText),
  recovery: optional(z.boolean(typeMessage('true or false'))),
  repeat: optional(WrittenRepeat),
  escalate: optional(WrittenEscalations),
});

const EnvValue = z.union([z.string(), z.number(), z.boolean()], typeMessage('a string, a number, true or false'));

const WrittenRemediate = z.strictObject(
  {
    run: optional(ScriptPath),
    job: optional(Text),
    timeout: optional(Duration),
    cooldown: optional(Duration),
    attempts: optional(WholeNumber),
    verify: optional(Duration),
    env: optional(z.record(z.string(), EnvValue, typeMessage('a mapping, for example `env: { REPLICAS: 3 }`'))),
    pass: optional(z.array(VariableName, typeMessage('a list of names'))),
  },
  typeMessage('a mapping, for example `remediate: { run: .github/remediations/scale-up.sh }`'),
);

export const WrittenRule = z.strictObject(
  {
    name: Text,
    blueprint: Text,
    property: optional(Text),
    on: optional(List(Word(ON_WORDS))),
    from: optional(Scalars),
    to: optional(Scalars),
    above: optional(Number_),
    below: optional(Number_),
    for: optional(Duration),
    clear: optional(WrittenClear),
    flapping: optional(WrittenFlapping),
    if: optional(Condition),
    severity: optional(Severity),
    notify: optional(z.union([z.boolean(), WrittenNotify], typeMessage('true, false or a mapping'))),
    remediate: optional(WrittenRemediate),
  },
  typeMessage('a mapping'),
);
export type WrittenRule = z.infer<typeof WrittenRule>;

const Ranks = z.array(Text, typeMessage('a list, from best to worst')).check(
  notEmpty('is an empty list. List values from best to worst.'),
  z.refine(values => new Set(values).size === values.length, 'contains a value twice'),
);

/** The blueprint of incident entities in Port. */
const WrittenIncidents = z.strictObject(
  {blueprint: Text},
  typeMessage('a mapping, for example `incidents: { blueprint: portReactorIncident }`'),
);

/** The file without its rules. Each rule is parsed separately. */
export const WrittenRulesFile = z.strictObject(
  {
    version: z.literal(1, {
      error: ({input}) => (input === undefined ? 'is missing' : 'must be 1, the only supported version'),
    }),
    statuses: optional(z.record(z.string(), Ranks, typeMessage('a mapping'))),
    routes: optional(z.array(WrittenRoute, typeMessage('a list'))),
    mute: optional(z.array(WrittenMute, typeMessage('a list'))),
    silences: optional(z.array(WrittenSilence, typeMessage('a list'))),
    inhibit: optional(z.array(WrittenInhibit, typeMessage('a list'))),
    incidents: optional(WrittenIncidents),
    rules: z.array(z.unknown(), typeMessage('a list')).check(notEmpty('must contain at least one rule')),
  },
  typeMessage('a mapping with `version: 1` and `rules:`'),
);
/** A file without mistakes. */
export type WrittenRules = Omit<z.infer<typeof WrittenRulesFile>, 'rules'> & {readonly rules: readonly WrittenRule[]};

export const {isKey, keysAt} = vocabularyOf({
  '': WrittenRulesFile,
  'routes.*': WrittenRoute,
  'routes.*.match': WrittenMatch,
  'mute.*': WrittenMute,
  'mute.*.match': WrittenMatch,
  'mute.*.when': WrittenWhen,
  'mute.*.when.*': WrittenWhen,
  'silences.*': WrittenSilence,
  'silences.*.match': WrittenMatch,
  'inhibit.*': WrittenInhibit,
  'inhibit.*.while': WrittenParent,
  'inhibit.*.match': WrittenMatch,
  incidents: WrittenIncidents,
  'rules.*': WrittenRule,
  'rules.*.clear': WrittenClear.def.options[1],
  'rules.*.flapping': WrittenFlapping,
  'rules.*.notify': WrittenNotify,
  'rules.*.notify.repeat': WrittenRepeat.def.options[1],
  'rules.*.notify.escalate': WrittenEscalation,
  'rules.*.notify.escalate.*': WrittenEscalation,
  'rules.*.remediate': WrittenRemediate,
});
