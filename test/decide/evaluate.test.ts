import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Change} from '../../src/change/change.ts';
import {type Condition, describeDecisions, verdictsOnBlueprint} from '../../src/decide/describe.ts';
import {decide, evaluate} from '../../src/decide/evaluate.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {aChange, type ChangeOptions, changes} from '../helpers/values/changes.ts';

/** Rules about the entity of aChange. `keys` are the keys of one rule. */
function rulesWith(...keys: string[]): Rules {
  const rules = keys.map((text, n) => `  - {name: rule ${n}, blueprint: deploymentConfig, notify: true, ${text}}\n`);
  return parseRules(`version: 1\nrules:\n${rules.join('')}`, 'rules.yml');
}

/** The verdict with its explanation. */
function verdictOf(keys: string, change: Change) {
  const [verdict] = verdictsOf(rulesWith(keys), change);
  if (verdict === undefined) throw new Error('no rule watches the blueprint');
  return verdict;
}

function verdictsOf(rules: Rules, change: Change) {
  const watching = evaluate(rules, change);
  const [described] = describeDecisions(rules, [{change, watching}]);
  const words = described === undefined ? [] : verdictsOnBlueprint(described);
  return watching.flatMap((verdict, index) => words.slice(index, index + 1).map(word => ({...verdict, ...word})));
}

const describeAll = (rules: Rules, changes: readonly Change[]) => describeDecisions(rules, decide(rules, changes));

const condition = (verdict: {conditions: readonly Condition[]}, name: string): Condition | undefined =>
  verdict.conditions.find(({condition}) => condition === name);

describe('a rule without a property', () => {
  test.each<[string, ChangeOptions, boolean, string]>([
    ['severity: info', {}, true, 'the entity was updated'],
    ['severity: info', {action: 'CREATE'}, true, 'the entity was created'],
    ['severity: info', {action: 'DELETE'}, false, 'the rule reacts to created, updated, but the entity was deleted'],
    [
      'severity: info',
      {action: 'TIMER_EXPIRED'},
      false,
      'the rule reacts to created, updated, but the entity was timer-expired',
    ],
    ['on: deleted', {action: 'DELETE'}, true, 'the entity was deleted'],
    ['on: deleted', {}, false, 'the rule reacts to deleted, but the entity was updated'],
    ['on: [created, timer-expired]', {action: 'TIMER_EXPIRED', timer: 'ttl'}, true, 'the timer ttl expired'],
    ['on: [created, timer-expired]', {action: 'TIMER_EXPIRED'}, true, 'a timer of the entity expired'],
    ['severity: info', {from: 'same', to: 'same'}, true, 'the entity was updated'],
  ])('%s, at %j: %s, for %s', (keys, options, matched, reason) => {
    expect(verdictOf(keys, aChange(options))).toMatchObject({matched, reason});
    expect(verdictOf(keys, aChange(options)).transition).toBeUndefined();
  });
});

