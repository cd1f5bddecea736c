/**
 * Schemas: Port's events in rule tests, as src/change/event/parse-change.ts reads them: the plain form of an automation or
 * changelog event. The loader checks wrapped events.
 */
import {hasAll, hasAny, type JsonSchema} from './json-schema.ts';

const nullish = (schema: JsonSchema) => ({anyOf: [{type: 'null'}, schema]});

/** Keys that mean that the event is wrapped or of another kind. */
const WRAPPERS = [
  ...['event', 'port', 'port_payload', 'port_context', 'payload', 'client_payload', 'inputs'],
  ...['version', 'changes', 'packed', 'resourceType'],
];

/** Matches an event about an entity. */
const IS_PLAIN: JsonSchema = {
  type: 'object',
  not: hasAny(...WRAPPERS),
  anyOf: [
    hasAll('diff'),
    {...hasAll('context'), properties: {context: {type: 'object', ...hasAny('entity', 'entityIdentifier')}}},
  ],
};

const TEXT = {type: 'string'};
const IDENTIFIER = {type: 'string', minLength: 1};
const TIME = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?([Zz]|[+-]\\d\\d:?\\d\\d)?$',
};

const SNAPSHOT = {
  type: 'object',
  properties: {
    title: nullish(TEXT),
    team: nullish({anyOf: [TEXT, {type: 'array', items: TEXT}]}),
    properties: nullish({type: 'object'}),
    relations: nullish({type: 'object'}),
  },
};

/** Matches actions case-insensitively, with spaces or `_`. */
const action = (...names: string[]): JsonSchema => {
  const either = (letter: string) => (letter === '_' ? '[ _]' : `[${letter}${letter.toLowerCase()}]`);
  return {type: 'string', pattern: `^(?:${names.map(name => [...name].map(either).join('')).join('|')})$`};
};
const BEFORE = action('DELETE');
const AFTER = action('CREATE', 'UPDATE');
const NEITHER = action('TIMER_EXPIRED', 'TIMER_PROPERTY_EXPIRED');

/** Requires the side of the diff that the actions need. */
const sided = (which: JsonSchema, side: string): JsonSchema => ({
  ...hasAll('action', 'diff'),
  properties: {action: which, diff: {type: 'object', ...hasAll(side), properties: {[side]: {type: 'object'}}}},
});

const PLAIN: JsonSchema = {
  ...hasAll('context', 'action'),
  properties: {
    context: {
      type: 'object',
      anyOf: [
        {
          ...hasAll('blueprintIdentifier', 'entityIdentifier'),
          properties: {blueprintIdentifier: IDENTIFIER, entityIdentifier: IDENTIFIER},
        },
        {
          ...hasAll('blueprint', 'entity'),
          not: hasAll('blueprintIdentifier'),
          properties: {blueprint: IDENTIFIER, entity: IDENTIFIER},
        },
      ],
    },
    trigger: nullish({
      type: 'object',
      properties: {at: nullish(TIME), origin: nullish(TEXT), by: nullish({type: 'object'})},
    }),
    diff: nullish({type: 'object', properties: {before: nullish(SNAPSHOT), after: nullish(SNAPSHOT)}}),
    additionalData: nullish({type: 'object'}),
  },
  anyOf: [sided(BEFORE, 'before'), sided(AFTER, 'after'), {properties: {action: NEITHER}}],
};

/** The schema of the value of `event`. */
export const EVENT: JsonSchema = {minProperties: 1, anyOf: [{not: IS_PLAIN}, PLAIN]};
