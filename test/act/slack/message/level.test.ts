import {describe, expect, test} from '@jest/globals';
import {
  byLevel,
  headOf,
  isWorsening,
  type Level,
  levelCounts,
  levelOf,
  worstStatus,
} from '../../../../src/act/slack/message/level.ts';
import type {Match} from '../../../../src/decide/plan.ts';
import {aChange} from '../../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../../helpers/values/plans.ts';

const STATUSES = new Map([['healthStatus', ['Healthy', 'Degraded', 'Crashed']]]);
const ALL: readonly Level[] = ['critical', 'warning', 'worsened', 'info', 'improved', 'recovered'];

/** The matches of the rules for an entity whose health and CPU changed. */
function matches(rules: readonly string[], health: [unknown, unknown], cpu: [number, number] = [1, 1]): Match[] {
  const side = (index: 0 | 1) => ({properties: {healthStatus: health[index], cpuUtil: cpu[index]}, relations: {}});
  const {plan} = planFor(rulesFile(rules), [aChange({before: side(0), after: side(1)})]);
  return plan.notifications.flatMap(notification => notification.matches);
}

const CRITICAL = 'severity: critical, notify: true';
const INFO = 'notify: true';
const CPU = 'property: cpuUtil, above: 80, notify: true';
const ANY = 'on: updated, notify: true';
const ANY_CRITICAL = 'on: updated, severity: critical, notify: true';

describe('the level', () => {
  test.each<[string, string[], [unknown, unknown], [number, number], Level]>([
    ['a decline that the rule calls critical', [CRITICAL], ['Healthy', 'Crashed'], [1, 1], 'critical'],
    ['a decline under a rule of severity info', [INFO], ['Healthy', 'Crashed'], [1, 1], 'worsened'],
    ['an improvement of any severity', [CRITICAL], ['Crashed', 'Degraded'], [1, 1], 'improved'],
    ['a recovery of any severity', [CRITICAL], ['Crashed', 'Healthy'], [1, 1], 'recovered'],
    ['a new entity with a good status', [CRITICAL], [null, 'Healthy'], [1, 1], 'info'],
    ['a new entity with a bad status', [CRITICAL], [null, 'Crashed'], [1, 1], 'critical'],
    ['a value that is not a status', [CRITICAL], ['Healthy', 'Lost'], [1, 1], 'critical'],
    ['a value that passes a threshold', [CPU], ['Healthy', 'Healthy'], [1, 90], 'worsened'],
    ['a recovery while a value passes a threshold', [CRITICAL, CPU], ['Crashed', 'Healthy'], [1, 90], 'worsened'],
    ['a recovery that another rule matches as a change', [CRITICAL, ANY], ['Crashed', 'Healthy'], [1, 1], 'recovered'],
    [
      'a recovery in a change that another rule calls critical',
      [INFO, ANY_CRITICAL],
      ['Crashed', 'Healthy'],
      [1, 1],
      'critical',
    ],
    ['any change', [ANY], ['Crashed', 'Healthy'], [1, 1], 'info'],
  ])('of %s', (_name, rules, health, cpu, expected) => {
    expect(levelOf(matches(rules, health, cpu), STATUSES)).toBe(expected);
  });

  test('each has its own icon, label and rank', () => {
    expect(ALL.map(headOf)).toEqual([
      '🔴 *CRITICAL*',
      '🟠 *WARNING*',
      '🔽 *WORSENED*',
      '🔵 *INFO*',
      '🔼 *IMPROVED*',
      '🟢 *RECOVERED*',
    ]);
    const some = ALL.map(level => ({level, rank: 0}));
    expect(some.toReversed().toSorted(byLevel)).toEqual(some);
  });

  test('the worse status comes first within one kind', () => {
    const rank = (to: string) => worstStatus(matches([INFO], ['Healthy', to]), STATUSES);
    expect([rank('Degraded'), rank('Crashed'), rank('Lost')]).toEqual([0.5, 1, 0]);
    expect(worstStatus(matches([INFO], ['Healthy', {toString: null}]), STATUSES)).toBe(0);
    const [a, b] = [{level: 'info', rank: 0.5} as const, {level: 'info', rank: 1} as const];
    expect([a, b].toSorted(byLevel)).toEqual([b, a]);
  });
});

test('levelCounts counts all levels, the worst first', () => {
  const all = (['recovered', 'critical', 'recovered', 'info'] as const).map(level => ({level}));
  expect(levelCounts(all)).toBe('🔴 1 critical · 🔵 1 info · 🟢 2 recovered');
});

describe('isWorsening decides about', () => {
  test.each<[string, string, [unknown, unknown], [number, number], boolean]>([
    ['a decline', INFO, ['Healthy', 'Degraded'], [1, 1], true],
    ['a value that is not a status', INFO, ['Healthy', 'Lost'], [1, 1], true],
    ['a removed status', INFO, ['Healthy', null], [1, 1], true],
    ['a threshold', CPU, ['Healthy', 'Healthy'], [1, 90], true],
    ['a rule without a property', ANY, ['Healthy', 'Healthy'], [1, 2], true],
    ['an improvement', INFO, ['Crashed', 'Degraded'], [1, 1], false],
    ['a recovery', INFO, ['Crashed', 'Healthy'], [1, 1], false],
    ['a new entity with a good status', INFO, [null, 'Healthy'], [1, 1], false],
  ])('%s: %#', (_name, rule, health, cpu, expected) => {
    const [match] = matches([rule], health, cpu);
    expect(match && isWorsening(match, STATUSES)).toBe(expected);
  });

  test('any match of a property without configured statuses', () => {
    const [match] = matches([INFO], ['Crashed', 'Healthy']);
    expect(match && isWorsening(match, new Map())).toBe(true);
  });
});
