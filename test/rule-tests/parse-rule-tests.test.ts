import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {ConfigError} from '../../src/base/errors.ts';
import {parseRuleTests} from '../../src/rule-tests/parse-rule-tests.ts';
import type {Step} from '../../src/rule-tests/rule-tests.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {portBody} from '../helpers/values/fixtures.ts';
import {runs} from '../helpers/values/runs.ts';

const RULES = parseRules(
  `
version: 1
rules:
  - {name: health-changed, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: scale, blueprint: deploymentConfig, property: healthStatus, remediate: {run: scale-up.sh}}
  - {name: hand-over, blueprint: database, property: cpuUtil, above: 80, remediate: {job: close}}
`,
  'rules.yml',
);

const FILES: Record<string, string> = {
  'event.json': JSON.stringify(portBody('automation-update')),
  'dispatch.json': JSON.stringify({event_type: 'x', client_payload: portBody('automation-update')}),
  'broken.json': '{broken',
};

function readText(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw new Error(`there is no file ${path}`);
  return text;
}

const parse = (text: string) => parseRuleTests(text, 'tests.yml', {rules: RULES, readText});
const head = 'version: 1\ntests:\n';
/** One test, with one key per line. */
const one = (...lines: string[]) => `${head}  - name: one\n${lines.map(line => `    ${line}\n`).join('')}`;
const CHANGE = 'change: {blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Degraded}';

function mistakesIn(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({line, column, message}) => `${line}:${column}: ${message}`);
  }
}

test('the short form is the change that Port would report', () => {
  const [parsed] = parse(
    one(
      'change:',
      '  blueprint: deploymentConfig',
      '  entity: checkout-prod',
      '  title: Checkout',
      '  team: payments',
      '  property: healthStatus',
      '  from: Healthy',
      '  to: Degraded',
      '  properties: {locked: false}',
      '  relations: {service: checkout}',
      '  at: 2026-11-20T12:28:18Z',
      '  by: jane@example.com',
      '  origin: API',
      'expect: nothing',
    ),
  );
  expect(parsed).toMatchObject({name: 'one', line: 3, column: 11, expect: {messages: [], remediations: []}});
  expect(parsed?.steps).toEqual([
    {
      kind: 'changes',
      nowMs: Date.parse('2026-11-20T12:28:18Z'),
      changes: [
        {
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          source: 'automation',
          action: 'UPDATE',
          blueprint: 'deploymentConfig',
          entity: 'checkout-prod',
          title: 'Checkout',
          team: ['payments'],
          at: '2026-11-20T12:28:18Z',
          by: {email: 'jane@example.com'},
          origin: 'API',
          before: {properties: {locked: false, healthStatus: 'Healthy'}, relations: {service: 'checkout'}},
          after: {properties: {locked: false, healthStatus: 'Degraded'}, relations: {service: 'checkout'}},
        },
      ],
    },
  ]);
});

const changesOf = (step: Step) => (step.kind === 'changes' ? step.changes : []);

test.each([
  ['created', 'to: 1', {action: 'CREATE', before: null, after: {properties: {cpuUtil: 1}}}],
  ['deleted', 'from: 1', {action: 'DELETE', before: {properties: {cpuUtil: 1}}, after: null}],
  ['timer-expired', 'title: x', {action: 'TIMER_EXPIRED', before: null, after: null, timer: 'cpuUtil'}],
  ['updated', 'to: null', {action: 'UPDATE', before: {properties: {}}, after: {properties: {}}}],
])('an entity that was %s', (action, rest, expected) => {
  const [parsed] = parse(
    one(`change: {blueprint: database, property: cpuUtil, action: ${action}, ${rest}}`, 'expect: nothing'),
  );
  expect(parsed?.steps).toMatchObject([{changes: [expected]}]);
});

test('events are read from files and inline, in every shape that the action accepts', () => {
  const inline = JSON.stringify(portBody('changelog-update'));
  const [parsed] = parse(
    one(
      'changes:',
      '  - event: event.json',
      '  - event: dispatch.json',
      `  - event: ${inline}`,
      `  - event: ${JSON.stringify(portBody('run-event'))}`,
      'expect: nothing',
    ),
  );
  expect(parsed?.steps.map(step => changesOf(step).map(({source}) => source))).toEqual([
    ['automation'],
    ['automation'],
    ['changelog'],
    [],
  ]);
});

