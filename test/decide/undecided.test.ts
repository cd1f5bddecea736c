/** A rule that needs a cut value cannot be decided. This is reported, never ignored. */
import {describe, expect, test} from '@jest/globals';
import type {Change, Values} from '../../src/change/change.ts';
import {parseKeepingNumbers, restoreNumbers} from '../../src/change/event/inexact-numbers.ts';
import {describeDecisions, undecidedIn} from '../../src/decide/describe.ts';
import {decide} from '../../src/decide/evaluate.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/changes.ts';

const rulesOf = (conditions: string) =>
  parseRules(
    `version: 1\nrules:\n  - { name: r, blueprint: deploymentConfig, notify: true, ${conditions} }\n`,
    'rules.yml',
  );

const cut = {truncated: ['before.properties.*', 'after.properties.*']};
const undecided = (
  conditions: string,
  change = aChange({from: 'Healthy', to: 'Degraded', property: 'healthStatus', ...cut}),
) => {
  const rules = rulesOf(conditions);
  return undecidedIn(describeDecisions(rules, decide(rules, [change]))).map(({verdict}) => verdict.reason);
};

describe('a rule is undecided', () => {
  test('if it does not match, but its incident can have ended', () => {
    expect(undecided('property: cpuUtil, above: 80, on: created')).toEqual([
      expect.stringMatching(/^it is unknown whether the incident is over/),
    ]);
  });

  test('if the property that it watches was cut', () => {
    expect(undecided('property: cpuUtil, above: 80')).toEqual([
      expect.stringContaining('cpuUtil is not known: it was removed from the payload'),
    ]);
  });

  test('if its condition reads a cut value', () => {
    expect(undecided('property: healthStatus, if: after.properties.locked != true')).toEqual([
      expect.stringContaining('locked is not known: it was removed from the payload'),
    ]);
  });
});

describe('a number that JavaScript cannot represent', () => {
  const huge = '9007199254740993';
  const reported = (from: string, to: string) => {
    const {value} = parseKeepingNumbers(`{"before":{"n":${from}},"after":{"n":${to}}}`);
    const {before, after} = value as {before: Values; after: Values};
    return restoreNumbers(
      aChange({before: {properties: before, relations: {}}, after: {properties: after, relations: {}}}),
    );
  };
  const stateOf = (conditions: string, change: Change) => {
    const [verdict] = decide(rulesOf(conditions), [change])[0]?.watching ?? [];
    return verdict?.undecided ? 'undecided' : `${verdict?.matched}${verdict?.ends === undefined ? '' : verdict.ends}`;
  };

  test.each([
    ['above: 80', '50', huge, 'undecided'],
    ['above: 80', '50', '1e400', 'undecided'],
    ['above: 80', '90', huge, 'falseundecided'],
    ['above: 80', huge, '90', 'undecided'],
    ['above: 80', huge, '50', 'falseundecided'],
    ['below: 60', huge, '50', 'undecided'],
    ['below: 60', '-1e400', '50', 'undecided'],
    ['below: 60', '50', huge, 'falseundecided'],
    [`if: after.properties.n != 9007199254740992`, '1', huge, 'undecided'],
    ['to: 5', '1', huge, 'undecided'],
  ])('makes %s for %s → %s %s', (conditions, from, to, expected) => {
    expect(stateOf(`property: n, ${conditions}`, reported(from, to))).toBe(expected);
  });

  test.each([
    [huge, `"${huge}"`, 'true'],
    [`"${huge}"`, huge, 'true'],
    [huge, '9007199254740992', 'true'],
    [huge, huge, 'false'],
  ])('differs from a string or number with the same digits: %s → %s', (from, to, expected) => {
    expect(stateOf('property: n', reported(from, to))).toBe(expected);
  });
});

describe('a rule is undecided if it can read a cut value', () => {
  const change = (truncated: string[]) =>
    aChange({
      truncated,
      before: {properties: {healthStatus: 'Healthy', notes: 'x'}, relations: {}},
      after: {
        properties: {healthStatus: 'Degraded', notes: '[cut: 9000 bytes, sha256 0123456789abcdef]'},
        relations: {},
      },
    });
  test.each([
    ["contains(after.relations.services, 'svc')", 'after.relations.services'],
    ["contains(after.relations.services, 'svc')", 'after.relations.*'],
    ["!contains(toJSON(after.properties), 'do-not-touch')", 'after.properties.notes'],
    ["!contains(join(after.properties.*), 'do-not-touch')", 'after.properties.notes'],
    ["after.properties[format('{0}s', 'note')] != 'x'", 'after.properties.notes'],
    ["!contains(toJSON(change), 'x')", 'after.properties.notes'],
    ["contains(change.team, 'payments')", 'team'],
    ["!startsWith(after.team[0], 'x')", 'team'],
    ["change.title != 'x'", 'title'],
    ['before.title != after.title', 'before.title'],
    ["!contains(change.by.email, 'x')", 'by'],
  ])('if: %s, without %s', (condition, mark) => {
    expect(undecided(`if: "${condition}"`, change([mark]))).toHaveLength(1);
    expect(undecided(`if: "${condition}"`, change(['before.properties.other', 'timer'])).length).toBe(
      condition.includes('change)') ? 1 : 0,
    );
  });

  test('if the cut value can be the value of the rule', () => {
    const [long, other] = ['x'.repeat(8998), 'y'.repeat(500)];
    const given = change(['before.properties.notes', 'after.properties.notes']);
    expect(undecided(`property: notes, to: [${long}, a]`, given)).toEqual([
      "notes is not known: it was removed from the payload to stay within GitHub's size limit, or it is a number with more digits than JavaScript can represent",
    ]);
    expect(undecided(`property: notes, to: [${other}, a]`, given)).toEqual([]);
  });

  test('but not if the rest of the condition decides', () => {
    const given = change(['after.properties.notes', 'team']);
    const is = "contains(toJSON(after), 'x')";
    expect(undecided(`if: "${is} && after.properties.healthStatus == 'Crashed'"`, given)).toEqual([]);
    expect(undecided(`if: "!(${is} || after.properties.healthStatus == 'Degraded')"`, given)).toEqual([]);
    expect(undecided(`if: "${is} && after.properties.healthStatus == 'Degraded'"`, given)).toHaveLength(1);
    // A part that may fail would stop the evaluation of the rest.
    expect(undecided(`if: "fromJSON(after.properties.notes) && 1 == 2"`, given)).toHaveLength(1);
  });
});

test.each(['fromJSON(after.properties.missing) == 1', "fromJSON('{')", "format('{0} {1}', 1)", "case('x', 1, 2)"])(
  'a rule is undecided if its condition fails: %s',
  condition => {
    expect(undecided(`if: "${condition}"`, aChange())).toEqual([expect.stringContaining('could not be evaluated')]);
  },
);

describe('a rule is decided', () => {
  test('if its property was kept', () => {
    expect(undecided('property: healthStatus, to: Degraded')).toEqual([]);
  });

  test('if another condition is false', () => {
    expect(undecided('property: healthStatus, to: Crashed, if: after.properties.locked != true')).toEqual([]);
    expect(undecided('property: cpuUtil, on: created')).toEqual([]);
  });

  test('if nothing was cut', () => {
    expect(undecided('property: cpuUtil, above: 80', aChange({}))).toEqual([]);
  });
});