describe('a rule about a property', () => {
  const keys = 'property: healthStatus';
  test.each<[string, ChangeOptions, boolean, string]>([
    ['its change', {}, true, 'healthStatus went from Healthy to Degraded'],
    ['no change', {to: 'Healthy'}, false, 'healthStatus did not change: it is still Healthy'],
    ['its first value', {from: undefined, to: 'Healthy'}, true, 'healthStatus went from not set to Healthy'],
    ['its last value', {from: 'Healthy', to: undefined}, true, 'healthStatus went from Healthy to not set'],
    ['null', {from: 'Healthy', to: null}, true, 'healthStatus went from Healthy to not set'],
    ['absent to null', {from: undefined, to: null}, false, 'healthStatus did not change: it is still not set'],
    ['null to absent', {from: null, to: undefined}, false, 'healthStatus did not change: it is still not set'],
    ['empty text', {from: 'Healthy', to: ''}, true, 'healthStatus went from Healthy to ""'],
    ['a string that looks like a number', {from: 80, to: '80'}, true, 'healthStatus went from 80 to "80"'],
    ['a string that looks like true', {from: true, to: 'true'}, true, 'healthStatus went from true to "true"'],
    [
      'a string that looks like a missing value',
      {from: null, to: 'not set'},
      true,
      'healthStatus went from not set to "not set"',
    ],
    ['a list', {from: ['a'], to: ['a', 'b']}, true, 'healthStatus went from ["a"] to ["a","b"]'],
    [
      'the same list',
      {from: ['a', {b: 1}], to: ['a', {b: 1}]},
      false,
      'healthStatus did not change: it is still ["a",{"b":1}]',
    ],
    [
      'an object with its keys in another order',
      {from: {a: 1, b: 2}, to: {b: 2, a: 1}},
      false,
      'healthStatus did not change: it is still {"b":2,"a":1}',
    ],
    ['letter case', {from: 'Healthy', to: 'healthy'}, true, 'healthStatus went from Healthy to healthy'],
    [
      'other properties',
      {property: 'cpuUtil', from: 1, to: 2},
      false,
      'healthStatus did not change: it is still not set',
    ],
    ['a new entity', {action: 'CREATE', to: 'Crashed'}, true, 'healthStatus went from not set to Crashed'],
    [
      'a new entity without it',
      {action: 'CREATE', to: undefined},
      false,
      'healthStatus did not change: it is still not set',
    ],
    ['a deletion', {action: 'DELETE'}, false, 'the rule reacts to created, updated, but the entity was deleted'],
    ['text that would control a log', {to: '\n::error::x\u202e'}, true, 'healthStatus went from Healthy to ::error::x'],
    ['a long text', {to: 'x'.repeat(5000)}, true, `healthStatus went from Healthy to ${'x'.repeat(199)}…`],
    [
      'a long number in a string',
      {to: '1'.repeat(5000)},
      true,
      `healthStatus went from Healthy to "${'1'.repeat(198)}…`,
    ],
  ])('at %s', (_, options, matched, reason) => {
    expect(verdictOf(keys, aChange(options))).toMatchObject({matched, reason});
  });

  test('that matches has the transition', () => {
    const transition = {property: 'healthStatus', from: 'Healthy', to: 'Degraded', changed: true, truncated: false};
    expect(verdictOf(keys, aChange()).transition).toEqual(transition);
    expect(verdictOf(`${keys}, to: Crashed`, aChange()).transition).toBeUndefined();
  });

  test('that was cut does not match, with the reason', () => {
    const change = aChange({
      before: {properties: {}, relations: {}},
      after: {properties: {healthStatus: 'Crashed'}, relations: {}},
      truncated: ['before.properties.*'],
    });
    const verdict = verdictOf(keys, change);
    expect(verdict).toMatchObject({
      matched: false,
      reason:
        "healthStatus is not known: it was removed from the payload to stay within GitHub's size limit, or it is a number with more digits than JavaScript can represent",
    });
    expect(condition(verdict, 'property')).toMatchObject({actual: 'not known', held: false});
  });

  test.each(['__proto__', 'constructor', 'toString', 'a b', 'статус', '*'])('can have the name %s', property => {
    const change = aChange({property, from: 'a', to: 'b'});
    expect(verdictOf(`property: "${property}"`, change)).toMatchObject({
      matched: true,
      reason: `${property} went from a to b`,
    });
    expect(verdictOf(`property: "${property}"`, aChange()).matched).toBe(false);
  });
});

