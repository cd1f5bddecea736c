/** Schemas: what the loader checks by functions, in JSON Schema's own words, as far as it has them. Never stricter than the loader. */
import {isObject} from '../base/json.ts';
import {EVENT} from './event-strictness.ts';
import {CONDITION, ENCLOSED, TEMPLATE} from './expression-pattern.ts';

type JsonSchema = Record<string, unknown>;

/** Keywords by the path of the key, with `*` for any item of a list. */
export interface Strictness {
  /** For each text under the key, whether it stands alone or in a list. */
  readonly texts: Readonly<Record<string, JsonSchema>>;
  /** For the whole value: what its keys say together. */
  readonly values: Readonly<Record<string, JsonSchema>>;
}

/** The loader trims most texts before it looks at them. */
const trimmed = (pattern: string) => ({pattern: `^\\s*(?:${pattern})\\s*$`});
const not = (schema: JsonSchema) => ({not: schema});
const has = (...required: string[]) => ({required});
/** If the one holds, so must the other. */
const implies = (one: JsonSchema, other: JsonSchema) => ({anyOf: [not(one), other]});
const anyHas = (...keys: string[]) => ({anyOf: keys.map(key => has(key))});

const ADDRESS = '\\S*(?:[Hh][Oo][Oo][Kk][Ss]\\.[Ss][Ll][Aa][Cc][Kk](?:-[Gg][Oo][Vv])?\\.[Cc][Oo][Mm]|://)';
const NAME = `(?!${ADDRESS})[^\\s=#{}]+`;
const DESTINATION = trimmed(`${NAME}|${ENCLOSED}`);
const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
const CLOCK = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const DATE = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const OFFSET = '(?:[Zz]|[+-](?:[01]\\d|2[0-4]):[0-5]\\d)';
const INSTANT = trimmed(`${DATE}[Tt ](?:[01]\\d|2[0-4]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?${OFFSET}`);
const MENTION = '(?:<!subteam\\^S[A-Z0-9]+(?:\\|[^<>|]*)?>|<@[UW][A-Z0-9]+>|<!(?:here|channel|everyone)>)';
const MENTIONS = trimmed(`${MENTION}(?:\\s+${MENTION})*`);
const VARIABLE = '[A-Za-z_][A-Za-z0-9_]*';
const OURS = '[Rr][Ee][Aa][Cc][Tt][Oo][Rr]_';
const WHOLE = {type: 'integer', maximum: Number.MAX_SAFE_INTEGER};
const DURATION = {pattern: '^[1-9][0-9]{0,5}(?:s|m|h)$'};

const WHEN = {
  '.days': trimmed(`${DAY}(?:-${DAY})?`),
  '.from': trimmed(CLOCK),
  '.to': trimmed(`${CLOCK}|24:00`),
};
/** Not an expression, which may lead nowhere. */
const IS_NAME = {type: 'string', pattern: '^[^{]*$'};
/** A route that takes everything, and lets nothing go on. */
const IS_LAST: JsonSchema = {
  type: 'object',
  properties: {
    match: {type: 'object', maxProperties: 0},
    slack: {anyOf: [IS_NAME, {type: 'array', contains: IS_NAME}]},
    continue: {const: false},
  },
};
/** Both times of day, with 00:00 and 24:00 for those that are absent, have the same character at this place. */
const sameAt = (place: number, chars: string): JsonSchema => {
  const is = (key: string, absent: string, char: string) => ({
    properties: {[key]: {type: 'string', pattern: `^\\s*.{${place}}${char}`}},
    ...(absent[place] === char ? {} : has(key)),
  });
  return {anyOf: [...chars].map(char => ({allOf: [is('from', '00:00', char), is('to', '24:00', char)]}))};
};
/** From each day to the one before it. */
const EVERY_DAY = 'mon-sun|tue-mon|wed-tue|thu-wed|fri-thu|sat-fri|sun-sat';
/** A window that never ends. */
const IS_ALWAYS: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    days: {
      anyOf: [
        {type: 'string', ...trimmed(EVERY_DAY)},
        {type: 'array', contains: {type: 'string', ...trimmed(EVERY_DAY)}},
      ],
    },
    from: trimmed('00:00'),
    to: trimmed('24:00'),
  },
};
/** Days and times of day that are some time. */
const SPAN = {
  not: {
    type: 'object',
    allOf: [sameAt(0, '012'), sameAt(1, '0123456789'), sameAt(3, '012345'), sameAt(4, '0123456789')],
  },
};
/** For as many routes as people write: one that takes everything is the last one. */
const ROUTES: JsonSchema = {
  allOf: Array.from({length: 20}, (_, place) => ({
    anyOf: [{maxItems: place + 1}, {items: [...Array(place).fill(true), not(IS_LAST)]}],
  })),
};
const under = (path: string, keys: Readonly<Record<string, JsonSchema>>) =>
  Object.fromEntries(Object.entries(keys).map(([key, schema]) => [`${path}${key}`, schema]));

/** That the rule reacts to this alone. */
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

