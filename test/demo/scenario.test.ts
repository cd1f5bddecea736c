import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {parseChange} from '../../src/change/event/parse-change.ts';
import {decide} from '../../src/decide/evaluate.ts';
import {webhookBody} from '../../src/demo/catalog.ts';
import {differencesFrom, SCENARIO} from '../../src/demo/scenario.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';

const AT = '2026-11-20T12:28:18.477Z';
const RULES = parseRules(readFileSync('.github/port-reactor.yml', 'utf8'), '.github/port-reactor.yml');

describe('the scenario', () => {
  test.each(SCENARIO)('has the result of the sample rules: $title', ({change, expected}) => {
    const parsed = parseChange(webhookBody(change, AT, 'r_1'), AT);
    if (parsed.kind !== 'change') throw new Error(parsed.reason);
    expect(parsed.change).toMatchObject({id: 'r_1', runId: 'r_1', source: 'automation', at: AT, entity: change.entity});
    const matched = decide(RULES, [parsed.change]).flatMap(({watching}) => watching.filter(({matched}) => matched));
    expect(matched.map(({rule}) => rule)).toEqual(expected.rules);
  });

  test('starts each change with the result of the previous one', () => {
    const states = new Map<string, unknown>();
    const changes = new Set(SCENARIO.map(({change}) => change)); // one is delivered twice
    for (const change of changes) {
      expect(states.get(change.entity) ?? change.properties).toEqual(change.properties);
      states.set(change.entity, {...change.properties, [change.property]: change.to});
    }
  });
});

describe('differences', () => {
  const expected = {status: 202, rules: ['a', 'b'], reactions: ['notification done'], messages: 1};

  test('are empty if everything is as expected', () => {
    expect(differencesFrom(expected, {...expected})).toEqual([]);
  });

  test('contain the actual and the expected values', () => {
    expect(
      differencesFrom(expected, {status: 502, rules: [], reactions: ['notification failed'], messages: 0}),
    ).toEqual([
      'status: 502 instead of 202',
      'rules: none instead of a, b',
      'reactions: notification failed instead of notification done',
      'messages: 0 instead of 1',
    ]);
  });
});
