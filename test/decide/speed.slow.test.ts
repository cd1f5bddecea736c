/** The time of a decision, relative to other work on the same machine at the same time. The limits allow for a busy machine. */
import {describe, expect, test} from '@jest/globals';
import {sift} from '../../relay/sift.ts';
import {contentId} from '../../src/change/change.ts';
import {decide} from '../../src/decide/evaluate.ts';
import {plan} from '../../src/decide/plan.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {aChange} from '../helpers/values/a-change.ts';

const CONDITIONS = [
  'property: healthStatus, from: Healthy, to: [Degraded, Crashed], if: after.properties.locked != true',
  'property: healthStatus',
  'property: cpuUtil, above: 80',
  'on: created',
  "property: healthStatus, to: Crashed, if: after.properties.tier == 'gold' && change.entity != 'x'",
];

/** `own` rules for one blueprint, and `others` rules for fifty other blueprints. */
function rulesFor(own: number, others: number): Rules {
  const rule = (index: number, blueprint: string) =>
    `  - {name: ${blueprint}-${index}, blueprint: ${blueprint}, ${CONDITIONS[index % CONDITIONS.length]}, notify: true}`;
  const rules = [
    ...Array.from({length: own}, (_, index) => rule(index, 'deploymentConfig')),
    ...Array.from({length: others}, (_, index) => rule(index, `other${index % 50}`)),
  ];
  return parseRules(`version: 1\nrules:\n${rules.join('\n')}\n`, 'rules.yml');
}

const CHANGES = Array.from({length: 500}, (_, index) =>
  aChange({
    entity: `service-${index}`,
    to: ['Degraded', 'Crashed', 'Healthy'][index % 3],
    properties: {cpuUtil: index % 100, memoryUtil: 50, locked: false, tier: 'gold', replicas: 3, version: '1.2.3'},
  }),
);

/** The number of rules of a blueprint with many rules. */
function fiftyRules(conditionOf: (n: number) => string): Rules {
  const rules = Array.from(
    {length: 50},
    (_, n) => `  - {name: r-${n}, blueprint: deploymentConfig, ${conditionOf(n)}, notify: true}`,
  );
  return parseRules(`version: 1\nrules:\n${rules.join('\n')}\n`, 'rules.yml');
}

const FIFTY = fiftyRules(n => `property: p${n}, above: 80`);
const FIFTY_IFS = fiftyRules(
  n =>
    `if: "after.properties.p${n} == 'Crashed' || startsWith(change.entity, 'p${n}') && before.properties.tier != 'gold'"`,
);

const decideWith = (rules: Rules) => () => plan(rules, decide(rules, CHANGES));
const hashAll = () => CHANGES.map(contentId);

/** The time of the first divided by that of the second. Runs them in turn and takes the shortest run of each. */
function ratio(first: () => unknown, second: () => unknown): number {
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 5; round++) {
    for (const [index, work] of [first, second].entries()) {
      const start = performance.now();
      work();
      best[index] = Math.min(best[index] ?? 0, performance.now() - start);
    }
  }
  return (best[0] ?? 0) / (best[1] ?? 1);
}

describe('deciding', () => {
  test('grows with the rules that watch the blueprint, not with all rules', () => {
    const [few, many, all] = [rulesFor(10, 10), rulesFor(10, 990), rulesFor(100, 0)];
    expect(ratio(decideWith(many), decideWith(few))).toBeLessThan(5);
    expect(ratio(decideWith(all), decideWith(few))).toBeGreaterThan(1.5);
  });

  test('by ten rules costs little more than hashing the change', () => {
    expect(ratio(decideWith(rulesFor(10, 190)), hashAll)).toBeLessThan(40);
  });

  const quiet = CHANGES.map(change => ({...change, after: change.before}));
  const siftWith = (rules: Rules) => () => quiet.forEach(change => void sift(rules, change));

  test('by fifty rules about unchanged properties costs little more than hashing the change', () => {
    expect(ratio(() => decide(FIFTY, quiet), hashAll)).toBeLessThan(12);
  });

  test('that no rule matches take little time, because only one of fifty rules is described', () => {
    expect(ratio(siftWith(FIFTY), hashAll)).toBeLessThan(20);
  });

  test('by fifty expressions costs little more than hashing the change', () => {
    expect(ratio(siftWith(FIFTY_IFS), hashAll)).toBeLessThan(45);
  });
});