const CHANGE: JsonSchema = {
  dependencies: {from: ['property'], to: ['property']},
  allOf: [
    implies({properties: {action: {const: 'created'}}, required: ['action']}, not(has('from'))),
    implies({properties: {action: {const: 'deleted'}}, required: ['action']}, not(has('to'))),
    implies({properties: {action: {const: 'timer-expired'}}, required: ['action']}, not(anyHas('from', 'to'))),
  ],
};
const OF_EVENT = [
  'blueprint',
  'entity',
  'title',
  'team',
  'action',
  'property',
  'from',
  'to',
  'properties',
  'relations',
  'by',
  'origin',
];

const expectation = (path: string): Strictness['values'] => ({
  [path]: {anyOf: [{const: 'nothing'}, {type: 'object', minProperties: 1}]},
  [`${path}.rules`]: {uniqueItems: true},
  [`${path}.messages.*`]: {minProperties: 1},
  [`${path}.remediations.*`]: {oneOf: [has('run'), has('job')]},
  [`${path}.incidents.*`]: {minProperties: 1},
});

export const RULE_TESTS_STRICTNESS: Strictness = {
  texts: {
    destinations: trimmed(NAME),
    'tests.*.now': INSTANT,
    'tests.*.change.at': INSTANT,
    'tests.*.changes.*.at': INSTANT,
    'tests.*.expect.messages.*.slack': not({pattern: ADDRESS}),
    'tests.*.changes.*.expect.messages.*.slack': not({pattern: ADDRESS}),
  },
  values: {
    'tests.*': {
      oneOf: [has('change'), has('event'), has('changes')],
      anyOf: [has('expect'), {...has('changes'), properties: {changes: {type: 'array', contains: has('expect')}}}],
    },
    'tests.*.change': {...has('blueprint'), ...CHANGE},
    'tests.*.event': EVENT,
    'tests.*.changes': {items: [not(has('after'))]},
    'tests.*.changes.*.event': EVENT,
    'tests.*.changes.*': {
      ...CHANGE,
      anyOf: [
        {...has('event'), ...not(anyHas('ack', ...OF_EVENT))},
        {...not(anyHas('event', 'ack')), ...has('blueprint')},
        {...has('ack'), ...not(anyHas('event', 'at', ...OF_EVENT))},
        {...has('wait'), ...not(anyHas('event', 'ack', 'at', ...OF_EVENT))},
      ],
      ...not({anyOf: [has('at', 'after'), has('at', 'wait'), has('after', 'wait')]}),
    },
    ...expectation('tests.*.expect'),
    ...expectation('tests.*.changes.*.expect'),
  },
};

/** The schema with all that is known of each path in it. */
export function tighten(schema: JsonSchema, path: string, strictness: Strictness): JsonSchema {
  const text = strictness.texts[path];
  const value = strictness.values[path];
  const inner = tightenInside(schema, path, strictness);
  const own = text === undefined ? inner : tightenTexts(inner, text);
  return value === undefined ? own : merged(own, value);
}

/** Alternatives share the path of the key. */
function tightenInside(schema: JsonSchema, path: string, strictness: Strictness): JsonSchema {
  const under = (key: string) => (path === '' ? key : `${path}.${key}`);
  const child = (value: unknown, at: string) => (isObject(value) ? tighten(value, at, strictness) : value);
  const {properties, items, additionalProperties, anyOf} = schema;
  return {
    ...schema,
    ...(schema['type'] === 'string' && schema['minLength'] === 1 ? {pattern: '\\S'} : {}),
    ...(isObject(properties) ? {properties: mapValues(properties, (value, key) => child(value, under(key)))} : {}),
    ...(isObject(items) ? {items: child(items, under('*'))} : {}),
    ...(isObject(additionalProperties) ? {additionalProperties: child(additionalProperties, under('*'))} : {}),
    ...(Array.isArray(anyOf)
      ? {anyOf: anyOf.map(one => (isObject(one) ? tightenInside(one, path, strictness) : one))}
      : {}),
  };
}

function mapValues(values: JsonSchema, map: (value: unknown, key: string) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]));
}

function tightenTexts(schema: JsonSchema, text: JsonSchema): JsonSchema {
  const {anyOf, items} = schema;
  return {
    ...schema,
    ...(schema['type'] === 'string' ? text : {}),
    ...(Array.isArray(anyOf) ? {anyOf: anyOf.map(one => (isObject(one) ? tightenTexts(one, text) : one))} : {}),
    ...(isObject(items) ? {items: tightenTexts(items, text)} : {}),
  };
}

/** Keywords that both have, and that are not the same, must both hold. */
function merged(schema: JsonSchema, more: JsonSchema): JsonSchema {
  const clash = Object.keys(more).filter(key => Object.hasOwn(schema, key) && key !== 'type' && key !== 'maximum');
  if (clash.length === 0) return {...schema, ...more};
  return {...schema, allOf: [...((schema['allOf'] as unknown[] | undefined) ?? []), more]};
}