describe('from and to', () => {
  const health = (keys: string) => `property: healthStatus, ${keys}`;
  test.each<[string, ChangeOptions, boolean, string]>([
    ['to: Degraded', {}, true, 'healthStatus went from Healthy to Degraded'],
    ['to: [Degraded, Crashed]', {to: 'Crashed'}, true, 'healthStatus went from Healthy to Crashed'],
    [
      'to: [Degraded, Crashed]',
      {to: 'Restarting'},
      false,
      'healthStatus went to Restarting, not to Degraded or Crashed',
    ],
    ['from: Healthy', {from: 'Restarting'}, false, 'healthStatus went from Restarting, not from Healthy'],
    [
      'from: Healthy, to: Degraded',
      {from: 'Restarting', to: 'Crashed'},
      false,
      'healthStatus went from Restarting, not from Healthy',
    ],
    ['from: Healthy, to: Degraded', {to: 'Healthy'}, false, 'healthStatus did not change: it is still Healthy'],
    ['from: null', {from: undefined}, true, 'healthStatus went from not set to Degraded'],
    ['from: null', {from: null}, true, 'healthStatus went from not set to Degraded'],
    ['from: null', {}, false, 'healthStatus went from Healthy, not from not set'],
    ['from: [null, Healthy]', {action: 'CREATE'}, true, 'healthStatus went from not set to Degraded'],
    ['from: Healthy', {action: 'CREATE'}, false, 'healthStatus went from not set, not from Healthy'],
    ['to: null', {to: undefined}, true, 'healthStatus went from Healthy to not set'],
    ['on: deleted, from: Healthy', {action: 'DELETE'}, true, 'healthStatus went from Healthy to not set'],
    [
      'on: deleted, from: Healthy',
      {action: 'DELETE', from: 'Crashed'},
      false,
      'healthStatus went from Crashed, not from Healthy',
    ],
    [
      'to: degraded',
      {},
      false,
      'healthStatus went to Degraded, not to degraded: "Degraded" and "degraded" differ only in letter case',
    ],
    [
      'from: [a, HEALTHY]',
      {},
      false,
      'healthStatus went from Healthy, not from a or HEALTHY: "Healthy" and "HEALTHY" differ only in letter case',
    ],
    [
      'to: 80',
      {to: '80'},
      false,
      'healthStatus went to "80", not to 80: the event has the string "80", but the rule has the number 80. Put quotes around it: "80"',
    ],
    [
      'to: "80"',
      {to: 80},
      false,
      'healthStatus went to 80, not to "80": the event has the number 80, but the rule has the string "80". Remove the quotes',
    ],
    ['to: 80', {to: 80}, true, 'healthStatus went from Healthy to 80'],
    ['to: 0', {to: 0}, true, 'healthStatus went from Healthy to 0'],
    [
      'to: true',
      {to: 'true'},
      false,
      'healthStatus went to "true", not to true: the event has the string "true", but the rule has true. Put quotes around it: "true"',
    ],
    ['to: false', {from: true, to: false}, true, 'healthStatus went from true to false'],
    ['to: ""', {to: ''}, true, 'healthStatus went from Healthy to ""'],
    ['to: a', {to: ['a']}, false, 'healthStatus went to ["a"], not to a'],
  ])('%s, at %j: %s, for %s', (keys, options, matched, reason) => {
    expect(verdictOf(health(keys), aChange(options))).toMatchObject({matched, reason});
  });

  test.each(['Degraded ', 'Degra\u200bded', ' DEGRADED', 'Degraded\u00a0'])(
    'hint at the invisible difference of %j',
    to => {
      const verdict = verdictOf(health('to: Degraded'), aChange({to}));
      expect(condition(verdict, 'to')?.hint).toMatch(
        /^"[^"]+" and "Degraded" differ only in spaces or invisible characters$/,
      );
    },
  );

  test('give no hint for other differences', () => {
    for (const to of ['Degrade', '', null, 5, 'x'.repeat(1e6)]) {
      expect(condition(verdictOf(health('to: [Degraded, 5.5]'), aChange({to})), 'to')).not.toHaveProperty('hint');
    }
  });

  test('hint at letter case also in the record', () => {
    const verdict = verdictOf(health('to: degraded'), aChange());
    expect(condition(verdict, 'to')).toEqual({
      condition: 'to',
      expected: 'degraded',
      actual: 'Degraded',
      held: false,
      hint: '"Degraded" and "degraded" differ only in letter case',
    });
  });
});

