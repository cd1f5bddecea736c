import {expect, test} from '@jest/globals';
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

/** The results of one test, its keys as YAML in one line. */
function run(keys: string): readonly RunResult[] {
  const tests = parseRuleTests(`version: 1\ntests: [{name: one, ${keys}}]`, 'tests.yml', RULES, () => '');
  const [result] = runRuleTests(RULES, tests);
  expect(result?.passed).toBe(result?.runs.every(({mismatches}) => mismatches.length === 0));
  return result?.runs ?? [];
}

const kinds = (keys: string) => run(keys).flatMap(({mismatches}) => mismatches.map(({kind}) => kind));
const change = (rest: string) => `change: {blueprint: app, entity: shop, property: healthStatus, ${rest}}`;
const CRASH = change('from: Healthy, to: Crashed');

test.each<[string, string, readonly string[]]>([
  ['all rules, in any order', 'rules: [crashed, health-changed]', []],
  ['a rule too few', 'rules: [crashed]', ['rule']],
  ['no rules', 'rules: []', ['rule', 'rule']],
  ['one message', 'messages: [{slack: default}]', []],
  ['the text as people read it', 'messages: [{text: "healthStatus: 🟢 Healthy → 🔴 Crashed"}]', []],
  ['the text as it is posted', 'messages: [{text: "`healthStatus`: 🟢 `Healthy`"}]', []],
  ['a mention, as it is written in rules', 'messages: [{text: <!here>}]', []],
  ['a text over two lines', 'messages: [{text: "shop @here healthStatus"}]', []],
  ['one of two texts', 'messages: [{text: [Crashed, Degraded]}]', ['message']],
  ['another destination', 'messages: [{slack: payments}]', ['message', 'unexpected message']],
  ['a message too many', 'messages: [{slack: default}, {text: Crashed}]', ['message']],
  ['no message', 'messages: []', ['unexpected message']],
  ['the remediation', 'remediations: [{run: heal.sh}]', []],
  ['the remediation of the rule for the entity', 'remediations: [{run: heal.sh, rule: crashed, entity: shop}]', []],
  [
    'a remediation of another entity',
    'remediations: [{run: heal.sh, entity: x}]',
    ['remediation', 'unexpected remediation'],
  ],
  ['one remediation too many', 'remediations: [{run: heal.sh}, {job: grow}]', ['remediation']],
  ['no remediation', 'remediations: []', ['unexpected remediation']],
])('expects %s', (_name, expectation, expected) => {
  expect(kinds(`${CRASH}, expect: {${expectation}}`)).toEqual(expected);
});

test('silence is no message and no remediation', () => {
  expect(kinds(`${CRASH}, expect: nothing`)).toEqual(['unexpected message', 'unexpected remediation']);
  expect(kinds(`${change('from: Healthy, to: Healthy')}, expect: nothing`)).toEqual([]);
});

test('what did not match says why, in the words of the decision', () => {
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

test('routes decide on the destination, and hand-overs are remediations', () => {
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

test('several changes are expected of one by one, and all at once', () => {
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

test('mute windows ask for the time of the test, else of the change, and a message that they hold back says so', () => {
  const rules = parseRules(
    `
version: 1
mute: [{name: friday, when: {days: [fri]}, zone: UTC, reason: nobody deploys, remediate: mute}]
rules: [{name: crashed, blueprint: app, property: healthStatus, to: Crashed, notify: true, remediate: {run: heal.sh}}]
`,
    'rules.yml',
  );
  const results = (at: string) => {
    const test = `{name: one, ${change(`to: Crashed${at.startsWith('at') ? `, ${at}` : ''}`)}${at.startsWith('now') ? `, ${at}` : ''}, expect: {messages: [{slack: default}], remediations: [{run: heal.sh}]}}`;
    const [result] = runRuleTests(
      rules,
      parseRuleTests(`version: 1\ntests: [${test}]`, 'tests.yml', rules, () => ''),
    );
    return result?.runs.flatMap(({mismatches}) => mismatches);
  };
  expect(results('')).toEqual([]); // a Wednesday
  for (const friday of ['at: 2026-11-20T12:00:00Z', 'now: 2026-11-20T12:00:00Z']) {
    const reasons = [expect.stringMatching(/^crashed: muted by friday: nobody deploys, until Sat 00:00 \(UTC\)$/)];
    expect(results(friday)).toMatchObject([
      {kind: 'message', reasons},
      {kind: 'remediation', reasons},
    ]);
  }
});
