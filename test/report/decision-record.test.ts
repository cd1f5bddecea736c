import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Outcome} from '../../src/act/outcome.ts';
import {reactionOf, renderRecord} from '../../src/report/decision-record.ts';
import {DecisionRecord} from '../../src/report/decision-record-schema.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/changes.ts';
import {EAGER_RULES, hostileChanges} from '../helpers/values/hostile.ts';
import {aMatch, planFor, rulesFile} from '../helpers/values/plans.ts';
import {runs} from '../helpers/values/runs.ts';

const RUN_URL = 'https://github.com/acme/ops/actions/runs/42';
const notified: Outcome = {
  match: aMatch(aChange({id: 'r_1'}), 'notify: true, remediate: {run: fix.sh, cooldown: 5m}'),
  kind: 'notification',
  status: 'done',
  detail: 'posted to default',
  destination: 'default',
  durationMs: 12,
  message: 'the message',
};

describe('reactionOf', () => {
  test('omits the message and the output of a script', () => {
    expect(reactionOf(notified)).toEqual({
      change: 'r_1',
      rule: 'rule-1',
      kind: 'notification',
      status: 'done',
      detail: 'posted to default',
      destination: 'default',
      route: 'default',
      durationMs: 12,
    });
  });

  test('notes a key of the rule that has no effect', () => {
    const {notes} = reactionOf({...notified, kind: 'remediation', run: 'fix.sh', exitCode: 0, output: 'x'});
    expect(notes).toEqual([expect.stringMatching(/^`cooldown` has no effect/)]);
  });
});

describe('renderRecord', () => {
  test('contains the times and the severity of a message, unlike the output `reactions`', () => {
    const {decisions, plan} = planFor(rulesFile(['severity: critical, notify: true']), [aChange()]);
    const times = {
      runCreated: '2026-11-20T12:28:20Z',
      started: '2026-11-20T12:28:38Z',
      answered: '2026-11-20T12:28:40Z',
      totalMs: 21_523,
    };
    const outcomes = plan.notifications.flatMap(({matches}) =>
      matches.map((match): Outcome => ({...notified, match, times})),
    );
    const [line] = renderRecord({decisions, outcomes}, RUN_URL).split('\n');
    expect(DecisionRecord.parse(JSON.parse(line ?? '')).reactions).toMatchObject([{severity: 'critical', times}]);
    expect(outcomes.map(reactionOf)[0]).not.toHaveProperty('times');
  });

  test('has one line per change with its reactions and every rule, matched or not', () => {
    const file = rulesFile([
      'to: Degraded, notify: true',
      'to: Crashed, notify: true',
      'blueprint: database, notify: true',
    ]);
    const {decisions, plan} = planFor(file, [aChange({id: 'r_1'}), aChange({id: 'r_2', blueprint: 'other'})]);
    const outcomes = plan.notifications.flatMap(({matches}) => matches.map((match): Outcome => ({...notified, match})));
    const lines = renderRecord({decisions, outcomes}, RUN_URL).split('\n');
    expect(lines).toHaveLength(3);
    const [first, second] = lines.slice(0, 2).map(line => DecisionRecord.parse(JSON.parse(line)));
    expect(first?.change).toEqual(decisions[0]?.change);
    expect(first?.run).toBe(RUN_URL);
    expect(first?.rules).toMatchObject([
      {rule: 'rule-1', matched: true, reason: 'healthStatus went from Healthy to Degraded'},
      {rule: 'rule-2', matched: false, reason: 'healthStatus went to Degraded, not to Crashed'},
      {
        rule: 'rule-3',
        matched: false,
        reason: 'the rule watches blueprint database, but the entity is of deploymentConfig',
      },
    ]);
    expect(first?.rules[1]?.conditions.at(-1)).toMatchObject({
      condition: 'to',
      expected: 'Crashed',
      actual: 'Degraded',
      held: false,
    });
    expect(first?.reactions).toMatchObject([{change: 'r_1', rule: 'rule-1', status: 'done'}]);
    expect(second?.rules.map(({matched}) => matched)).toEqual([false, false, false]);
    expect(second?.reactions).toEqual([]);
  });

  test('is empty without changes', () => {
    expect(renderRecord({decisions: [], outcomes: []}, RUN_URL)).toBe('');
  });

  test('follows the published schema for any catalog text, and the change can be read back', () => {
    const rules = parseRules(EAGER_RULES, 'rules.yml');
    fc.assert(
      fc.property(fc.array(hostileChanges(), {maxLength: 3}), changes => {
        const {decisions, plan} = planFor(rules, changes);
        const outcomes = plan.notifications.flatMap(({matches}) =>
          matches.map((match): Outcome => ({...notified, match})),
        );
        const lines = renderRecord({decisions, outcomes}, RUN_URL).split('\n').slice(0, -1);
        expect(lines).toHaveLength(changes.length);
        for (const [index, line] of lines.entries()) {
          const {error} = DecisionRecord.safeParse(JSON.parse(line));
          expect(error).toBeUndefined();
          expect(JSON.parse(line).change).toEqual(changes[index]);
          expect(JSON.parse(line).rules).toHaveLength(rules.rules.length);
        }
      }),
      {numRuns: runs(150)},
    );
  });
});
