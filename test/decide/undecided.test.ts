/** What was cut from a payload to fit can't be decided on: that is told, never passed over. */
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

describe('a rule is decided', () => {
  test('where what it looks at was kept', () => {
    expect(undecided('property: healthStatus, to: Degraded')).toEqual([]);
  });

  test('where another condition says no, whatever was cut', () => {
    expect(undecided('property: healthStatus, to: Crashed, if: after.properties.locked != true')).toEqual([]);
    expect(undecided('property: cpuUtil, above: 80, on: created')).toEqual([]);
  });

  test('where nothing was cut', () => {
    expect(undecided('property: cpuUtil, above: 80', aChange({}))).toEqual([]);
  });
});
