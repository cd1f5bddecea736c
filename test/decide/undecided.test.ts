/** What was cut from a payload to fit cannot be decided: that is reported, never passed over. */
import {describe, expect, test} from '@jest/globals';
import {describeDecisions, undecidedIn} from '../../src/decide/describe.ts';
import {decide} from '../../src/decide/evaluate.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/changes.ts';

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
  test('where it does not match, but its incident may be over', () => {
    expect(undecided('property: cpuUtil, above: 80, on: created')).toEqual([
      expect.stringMatching(/^whether the incident is over is not known/),
    ]);
  });

  test('where the property that it watches was cut', () => {
    expect(undecided('property: cpuUtil, above: 80')).toEqual([
      expect.stringContaining('cpuUtil was cut from the payload'),
    ]);
  });

  test('where its condition reads what was cut', () => {
    expect(undecided('property: healthStatus, if: after.properties.locked != true')).toEqual([
      expect.stringContaining('locked was cut from the payload'),
    ]);
  });
});

describe('a rule is undecided by what it may read', () => {
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

  test('a value that may be the one that was cut', () => {
    const [long, other] = ['x'.repeat(8998), 'y'.repeat(500)];
    const given = change(['before.properties.notes', 'after.properties.notes']);
    expect(undecided(`property: notes, to: [${long}, a]`, given)).toEqual([
      "notes was cut from the payload to keep GitHub's size limit: what it was is not known",
    ]);
    expect(undecided(`property: notes, to: [${other}, a]`, given)).toEqual([]);
  });

  test('not if the rest of the condition decides', () => {
    const given = change(['after.properties.notes', 'team']);
    const is = "contains(toJSON(after), 'x')";
    expect(undecided(`if: "${is} && after.properties.healthStatus == 'Crashed'"`, given)).toEqual([]);
    expect(undecided(`if: "!(${is} || after.properties.healthStatus == 'Degraded')"`, given)).toEqual([]);
    expect(undecided(`if: "${is} && after.properties.healthStatus == 'Degraded'"`, given)).toHaveLength(1);
    // What may fail would keep the rest from being asked.
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
  test('where what it looks at was kept', () => {
    expect(undecided('property: healthStatus, to: Degraded')).toEqual([]);
  });

  test('where another condition says no, whatever was cut', () => {
    expect(undecided('property: healthStatus, to: Crashed, if: after.properties.locked != true')).toEqual([]);
    expect(undecided('property: cpuUtil, on: created')).toEqual([]);
  });

  test('where nothing was cut', () => {
    expect(undecided('property: cpuUtil, above: 80', aChange({}))).toEqual([]);
  });
});