describe('edges', () => {
  const cpu = (from: unknown, to: unknown): ChangeOptions => ({property: 'cpuUtil', from, to});
  test.each<[string, ChangeOptions, boolean, string]>([
    ['above: 80', cpu(79, 80), true, 'cpuUtil went from 79 to 80'],
    ['above: 80', cpu(79.9, 95), true, 'cpuUtil went from 79.9 to 95'],
    ['above: 80', cpu(80, 81), false, 'cpuUtil was already at 80 or more: it went from 80 to 81'],
    ['above: 80', cpu(90, 85), false, 'cpuUtil was already at 80 or more: it went from 90 to 85'],
    ['above: 80', cpu(70, 79), false, 'cpuUtil is at 79, not at 80 or more'],
    ['above: 80', cpu(90, 79), false, 'cpuUtil is at 79, not at 80 or more'],
    ['above: 80', cpu(80, 80), false, 'cpuUtil did not change: it is still 80'],
    ['above: 80', cpu(undefined, 85), true, 'cpuUtil went from not set to 85'],
    ['above: 80', cpu(null, 85), true, 'cpuUtil went from not set to 85'],
    ['above: 80', cpu('85', 85), true, 'cpuUtil went from "85" to 85'],
    ['above: 80', cpu('unknown', 85), true, 'cpuUtil went from unknown to 85'],
    ['above: 80', cpu(79, '85'), false, 'cpuUtil is not a number: "85"'],
    ['above: 80', cpu(79, 'NaN'), false, 'cpuUtil is not a number: "NaN"'],
    ['above: 80', cpu(79, [85]), false, 'cpuUtil is not a number: [85]'],
    ['above: 80', cpu(79, true), false, 'cpuUtil is not a number: true'],
    ['above: 80', cpu(79, null), false, 'cpuUtil is not set'],
    ['above: 80', cpu(79, undefined), false, 'cpuUtil is not set'],
    ['above: 0', cpu(-1, 0), true, 'cpuUtil went from -1 to 0'],
    ['above: 0', cpu(null, 0), true, 'cpuUtil went from not set to 0'],
    ['above: 80', {...cpu(0, 85), action: 'CREATE'}, true, 'cpuUtil went from not set to 85'],
    ['above: 80', {...cpu(0, 10), action: 'CREATE'}, false, 'cpuUtil is at 10, not at 80 or more'],
    ['above: 80, clear: 70', cpu(75, 85), true, 'cpuUtil went from 75 to 85'],
    ['below: 10', cpu(11, 10), true, 'cpuUtil went from 11 to 10'],
    ['below: 10', cpu(10, 9), false, 'cpuUtil was already at 10 or less: it went from 10 to 9'],
    ['below: 10', cpu(9, 11), false, 'cpuUtil is at 11, not at 10 or less'],
    ['below: 10', cpu(null, 5), true, 'cpuUtil went from not set to 5'],
    ['below: 10', cpu(20, null), false, 'cpuUtil is not set'],
    ['below: 10', cpu(20, ''), false, 'cpuUtil is not a number: ""'],
    ['below: -1.5', cpu(0, -1.5), true, 'cpuUtil went from 0 to -1.5'],
    ['above: 80, from: 70', cpu(75, 85), false, 'cpuUtil went from 75, not from 70'],
  ])('%s, at %j: %s, for %s', (keys, options, matched, reason) => {
    expect(verdictOf(`property: cpuUtil, ${keys}`, aChange(options))).toMatchObject({matched, reason});
  });
});

describe('timers', () => {
  test.each<[string, ChangeOptions, boolean, string]>([
    ['property: ttl', {timer: 'ttl'}, true, 'the timer ttl expired'],
    ['property: ttl', {timer: 'lease'}, false, 'the timer that expired is lease, not ttl'],
    ['property: ttl', {}, true, 'the timer ttl expired'],
    ['if: "change.timer == \'ttl\'"', {timer: 'TTL'}, true, 'the timer TTL expired'],
  ])('%s, at %j: %s, for %s', (keys, options, matched, reason) => {
    const change = aChange({action: 'TIMER_EXPIRED', ...options});
    expect(verdictOf(`on: timer-expired, ${keys}`, change)).toMatchObject({matched, reason});
  });

  test('never match by a transition, even with snapshots', () => {
    const change = aChange({
      action: 'TIMER_EXPIRED',
      before: {properties: {ttl: 1}, relations: {}},
      after: {properties: {ttl: 2}, relations: {}},
    });
    expect(verdictOf('on: [updated, timer-expired], property: ttl, to: 3', change)).toMatchObject({
      matched: false,
      reason: 'ttl went to 2, not to 3',
    });
  });
});