test('times count from the previous change', () => {
  const [parsed] = parse(
    one(
      'changes:',
      '  - {blueprint: database, at: 2026-11-20T12:00:00Z}',
      '  - {blueprint: database, after: 5m}',
      '  - {event: event.json, after: 1h}',
      '  - {blueprint: database, expect: {rules: []}}',
    ),
  );
  expect(parsed?.steps.map(step => changesOf(step)[0]?.at)).toEqual([
    '2026-11-20T12:00:00Z',
    '2026-11-20T12:05:00.000Z',
    '2026-11-20T13:05:00.000Z',
    '2026-11-20T13:05:00.000Z',
  ]);
  expect(parsed?.steps.map(step => step.expect)).toEqual([undefined, undefined, undefined, {rules: []}]);
});

test('the clock of the runs moves forward with `wait`, `after` and `at`, and never back', () => {
  const [parsed] = parse(
    one(
      'now: 2026-11-20T12:00:00Z',
      'changes:',
      '  - {blueprint: database}',
      '  - {wait: 4m}',
      '  - {blueprint: database, wait: 1m}',
      '  - {blueprint: database, at: 2026-11-20T12:03:00Z}',
      '  - {ack: scale, wait: 5m}',
      '  - {blueprint: database, after: 1h}',
      'expect: nothing',
    ),
  );
  const minutes = (ms: number) => (ms - Date.parse('2026-11-20T12:00:00Z')) / 60_000;
  expect(parsed?.steps.map(({kind, nowMs}) => [kind, minutes(nowMs)])).toEqual([
    ['changes', 0],
    ['clock', 4],
    ['changes', 5],
    ['changes', 5], // it arrives late
    ['ack', 10],
    ['changes', 70],
  ]);
  expect(parsed?.steps.flatMap(changesOf).map(({at}) => minutes(Date.parse(at)))).toEqual([0, 5, 3, 70]);
});

test.each<[string, boolean]>([
  ['[{blueprint: database}, {blueprint: database, after: 5m}]', false],
  ['[{blueprint: database}, {blueprint: database, wait: 5m}]', true],
  ['[{blueprint: database}, {ack: scale}]', true],
  ['[{blueprint: database, expect: {told: []}}]', true],
])('%s has several runs: %s', (changes, expected) => {
  expect(parse(one(`changes: ${changes}`, 'expect: nothing'))).toMatchObject([{needsSeveralRuns: expected}]);
});

test('without rules, their names are not checked', () => {
  const text = one(CHANGE, 'expect: {rules: [whatever]}');
  expect(parseRuleTests(text, 'tests.yml', {rules: undefined, readText})).toHaveLength(1);
});

