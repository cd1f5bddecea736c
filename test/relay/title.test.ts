import {expect, test} from '@jest/globals';
import {titleOf} from '../../relay/title.ts';
import type {Change} from '../../src/change/change.ts';
import {transitionOf} from '../../src/change/transition.ts';
import {aChange} from '../helpers/a-change.ts';

const cases: readonly {name: string; change: Change; property?: string; expected: string}[] = [
  {
    name: "a rule's transition",
    change: aChange({properties: {cpuUtil: 1}}),
    property: 'healthStatus',
    expected: 'notification-service-prod: healthStatus Healthy → Degraded',
  },
  {
    name: 'the first property that changed, where no rule is known',
    change: aChange({property: 'cpuUtil', from: 20, to: 90, properties: {healthStatus: 'Healthy'}}),
    expected: 'notification-service-prod: cpuUtil 20 → 90',
  },
  {
    name: 'a value that was not set',
    change: aChange({action: 'CREATE'}),
    property: 'healthStatus',
    expected: 'notification-service-prod: healthStatus not set → Degraded',
  },
  {name: 'a creation', change: aChange({action: 'CREATE'}), expected: 'notification-service-prod: created'},
  {name: 'a deletion', change: aChange({action: 'DELETE'}), expected: 'notification-service-prod: deleted'},
  {
    name: 'a timer, which has no transition',
    change: aChange({action: 'TIMER_EXPIRED'}),
    property: 'ttl',
    expected: 'notification-service-prod: timer expired',
  },
  {
    name: 'an update of nothing that is a property',
    change: aChange({from: 'Healthy', to: 'Healthy'}),
    expected: 'notification-service-prod: updated',
  },
  {
    name: 'hostile text, on one line',
    change: aChange({entity: 'a\nb', to: '\u202egnp\r\n::error::x'}),
    property: 'healthStatus',
    expected: 'a b: healthStatus Healthy → gnp ::error::x',
  },
  {
    name: 'long text, so that something of everything is left',
    change: aChange({
      entity: 'e'.repeat(500),
      property: 'p'.repeat(100),
      from: 'f'.repeat(100),
      to: {a: 't'.repeat(100)},
    }),
    expected: `${'e'.repeat(59)}…: ${'p'.repeat(39)}… ${'f'.repeat(39)}… → {"a":"${'t'.repeat(33)}…`,
  },
];

test.each(cases)('$name', ({change, property, expected}) => {
  expect(titleOf(change, property === undefined ? undefined : transitionOf(change, property))).toBe(expected);
});