describe('if', () => {
  test.each<[string, boolean, string]>([
    ['after.properties.locked != true', true, 'healthStatus went from Healthy to Degraded'],
    [
      'after.properties.locked == true',
      false,
      'after.properties.locked == true is false: after.properties.locked is false',
    ],
    ['1 > 2', false, '1 > 2 is false'],
    [
      "before.properties.tier == 'gold' && change.origin",
      false,
      "before.properties.tier == 'gold' && change.origin is false: before.properties.tier is not set, change.origin is UI",
    ],
    ["fromJSON('{')", false, "fromJSON('{') could not be evaluated: Error parsing JSON when evaluating fromJson"],
  ])('%s: %s', (source, matched, reason) => {
    const change = aChange({properties: {locked: false}});
    const verdict = verdictOf(`property: healthStatus, if: "${source}"`, change);
    expect(verdict.matched).toBe(matched);
    expect(verdict.reason.startsWith(reason)).toBe(true);
  });

  test('reads the property of the rule', () => {
    const source = "change.property == 'healthStatus' && change.from == 'Healthy' && change.to == 'Degraded'";
    expect(verdictOf(`property: healthStatus, if: "${source}"`, aChange()).matched).toBe(true);
    expect(verdictOf(`if: "change.property == null"`, aChange()).matched).toBe(true);
  });
});

describe('an if that reads a cut value', () => {
  const snapshot = (properties: Record<string, unknown>) => ({properties, relations: {}});
  const cut = aChange({
    before: snapshot({healthStatus: 'Healthy', tier: 'gold'}),
    after: snapshot({healthStatus: 'Degraded', tier: 'gold', readme: '[cut: 9000 bytes, sha256 0123456789abcdef]'}),
    truncated: ['after.properties.readme', 'after.properties.*'],
  });

  test.each([
    ["after.properties.tier == 'gold'", true, 'healthStatus went from Healthy to Degraded'],
    [
      "after.properties.locked != 'x'",
      false,
      "after.properties.locked is not known: it was removed from the payload to stay within GitHub's size limit, or it is a number with more digits than JavaScript can represent",
    ],
    [
      "!contains(after.properties.ReadMe, 'x')",
      false,
      "after.properties.readme is not known: it was removed from the payload to stay within GitHub's size limit, or it is a number with more digits than JavaScript can represent",
    ],
  ])('%s: %s, for %s', (source, matched, reason) => {
    const verdict = verdictOf(`property: healthStatus, if: "${source}"`, cut);
    expect(verdict).toMatchObject({matched, reason});
    if (!matched) expect(condition(verdict, 'if')).toMatchObject({actual: 'not known', held: false});
  });
});

describe('the explanation', () => {
  test('has every condition with both values, and the first failed one is the reason', () => {
    const change = aChange({action: 'DELETE', from: 'Restarting', properties: {locked: true}});
    const keys = 'property: healthStatus, from: Healthy, to: [Degraded, null], if: before.properties.locked != true';
    expect(verdictOf(keys, change)).toMatchObject({
      matched: false,
      reason: 'the rule reacts to created, updated, but the entity was deleted',
      conditions: [
        {condition: 'blueprint', expected: 'deploymentConfig', actual: 'deploymentConfig', held: true},
        {condition: 'on', expected: ['created', 'updated'], actual: 'deleted', held: false},
        {condition: 'property', expected: 'healthStatus changes', actual: 'Restarting → not set', held: true},
        {condition: 'from', expected: 'Healthy', actual: 'Restarting', held: false},
        {condition: 'to', expected: ['Degraded', null], actual: null, held: true},
        {
          condition: 'if',
          expected: 'before.properties.locked != true',
          actual: {'before.properties.locked': true},
          held: false,
        },
      ],
    });
  });

  test('of a condition with an error has the error', () => {
    const verdict = verdictOf('if: "fromJSON(\'{\')"', aChange());
    expect(condition(verdict, 'if')).toMatchObject({
      actual: expect.stringMatching(/^Error parsing JSON/),
      held: false,
    });
  });

  test('has the values of edges and timers', () => {
    const edge = verdictOf('property: cpuUtil, above: 80', aChange({property: 'cpuUtil', from: 1, to: 'x'}));
    expect(condition(edge, 'above')).toEqual({condition: 'above', expected: 80, actual: 'x', held: false});
    const timer = verdictOf('property: ttl, on: timer-expired', aChange({action: 'TIMER_EXPIRED'}));
    expect(condition(timer, 'property')).toEqual({condition: 'property', expected: 'ttl', actual: null, held: true});
  });

  test('of a rule for another blueprint has only that condition', () => {
    const [decision] = describeAll(rulesWith('property: healthStatus, to: Degraded'), [
      aChange({blueprint: 'DeploymentConfig'}),
    ]);
    expect(decision?.verdicts).toMatchObject([
      {
        matched: false,
        reason:
          'the rule watches blueprint deploymentConfig, but the entity is of DeploymentConfig: "DeploymentConfig" and "deploymentConfig" differ only in letter case',
        conditions: [
          {
            condition: 'blueprint',
            expected: 'deploymentConfig',
            actual: 'DeploymentConfig',
            held: false,
            hint: '"DeploymentConfig" and "deploymentConfig" differ only in letter case',
          },
        ],
      },
    ]);
    const [other] = describeAll(rulesWith('on: created'), [aChange({blueprint: 'service'})]);
    expect(other?.verdicts[0]?.reason).toBe(
      'the rule watches blueprint deploymentConfig, but the entity is of service',
    );
    expect(other?.verdicts[0]?.conditions).toHaveLength(1);
  });
});

