/** Schemas: JSON Schema keywords for what the loader of rule tests checks in functions. Never stricter than the loader. */
import {EVENT} from './event-strictness.ts';
import {hasAll, hasAny, implies, type JsonSchema, not, trimmed} from './json-schema.ts';
import {ADDRESS, INSTANT, PLAIN_NAME} from './text-patterns.ts';
import type {Strictness} from './tighten.ts';

const CHANGE: JsonSchema = {
  dependencies: {from: ['property'], to: ['property']},
  allOf: [
    implies({properties: {action: {const: 'created'}}, required: ['action']}, not(hasAll('from'))),
    implies({properties: {action: {const: 'deleted'}}, required: ['action']}, not(hasAll('to'))),
    implies({properties: {action: {const: 'timer-expired'}}, required: ['action']}, not(hasAny('from', 'to'))),
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
  [`${path}.remediations.*`]: {oneOf: [hasAll('run'), hasAll('job')]},
  [`${path}.incidents.*`]: {minProperties: 1},
});

export const RULE_TESTS_STRICTNESS: Strictness = {
  texts: {
    destinations: trimmed(PLAIN_NAME),
    'tests.*.now': INSTANT,
    'tests.*.change.at': INSTANT,
    'tests.*.changes.*.at': INSTANT,
    'tests.*.expect.messages.*.slack': not({pattern: ADDRESS}),
    'tests.*.changes.*.expect.messages.*.slack': not({pattern: ADDRESS}),
  },
  values: {
    'tests.*': {
      oneOf: [hasAll('change'), hasAll('event'), hasAll('changes')],
      anyOf: [
        hasAll('expect'),
        {...hasAll('changes'), properties: {changes: {type: 'array', contains: hasAll('expect')}}},
      ],
    },
    'tests.*.change': {...hasAll('blueprint'), ...CHANGE},
    'tests.*.event': EVENT,
    'tests.*.changes': {items: [not(hasAll('after'))]},
    'tests.*.changes.*.event': EVENT,
    'tests.*.changes.*': {
      ...CHANGE,
      anyOf: [
        {...hasAll('event'), ...not(hasAny('ack', ...OF_EVENT))},
        {...not(hasAny('event', 'ack')), ...hasAll('blueprint')},
        {...hasAll('ack'), ...not(hasAny('event', 'at', ...OF_EVENT))},
        {...hasAll('wait'), ...not(hasAny('event', 'ack', 'at', ...OF_EVENT))},
      ],
      ...not({anyOf: [hasAll('at', 'after'), hasAll('at', 'wait'), hasAll('after', 'wait')]}),
    },
    ...expectation('tests.*.expect'),
    ...expectation('tests.*.changes.*.expect'),
  },
};