describe('mistakes in rule tests', () => {
  test.each<[string, string, readonly string[]]>([
    ['an empty file', '', ['1:1: the file is empty. It needs `version: 1` and `tests:`.']],
    [
      'no version',
      'tests: [{}]',
      [
        '1:1: version: is missing',
        '1:9: tests[0].name: is missing',
        '1:9: tests[0]: has nothing to test. Add `change:`, `changes:` or `event:`.',
        '1:9: tests[0]: has no expectation. Add `expect:` (`expect: nothing` means no reactions).',
      ],
    ],
    ['an empty list of tests', 'version: 1\ntests: []', ['2:8: tests: must contain at least one test']],
    [
      'an unknown key',
      one(CHANGE, 'expects: nothing'),
      ['5:5: tests[0]: "expects" is not a key here. Did you mean "expect"?'],
    ],
    [
      'an unknown key of a change',
      one('change: {blueprint: x, propety: y}', 'expect: nothing'),
      ['4:28: tests[0].change: "propety" is not a key here. Did you mean "property"?'],
    ],
    [
      'an unknown key of an expectation',
      one(CHANGE, 'expect: {rule: []}'),
      ['5:14: tests[0].expect: "rule" is not a key here. Did you mean "rules"?'],
    ],
    [
      'an unknown key of a message',
      one(CHANGE, 'expect: {messages: [{txt: a}]}'),
      ['5:26: tests[0].expect.messages[0]: "txt" is not a key here. Did you mean "text"?'],
    ],
    [
      'a misspelt word',
      one(CHANGE, 'expect: nothin'),
      ['5:13: tests[0].expect: must be `nothing`, or a mapping with rules, messages, remediations, told, incidents'],
    ],
    [
      'no expectation',
      one(CHANGE),
      ['3:5: tests[0]: has no expectation. Add `expect:` (`expect: nothing` means no reactions).'],
    ],
    [
      'an empty expectation',
      one(CHANGE, 'expect: {}'),
      ['5:13: tests[0].expect: is empty. Add rules, messages, remediations or told, or write `expect: nothing`.'],
    ],
    [
      'an empty message',
      one(CHANGE, 'expect: {messages: [{}]}'),
      ['5:25: tests[0].expect.messages[0]: is empty. Add its destination (`slack`), its `text`, or both.'],
    ],
    [
      'two subjects',
      one(CHANGE, 'event: event.json', 'expect: nothing'),
      ['5:5: tests[0].event: cannot be combined: a test has only one of `change`, `event` and `changes`'],
    ],
    ['no blueprint', one('change: {entity: x}', 'expect: nothing'), ['4:13: tests[0].change: needs `blueprint`']],
    [
      'a value without its property',
      one('change: {blueprint: x, to: 1}', 'expect: nothing'),
      ['4:28: tests[0].change.to: needs `property`'],
    ],
    [
      'a creation with `from`',
      one('change: {blueprint: x, property: y, action: created, from: 1}', 'expect: nothing'),
      ['4:58: tests[0].change.from: is not possible: no property is set before a creation'],
    ],
    [
      'a property twice',
      one('change: {blueprint: x, property: y, to: 1, properties: {y: 2}}', 'expect: nothing'),
      ['4:61: tests[0].change.properties.y: is the changed property. Use `from` and `to` for its values'],
    ],
    [
      'an unknown rule',
      one(CHANGE, 'expect: {rules: [health-changd]}'),
      ['5:22: tests[0].expect.rules[0]: there is no rule "health-changd". Did you mean "health-changed"?'],
    ],
    [
      'a rule twice',
      one(CHANGE, 'expect: {rules: [scale, scale]}'),
      ['5:29: tests[0].expect.rules[1]: "scale" appears twice'],
    ],
    [
      'a script that no rule runs',
      one(CHANGE, 'expect: {remediations: [{run: scale-upp.sh}]}'),
      [
        '5:35: tests[0].expect.remediations[0].run: no rule runs the script "scale-upp.sh". Did you mean "scale-up.sh"?',
      ],
    ],
    [
      'a remediation without `run` or `job`',
      one(CHANGE, 'expect: {remediations: [{rule: scale}]}'),
      ['5:29: tests[0].expect.remediations[0]: needs `run: <file of the repository>` or `job: <name>`'],
    ],
    [
      'numbers that JSON cannot hold',
      one(
        'change: {blueprint: deploymentConfig, property: a, from: .nan, to: 1e400, properties: {b: -.inf}}',
        'expect: nothing',
      ),
      [
        '4:62: tests[0].change.from: must be a JSON value, but is .nan, which is not a finite number',
        '4:72: tests[0].change.to: must be a JSON value, but is 1e400, which is not a finite number',
        '4:95: tests[0].change.properties.b: must be a JSON value, but is -.inf, which is not a finite number',
      ],
    ],
    [
      'numbers that are rounded, in an inline event',
      one(
        'event: {context: {blueprint: x, entity: y}, action: CREATE, diff: {after: {properties: {a: 9007199254740993}}}}',
        'expect: nothing',
      ),
      [
        '4:96: tests[0].event.diff.after.properties.a: is 9007199254740993, which YAML reads as the number 9007199254740992. Write a number that keeps its value: at most 15 digits, or put quotes around it if it is a string.',
      ],
    ],
    [
      'a mistyped key in an inline event',
      one(
        'event: {action: UPDATE, context: {blueprintIdentifer: x, entityIdentifier: y}, diff: {beffore: {}, after: {propertes: {a: 1}, teams: [b], note: 1}}}',
        'expect: nothing',
      ),
      [
        ['4:39', 'blueprintIdentifer', 'blueprintIdentifier'],
        ['4:91', 'beffore', 'before'],
        ['4:112', 'propertes', 'properties'],
        ['4:131', 'teams', 'team'],
      ].map(
        ([at, key, meant]) =>
          `${at}: tests[0].event: "${key}" is not a key of Port's events here. Did you mean "${meant}"?`,
      ),
    ],
    [
      'a time without a zone',
      one('change: {blueprint: x, at: 2026-11-20T12:00:00}', 'expect: nothing'),
      ['4:32: tests[0].change.at: must be a time with a time zone, for example 2026-11-20T12:28:18Z'],
    ],
    [
      'a wrong duration',
      one('changes: [{blueprint: x}, {blueprint: x, after: 5}]', 'expect: nothing'),
      ['4:53: tests[0].changes[1].after: must be a number and a unit, for example 20s, 5m or 1h, but is the number 5'],
    ],
    [
      'a first change with `after`',
      one('changes: [{blueprint: x, after: 5m}]', 'expect: nothing'),
      ['4:30: tests[0].changes[0].after: needs an earlier change, from which the time is counted'],
    ],
    [
      'an event with keys of the short form',
      one('changes: [{event: event.json, to: 1}]', 'expect: nothing'),
      ['4:35: tests[0].changes[0].to: applies to the short form. An `event` contains it'],
    ],
    [
      'two times',
      one('changes: [{blueprint: x}, {blueprint: x, after: 5m, wait: 5m}]', 'expect: nothing'),
      ['4:57: tests[0].changes[1].wait: sets the time, like `after`. Remove one of them'],
    ],
    [
      'an acknowledgement with a change',
      one('changes: [{ack: scale, to: 1}]', 'expect: nothing'),
      ['4:28: tests[0].changes[0].to: applies to a change. `ack` is a separate step'],
    ],
    [
      'an acknowledgement of an unknown rule',
      one('changes: [{ack: scal}]', 'expect: nothing'),
      ['4:21: tests[0].changes[0].ack: there is no rule "scal". Did you mean "scale"?'],
    ],
    [
      'an unknown topic',
      one(CHANGE, 'expect: {told: [fireing]}'),
      ['5:21: tests[0].expect.told[0]: "fireing" is not a valid value. Did you mean "firing"?'],
    ],
    [
      'a closed incident',
      one(CHANGE, 'expect: {incidents: [{rule: scale, state: closed}]}'),
      ['5:47: tests[0].expect.incidents[0].state: "closed" is not a valid value. Use one of pending, open, clearing.'],
    ],
    [
      'an incident of an unknown rule',
      one(CHANGE, 'expect: {incidents: [{rule: scal, state: open}, {}]}'),
      [
        '5:33: tests[0].expect.incidents[0].rule: there is no rule "scal". Did you mean "scale"?',
        '5:53: tests[0].expect.incidents[1]: is empty. Add its `rule`, its `state`, or both.',
      ],
    ],
    [
      'a missing file',
      one('event: nowhere.json', 'expect: nothing'),
      ['4:12: tests[0].event: there is no file nowhere.json'],
    ],
    [
      'a file that is not JSON',
      one('event: broken.json', 'expect: nothing'),
      [expect.stringMatching(/^4:12: tests\[0\]\.event: broken\.json is not JSON: /) as unknown as string],
    ],
    [
      'an event with a missing part',
      one('event: {action: UPDATE, context: {blueprint: x, entity: y}, trigger: {at: soon}}', 'expect: nothing'),
      ['4:79: tests[0].event: trigger.at: must be an ISO 8601 time'],
    ],
    [
      'a duplicate name',
      `${one(CHANGE, 'expect: nothing')}  - {name: one, event: event.json, expect: nothing}`,
      ['6:12: tests[1].name: "one" is also the name of tests[0]'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(mistakesIn(text)).toEqual(expected);
  });

  test('are all reported together', () => {
    const text = `${one('change: {blueprint: x, to: 1}', 'expect: nothin')}  - {name: two, event: nowhere.json, expect: {}}\n  - {name: 5}`;
    expect(mistakesIn(text)).toHaveLength(7);
    expect(() => parse(text)).toThrow('The rule tests tests.yml have 7 mistakes:');
  });
});

test('any JSON is parsed, or refused with its mistakes', () => {
  const keys = fc.constantFrom(
    'name',
    'change',
    'changes',
    'event',
    'expect',
    'rules',
    'messages',
    'remediations',
    'blueprint',
    'property',
    'from',
    'to',
    'after',
    'at',
    'action',
    'properties',
    '__proto__',
    'x',
  );
  const {value} = fc.letrec(tie => ({
    value: fc.oneof(
      {depthSize: 'small'},
      fc.constantFrom(null, 1, 'nothing', 'created', 'x', true),
      fc.array(tie('value'), {maxLength: 3}),
      fc.dictionary(keys, tie('value'), {maxKeys: 5, noNullPrototype: true}),
    ),
  }));
  fc.assert(
    fc.property(fc.array(value, {maxLength: 3}), tests => {
      const text = JSON.stringify({version: 1, tests});
      try {
        expect(parse(text)).toHaveLength(tests.length);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    {numRuns: runs(1000)},
  );
});