const RULES = parseRules(
  `version: 1
rules:
  - {name: a, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: b, blueprint: database, property: cpuUtil, above: 80, notify: true}
  - {name: c, blueprint: deploymentConfig, property: __proto__, from: [null, 1], if: "after.properties['constructor'] || toJSON(before)", notify: true}
  - {name: d, blueprint: service, on: [created, updated, deleted, timer-expired], notify: true}
  - {name: e, blueprint: deploymentConfig, on: [deleted, timer-expired], property: '*', notify: true}
  - {name: f, blueprint: database, property: '', below: 1, to: [0, -1], notify: true}
`.replace("property: ''", 'property: "0"'),
  'rules.yml',
);

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) deepFrozen(item);
  return Object.freeze(value);
}

describe('for every change', () => {
  test('the explanation covers every rule, and only rules for its blueprint match', () => {
    fc.assert(
      fc.property(changes, change => {
        const [decision] = describeAll(RULES, [change]);
        const isWatching = ({rule}: {rule: string}) => RULES.byName.get(rule)?.blueprint === change.blueprint;
        expect(decision?.verdicts.map(({rule}) => rule)).toEqual(RULES.rules.map(({name}) => name));
        expect(decision?.verdicts.filter(isWatching)).toEqual(decision && verdictsOnBlueprint(decision));
        expect(decision?.verdicts.every(verdict => !verdict.matched || isWatching(verdict))).toBe(true);
      }),
    );
  });

  test('a verdict is plain data', () => {
    fc.assert(
      fc.property(changes, change => {
        const verdicts = evaluate(RULES, change);
        expect(JSON.parse(JSON.stringify(verdicts))).toEqual(verdicts);
        expect(structuredClone(verdicts)).toEqual(verdicts);
      }),
    );
  });

  test('the verdict agrees with its conditions, and has one line as its reason', () => {
    fc.assert(
      fc.property(changes, change => {
        for (const {matched, undecided, conditions, reason} of verdictsOf(RULES, change)) {
          expect(matched).toBe(conditions.every(({held}) => held));
          expect(undecided).toBe(!matched && conditions.every(({held, unknown}) => held || unknown));
          expect(reason).toMatch(/^[^\p{Cc}]+$/u);
          expect(JSON.parse(JSON.stringify(conditions))).toHaveLength(conditions.length);
        }
      }),
    );
  });

  test('the change is not modified, and a second decision is the same', () => {
    fc.assert(
      fc.property(changes, change => {
        const before = JSON.stringify(change);
        const first = JSON.stringify(decide(RULES, [deepFrozen(change)]));
        expect(JSON.stringify(change)).toBe(before);
        expect(JSON.stringify(decide(RULES, [JSON.parse(before) as Change]))).toBe(first);
      }),
    );
  });
});

test('several changes are decided separately, in their order', () => {
  const several = [aChange(), aChange({to: 'Healthy'}), aChange({blueprint: 'service'})];
  expect(
    decide(RULES, several).map(({change, watching}) => [change, watching.filter(({matched}) => matched).length]),
  ).toEqual(several.map((change, n) => [change, [1, 0, 1][n]]));
  expect(decide(RULES, [])).toEqual([]);
});
