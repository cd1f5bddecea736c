import {describe, expect, test} from '@jest/globals';
import type {Change} from '../../src/change/change.ts';
import {transitionOf} from '../../src/change/transition.ts';
import {dispatchTitle} from '../../src/dispatch/title.ts';
import {aChange} from '../helpers/values/a-change.ts';

const cases: readonly {name: string; change: Change; property?: string; expected: string}[] = [
  {
    name: 'the transition of a rule',
    change: aChange({properties: {cpuUtil: 1}}),
    property: 'healthStatus',
    expected: 'notification-service-prod: healthStatus Healthy → Degraded',
  },
  {
    name: 'the first changed property without a rule',
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
    name: 'an update without a changed property',
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
    name: 'long text, with a part of each value',
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

describe('the title of several changes', () => {
  const changed = (entity: string, to: unknown, more: Partial<Change> = {}) => {
    const change = aChange({entity, to, ...more});
    return {change, transition: transitionOf(change, 'healthStatus')};
  };

  test.each<[string, ReturnType<typeof changed>[], string]>([
    [
      'of one entity',
      [changed('a', 'Degraded'), changed('a', 'Crashed')],
      '2 changes: healthStatus → Degraded ×1, → Crashed ×1 in a',
    ],
    [
      'with the same transition',
      [changed('a', 'Degraded'), changed('b', 'Degraded')],
      '2 changes: healthStatus → Degraded in a and b',
    ],
    [
      'of many',
      Array.from({length: 12}, (_, n) => changed(`service-${n}`, n < 8 ? 'Degraded' : 'Crashed')),
      '12 changes: healthStatus → Degraded ×8, → Crashed ×4 in service-0, service-1, service-2 and 9 more',
    ],
  ])('%s has the number, the transitions and the entities', (_name, titled, expected) => {
    expect(dispatchTitle(titled)).toBe(expected);
  });

  test('is one line of 100 characters that ends with the number of other entities', () => {
    const titled = Array.from({length: 40}, (_, n) => changed(`${'e'.repeat(200)}-${n}\n`, 'x'.repeat(300)));
    const title = dispatchTitle(titled);
    expect(title.length).toBeLessThanOrEqual(100);
    expect(title).toMatch(/^40 changes: .* in e+… and 39 more$/);
  });
});
