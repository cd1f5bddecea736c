import {describe, expect, test} from '@jest/globals';
import {parseRuleTests} from '../../src/rule-tests/parse-rule-tests.ts';
import {type RunResult, runRuleTests} from '../../src/rule-tests/run-rule-tests.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';

const RULES = parseRules(
  `
version: 1
statuses: {healthStatus: [Healthy, Degraded, Crashed]}
routes:
  - {match: {team: payments}, slack: payments}
rules:
  - {name: health-changed, blueprint: app, property: healthStatus, notify: true}
  - {name: crashed, blueprint: app, property: healthStatus, to: Crashed, notify: {mention: <!here>}, remediate: {run: heal.sh}}
  - {name: handed-over, blueprint: app, property: healthStatus, to: Crashed, if: after.properties.big, remediate: {job: grow}}
`,
  'rules.yml',
);

/** The results of one test. Its keys are YAML in one line. */
function run(keys: string): readonly RunResult[] {
  const tests = parseRuleTests(`version: 1\ntests: [{name: one, ${keys}}]`, 'tests.yml', {
    rules: RULES,
    readText: () => '',
  });
  const [result] = runRuleTests(RULES, tests);
  expect(result?.passed).toBe(result?.runs.every(({mismatches}) => mismatches.length === 0));
  return result?.runs ?? [];
}

const kinds = (keys: string) => run(keys).flatMap(({mismatches}) => mismatches.map(({kind}) => kind));
const change = (rest: string) => `change: {blueprint: app, entity: shop, property: healthStatus, ${rest}}`;
const CRASH = change('from: Healthy, to: Crashed');

test.each<[string, string, readonly string[]]>([
  ['all rules, in any order', 'rules: [crashed, health-changed]', []],
  ['one of two rules', 'rules: [crashed]', ['rule']],
  ['no rules', 'rules: []', ['rule', 'rule']],
  ['one message', 'messages: [{slack: default}]', []],
  ['the readable text', 'messages: [{text: "healthStatus: 🟢 Healthy → 🔴 Crashed"}]', []],
  ['the posted text', 'messages: [{text: "`healthStatus`: 🟢 `Healthy`"}]', []],
  ['a mention as in the rules', 'messages: [{text: <!here>}]', []],
  ['a text over two lines', 'messages: [{text: "shop @here healthStatus"}]', []],
  ['one of two texts', 'messages: [{text: [Crashed, Degraded]}]', ['message']],
  ['another destination', 'messages: [{slack: payments}]', ['message', 'unexpected message']],
  ['a message that does not exist', 'messages: [{slack: default}, {text: Crashed}]', ['message']],
  ['no message', 'messages: []', ['unexpected message']],
  ['the remediation', 'remediations: [{run: heal.sh}]', []],
  ['the remediation of the rule for the entity', 'remediations: [{run: heal.sh, rule: crashed, entity: shop}]', []],
  [
    'a remediation of another entity',
    'remediations: [{run: heal.sh, entity: x}]',
    ['remediation', 'unexpected remediation'],
  ],
  ['a remediation that does not start', 'remediations: [{run: heal.sh}, {job: grow}]', ['remediation']],
  ['no remediation', 'remediations: []', ['unexpected remediation']],
])('compares %s', (_name, expectation, expected) => {
  expect(kinds(`${CRASH}, expect: {${expectation}}`)).toEqual(expected);
});

test('`nothing` means that no message is sent and no remediation starts', () => {
  expect(kinds(`${CRASH}, expect: nothing`)).toEqual(['unexpected message', 'unexpected remediation']);
  expect(kinds(`${change('from: Healthy, to: Healthy')}, expect: nothing`)).toEqual([]);
});

test('a mismatch contains the reason of the decision', () => {
  const [result] = run(
    `${change('from: Crashed, to: Degraded')}, expect: {rules: [crashed], remediations: [{job: grow}]}`,
  );
  expect(result?.mismatches).toEqual([
    {kind: 'rule', rule: 'crashed', expected: true, reasons: ['healthStatus went to Degraded, not to Crashed']},
    {kind: 'rule', rule: 'health-changed', expected: false, reasons: ['healthStatus went from Crashed to Degraded']},
    {
      kind: 'remediation',
      expected: {job: 'grow'},
      reasons: ['handed-over: healthStatus went to Degraded, not to Crashed'],
    },
  ]);
});

test('routes set the destination, and hand-overs are remediations', () => {
  const [result] = run(`${change('to: Crashed, team: payments, properties: {big: true}')}, expect: {rules: []}`);
  expect(result?.actual).toMatchObject({
    rules: ['health-changed', 'crashed', 'handed-over'],
    messages: [{slack: 'payments', text: expect.stringContaining('Crashed')}],
    remediations: [
      {run: 'heal.sh', rule: 'crashed', entity: 'shop'},
      {job: 'grow', rule: 'handed-over', entity: 'shop'},
    ],
  });
});

test('expectations apply to each change and to all changes', () => {
  const step = (rest: string) => `{blueprint: app, property: healthStatus, ${rest}}`;
  const runs = run(
    `changes: [${step('to: Crashed, expect: {rules: [health-changed, crashed]}')}, ${step('from: Crashed, to: Healthy')}], expect: {messages: [{text: 2 changes}]}`,
  );
  expect(runs.map(({of, mismatches}) => ({of, mismatches}))).toEqual([
    {of: 'change 1 of 2', mismatches: []},
    {of: 'all 2 changes', mismatches: []},
  ]);
});

test('results are JSON, and the same on every run', () => {
  const first = run(`${CRASH}, expect: nothing`);
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  expect(run(`${CRASH}, expect: nothing`)).toEqual(first);
});

