import {describe, expect, test} from '@jest/globals';
import type {Change} from '../../src/change/change.ts';
import {transitionOf} from '../../src/change/transition.ts';
import {dispatchTitle} from '../../src/dispatch/title.ts';
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
  expect(
    dispatchTitle([{change, transition: property === undefined ? undefined : transitionOf(change, property)}]),
  ).toBe(expected);
});

describe('of several changes', () => {
  const went = (entity: string, to: unknown, more: Partial<Change> = {}) => {
    const change = aChange({entity, to, ...more});
    return {change, transition: transitionOf(change, 'healthStatus')};
  };

  test.each<[string, ReturnType<typeof went>[], string]>([
    [
      'of one entity',
      [went('a', 'Degraded'), went('a', 'Crashed')],
      '2 changes: healthStatus → Degraded ×1, → Crashed ×1 in a',
    ],
    ['alike', [went('a', 'Degraded'), went('b', 'Degraded')], '2 changes: healthStatus → Degraded in a and b'],
    [
      'of many',
      Array.from({length: 12}, (_, n) => went(`service-${n}`, n < 8 ? 'Degraded' : 'Crashed')),
      '12 changes: healthStatus → Degraded ×8, → Crashed ×4 in service-0, service-1, service-2 and 9 more',
    ],
  ])('%s it says how many, what and where', (_name, told, expected) => {
    expect(dispatchTitle(told)).toBe(expected);
  });

  test('it is one line of 100 characters, that ends in how many more there are', () => {
    const told = Array.from({length: 40}, (_, n) => went(`${'e'.repeat(200)}-${n}\n`, 'x'.repeat(300)));
    const title = dispatchTitle(told);
    expect(title.length).toBeLessThanOrEqual(100);
    expect(title).toMatch(/^40 changes: .* in e+… and 39 more$/);
  });
});
