/** Schemas: JSON Schema keywords for what the loader of rules checks in functions. Never stricter than the loader. */
import {CONDITION, TEMPLATE} from './expression-pattern.ts';
import {hasAll, hasAny, implies, type JsonSchema, not, trimmed} from './json-schema.ts';
import {DURATION} from './key-doc.ts';
import {DESTINATION, INSTANT, MENTIONS, OURS, PLAIN_NAME, VARIABLE_NAME, WHOLE} from './text-patterns.ts';
import type {Strictness} from './tighten.ts';
import {IS_ALWAYS, SPAN, WHEN} from './window-strictness.ts';

/** A name. An expression can give no destination. */
const IS_NAME = {type: 'string', pattern: '^[^{]*$'};
/** A route that matches everything and does not continue. */
const IS_LAST: JsonSchema = {
  type: 'object',
  properties: {
    match: {type: 'object', maxProperties: 0},
    slack: {anyOf: [IS_NAME, {type: 'array', contains: IS_NAME}]},
    continue: {const: false},
  },
};
/** A route that matches everything must be the last one. Checked for the first 20 routes. */
const ROUTES: JsonSchema = {
  allOf: Array.from({length: 20}, (_, place) => ({
    anyOf: [{maxItems: place + 1}, {items: [...Array(place).fill(true), not(IS_LAST)]}],
  })),
};
const under = (path: string, keys: Readonly<Record<string, JsonSchema>>) =>
  Object.fromEntries(Object.entries(keys).map(([key, schema]) => [`${path}${key}`, schema]));

/** Matches a rule for only this action. */
const onlyOn = (word: string) => ({
  required: ['on'],
  properties: {on: {anyOf: [{const: word}, {type: 'array', minItems: 1, items: {const: word}}]}},
});
const HAS_CONDITION_KEY = hasAny('to', 'above', 'below');

const RULE: JsonSchema = {
  anyOf: [{required: ['notify'], properties: {notify: not({const: false})}}, {required: ['remediate']}],
  dependencies: {
    ...Object.fromEntries(['from', 'to', 'below'].map(key => [key, ['property']])),
    above: {...hasAll('property'), ...not(hasAll('below'))},
    clear: {
      ...hasAll('property'),
      ...implies(
        {properties: {clear: {anyOf: [{type: 'number'}, {type: 'object', required: ['at']}]}}},
        hasAny('above', 'below'),
      ),
    },
    for: HAS_CONDITION_KEY,
    flapping: HAS_CONDITION_KEY,
  },
  allOf: [
    implies({properties: {clear: {type: 'object', required: ['to']}}, required: ['clear']}, hasAll('to')),
    implies({properties: {clear: {type: 'object', required: ['for']}}, required: ['clear']}, HAS_CONDITION_KEY),
    implies(
      {properties: {notify: {type: 'object', ...hasAny('repeat', 'escalate')}}, required: ['notify']},
      HAS_CONDITION_KEY,
    ),
    implies(
      {properties: {remediate: {type: 'object', required: ['verify']}}, required: ['remediate']},
      HAS_CONDITION_KEY,
    ),
    implies(onlyOn('timer-expired'), not(hasAny('from', 'to', 'above', 'below', 'clear'))),
    implies(onlyOn('deleted'), not(hasAny('above', 'below'))),
  ],
};

export const RULES_STRICTNESS: Strictness = {
  texts: {
    'routes.*.slack': DESTINATION,
    'routes.*.fallback': trimmed(PLAIN_NAME),
    ...under('mute.*.when', WHEN),
    ...under('mute.*.when.*', WHEN),
    'mute.*.zone': trimmed('[Uu][Tt][Cc]|[A-Za-z_]+/\\S+|[A-Z][a-z]{3,}'),
    'silences.*.from': INSTANT,
    'silences.*.until': INSTANT,
    'rules.*.if': {pattern: CONDITION},
    'rules.*.notify.slack': DESTINATION,
    'rules.*.notify.text': {pattern: TEMPLATE},
    'rules.*.notify.mention': MENTIONS,
    'rules.*.notify.runbook': trimmed('[Hh][Tt][Tt][Pp][Ss]?://[^\\s<>|]+'),
    'rules.*.notify.repeat': DURATION,
    'rules.*.notify.escalate.slack': trimmed(PLAIN_NAME),
    'rules.*.notify.escalate.*.slack': trimmed(PLAIN_NAME),
    'rules.*.notify.escalate.mention': MENTIONS,
    'rules.*.notify.escalate.*.mention': MENTIONS,
    'rules.*.remediate.run': trimmed('(?![\\\\/~]|[A-Za-z]:)(?!(?:\\S*[\\\\/])?\\.\\.(?:[\\\\/]|\\s*$))\\S+'),
    'rules.*.remediate.pass': trimmed(VARIABLE_NAME),
  },
  values: {
    routes: ROUTES,
    'mute.*.when': {allOf: [SPAN, not(IS_ALWAYS)], items: {allOf: [SPAN, not(IS_ALWAYS)]}},
    'rules.*': RULE,
    'rules.*.clear': {anyOf: [{type: 'number'}, {type: 'object', minProperties: 1}]},
    'rules.*.flapping.changes': WHOLE,
    'rules.*.notify.repeat.times': WHOLE,
    'rules.*.remediate': {
      oneOf: [hasAll('run'), {...hasAll('job'), ...not(hasAny('timeout', 'env', 'pass'))}],
    },
    'rules.*.remediate.attempts': WHOLE,
    'rules.*.remediate.env': {propertyNames: {pattern: `^(?!${OURS})(?!__proto__$)${VARIABLE_NAME}$`}},
  },
};
