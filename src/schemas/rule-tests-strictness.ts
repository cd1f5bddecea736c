/** Schemas: what the loader of rule tests checks by functions, as keywords of JSON Schema. Never stricter than the loader. */
import {EVENT} from './event-strictness.ts';
import {anyHas, has, implies, type JsonSchema, not, trimmed} from './schema-words.ts';
import {ADDRESS, INSTANT, NAME} from './text-patterns.ts';
import type {Strictness} from './tighten.ts';

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