test('mute windows use the time of the test or of the change, and explain a missing message', () => {
  const rules = parseRules(
    `
version: 1
mute: [{name: friday, when: {days: [fri]}, zone: UTC, reason: no deployments, remediate: mute}]
rules: [{name: crashed, blueprint: app, property: healthStatus, to: Crashed, notify: true, remediate: {run: heal.sh}}]
`,
    'rules.yml',
  );
  const results = (at: string) => {
    const test = `{name: one, ${change(`to: Crashed${at.startsWith('at') ? `, ${at}` : ''}`)}${at.startsWith('now') ? `, ${at}` : ''}, expect: {messages: [{slack: default}], remediations: [{run: heal.sh}]}}`;
    const [result] = runRuleTests(
      rules,
      parseRuleTests(`version: 1\ntests: [${test}]`, 'tests.yml', {rules, readText: () => ''}),
    );
    return result?.runs.flatMap(({mismatches}) => mismatches);
  };
  expect(results('')).toEqual([]); // a Wednesday
  for (const friday of ['at: 2026-11-20T12:00:00Z', 'now: 2026-11-20T12:00:00Z']) {
    const reasons = [expect.stringMatching(/^crashed: muted by friday: no deployments, until Sat 00:00 \(UTC\)$/)];
    expect(results(friday)).toMatchObject([
      {kind: 'message', reasons},
      {kind: 'remediation', reasons},
    ]);
  }
});

describe('a test with several runs', () => {
  const rules = parseRules(
    `
version: 1
rules:
  - {name: bad, blueprint: app, property: status, to: [Degraded, Crashed], notify: true, remediate: {run: heal.sh, cooldown: 15m}}
  - {name: slow, blueprint: late, property: status, to: Bad, for: 5m, notify: true}
`,
    'rules.yml',
  );
  const bad = (rest = '') => `{blueprint: app, property: status, from: Healthy, to: Degraded${rest}}`;
  const good = (rest = '') => `{blueprint: app, property: status, from: Degraded, to: Healthy${rest}}`;
  const live = (changes: readonly string[], expect = '') => {
    const text = `version: 1\ntests: [{name: one, changes: [${changes.join(', ')}]${expect && `, expect: ${expect}`}}]`;
    const [result] = runRuleTests(rules, parseRuleTests(text, 'tests.yml', {rules, readText: () => ''}));
    return result?.runs ?? [];
  };
  const problems = (...args: Parameters<typeof live>) => live(...args).flatMap(({mismatches}) => mismatches);

  test('does not fire an open incident again, and ignores a repeated delivery', () => {
    const once = '{told: [firing], messages: [{slack: default}], remediations: [{run: heal.sh}]}';
    expect(problems([bad(), bad(', wait: 1m'), bad(', wait: 1m')], once)).toEqual([]);
    expect(problems([bad(), bad()], once)).toEqual([]);
  });

  test('shows only its own reactions for each step, even if no time passes', () => {
    expect(problems([bad(', expect: {messages: [{text: Degraded}]}'), bad(', after: 1m, expect: nothing')])).toEqual(
      [],
    );
  });

  test('reports the time of each step', () => {
    const runs = live([bad(), good(', wait: 4m, expect: {told: []}')], '{told: [recovered]}');
    expect(runs.map(({of}) => of)).toEqual(['step 2 of 2, at 4 min', 'all 2 steps']);
    expect(runs[1]?.mismatches).toEqual([
      {
        kind: 'told',
        expected: ['recovered'],
        actual: [
          {told: 'firing', rule: 'bad', entity: 'an-entity', at: 'the start'},
          {told: 'recovered', rule: 'bad', entity: 'an-entity', at: '4 min'},
        ],
        reasons: [],
      },
    ]);
  });

  test('reports the end of the cooldown as the reason why a script does not start', () => {
    const steps = [bad(), good(', wait: 1m'), bad(', wait: 1m, expect: {remediations: [{run: heal.sh}]}')];
    expect(problems(steps)).toMatchObject([
      {kind: 'remediation', reasons: [expect.stringMatching(/^at 2 min: bad: .*cooldown.*2026-01-07T12:15:00Z/)]},
    ]);
  });

  test('counts all rules of all steps, in the order of the file', () => {
    const late = '{blueprint: late, property: status, from: Good, to: Bad}';
    expect(live([late, bad(', wait: 1m')], '{rules: [bad, slow], told: [firing]}').at(-1)).toMatchObject({
      actual: {rules: ['bad', 'slow'], incidents: [{rule: 'bad'}, {rule: 'slow', state: 'pending'}]},
      mismatches: [],
    });
  });

  test('fails if it acknowledges an incident that is not open', () => {
    expect(problems([good(), '{ack: bad}'], '{told: []}')).toEqual([{kind: 'acknowledgement', rule: 'bad'}]);
    expect(problems([bad(), '{ack: bad}'], '{told: [firing]}')).toEqual([]);
  });

  test('compares incidents that are not closed by rule, entity and state', () => {
    const expected = '{incidents: [{rule: bad, state: clearing}]}';
    expect(problems([bad()], expected).map(({kind}) => kind)).toEqual(['incident', 'unexpected incident']);
    expect(problems([bad()], '{incidents: [{entity: an-entity, state: open}]}')).toEqual([]);
    expect(problems([bad(), good(', wait: 1m')], '{incidents: []}')).toEqual([]);
  });

  test('also decides all changes in one run if no step sets a time', () => {
    const runs = live([bad(), good(', after: 5m')], '{messages: [{slack: default}], remediations: [{run: heal.sh}]}');
    expect(runs).toMatchObject([{of: 'all 2 changes', mismatches: []}]);
  });
});
