/** Schemas: what the loader of rules checks by functions, as keywords of JSON Schema. Never stricter than the loader. */
import {CONDITION, TEMPLATE} from './expression-pattern.ts';
import {anyHas, has, implies, type JsonSchema, not, trimmed} from './schema-words.ts';
import {DESTINATION, DURATION, INSTANT, MENTIONS, NAME, OURS, VARIABLE, WHOLE} from './text-patterns.ts';
import type {Strictness} from './tighten.ts';
import {IS_ALWAYS, SPAN, WHEN} from './window-strictness.ts';

/** A name, not an expression, which may give no destination. */
const IS_NAME = {type: 'string', pattern: '^[^{]*$'};
/** A route that takes every match and ends the search. */
const IS_LAST: JsonSchema = {
  type: 'object',
  properties: {
    match: {type: 'object', maxProperties: 0},
    slack: {anyOf: [IS_NAME, {type: 'array', contains: IS_NAME}]},
    continue: {const: false},
  },
};
/** A route that takes every match is the last one. Checked for the first 20 routes. */
const ROUTES: JsonSchema = {
  allOf: Array.from({length: 20}, (_, place) => ({
    anyOf: [{maxItems: place + 1}, {items: [...Array(place).fill(true), not(IS_LAST)]}],
  })),
};
const under = (path: string, keys: Readonly<Record<string, JsonSchema>>) =>
  Object.fromEntries(Object.entries(keys).map(([key, schema]) => [`${path}${key}`, schema]));

/** The rule reacts to this action only. */
const onlyOn = (word: string) => ({
  required: ['on'],
  properties: {on: {anyOf: [{const: word}, {type: 'array', minItems: 1, items: {const: word}}]}},
});
const EDGE = anyHas('to', 'above', 'below');

const RULE: JsonSchema = {
  anyOf: [{required: ['notify'], properties: {notify: not({const: false})}}, {required: ['remediate']}],
  dependencies: {
    ...Object.fromEntries(['from', 'to', 'below'].map(key => [key, ['property']])),
    above: {...has('property'), ...not(has('below'))},
    clear: {
      ...has('property'),
      ...implies(
        {properties: {clear: {anyOf: [{type: 'number'}, {type: 'object', required: ['at']}]}}},
        anyHas('above', 'below'),
      ),
    },
    for: EDGE,
    flapping: EDGE,
  },
  allOf: [
    implies({properties: {clear: {type: 'object', required: ['to']}}, required: ['clear']}, has('to')),
    implies({properties: {clear: {type: 'object', required: ['for']}}, required: ['clear']}, EDGE),
    implies({properties: {notify: {type: 'object', ...anyHas('repeat', 'escalate')}}, required: ['notify']}, EDGE),
    implies({properties: {remediate: {type: 'object', required: ['verify']}}, required: ['remediate']}, EDGE),
    implies(onlyOn('timer-expired'), not(anyHas('from', 'to', 'above', 'below', 'clear'))),
    implies(onlyOn('deleted'), not(anyHas('above', 'below'))),
  ],
};

export const RULES_STRICTNESS: Strictness = {
  texts: {
    'routes.*.slack': DESTINATION,
    'routes.*.fallback': trimmed(NAME),
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
    'rules.*.notify.escalate.slack': trimmed(NAME),
    'rules.*.notify.escalate.*.slack': trimmed(NAME),
    'rules.*.notify.escalate.mention': MENTIONS,
    'rules.*.notify.escalate.*.mention': MENTIONS,
    'rules.*.remediate.run': trimmed('(?![\\\\/~]|[A-Za-z]:)(?!(?:\\S*[\\\\/])?\\.\\.(?:[\\\\/]|\\s*$))\\S+'),
    'rules.*.remediate.pass': trimmed(VARIABLE),
  },
  values: {
    routes: ROUTES,
    'mute.*.when': {allOf: [SPAN, not(IS_ALWAYS)], items: {allOf: [SPAN, not(IS_ALWAYS)]}},
    'rules.*': RULE,
    'rules.*.clear': {anyOf: [{type: 'number'}, {type: 'object', minProperties: 1}]},
    'rules.*.flapping.changes': WHOLE,
    'rules.*.notify.repeat.times': WHOLE,
    'rules.*.remediate': {
      oneOf: [has('run'), {...has('job'), ...not(anyHas('timeout', 'env', 'pass'))}],
    },
    'rules.*.remediate.attempts': WHOLE,
    'rules.*.remediate.env': {propertyNames: {pattern: `^(?!${OURS})(?!__proto__$)${VARIABLE}$`}},
  },
};
