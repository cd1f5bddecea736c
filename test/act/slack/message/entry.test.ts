import {describe, expect, test} from '@jest/globals';
import {entriesOf} from '../../../../src/act/slack/message/entry.ts';
import {linksOf, mentionsOf, ruleNames} from '../../../../src/act/slack/message/entry-references.ts';
import type {Change} from '../../../../src/change/change.ts';
import {aChange} from '../../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../../helpers/values/plans.ts';

const context = {
  statuses: new Map([['healthStatus', ['Healthy', 'Degraded', 'Crashed']]]),
  runUrl: 'https://github.com/acme/ops/actions/runs/42',
  appUrl: 'https://app.port.io',
};

function entries(changes: readonly Change[], rules: readonly string[]) {
  const [notification] = planFor(rulesFile(rules), changes).plan.notifications;
  return entriesOf(notification?.matches ?? [], context);
}

describe('entriesOf', () => {
  test('combines all matches of a change into one entry, in the order of the event', () => {
    const changes = ['a', 'b', 'c'].map(entity => aChange({entity}));
    const found = entries(changes, ['notify: true', 'severity: warning, notify: true']);
    expect(found.map(({change, matches, level}) => [change.entity, matches.length, level])).toEqual([
      ['a', 2, 'warning'],
      ['b', 2, 'warning'],
      ['c', 2, 'warning'],
    ]);
  });

  test('is good news only if all of its properties improved', () => {
    const rules = ['severity: warning, notify: true', 'property: cpuUtil, above: 80, notify: true'];
    const better = aChange({from: 'Crashed', to: 'Healthy'});
    const mixed = aChange({
      before: {properties: {healthStatus: 'Crashed', cpuUtil: 1}, relations: {}},
      after: {properties: {healthStatus: 'Healthy', cpuUtil: 90}, relations: {}},
    });
    expect(entries([better], rules)[0]?.level).toBe('recovered');
    expect(entries([mixed], rules)[0]?.level).toBe('worsened');
  });
});

test('linksOf numbers the runbooks', () => {
  const rules = ['a', 'b'].map(path => `notify: {runbook: 'https://example.com/${path}'}`);
  const [entry] = entries([aChange()], rules);
  expect(entry && linksOf(entry, context).slice(0, 2)).toEqual([
    '<https://example.com/a|📕 Runbook>',
    '<https://example.com/b|📕 Runbook 2>',
  ]);
});

test('mentionsOf names each person once', () => {
  const rules = ["notify: {mention: '<@U1> <@U2>'}", "notify: {mention: '<@U2>'}", 'notify: true'];
  expect(mentionsOf(entries([aChange()], rules), context)).toEqual(['<@U1>', '<@U2>']);
});

test('ruleNames counts the rules after the fifth', () => {
  const rules = Array.from({length: 7}, () => 'notify: true');
  const names = '`rule-1`, `rule-2`, `rule-3`, `rule-4`, `rule-5`';
  expect(ruleNames(entries([aChange()], rules))).toBe(`Rules ${names} and 2 more`);
  expect(ruleNames(entries([aChange()], ['notify: true']))).toBe('Rule `rule-1`');
});
