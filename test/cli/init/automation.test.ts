import {describe, expect, test} from '@jest/globals';
import {automationsFor, MARKER, rulesWithoutTimer} from '../../../src/cli/init/automation.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import type {Rules} from '../../../src/rules/rules.ts';

const URL = 'https://relay.example.com/webhooks/port';

function rulesOf(...rules: readonly object[]): Rules {
  const named = rules.map((rule, index) => ({name: `rule-${index}`, blueprint: 'service', notify: true, ...rule}));
  return parseRules(JSON.stringify({version: 1, rules: named}), 'rules.yml');
}

function automations(...rules: readonly object[]) {
  return automationsFor(rulesOf(...rules), URL);
}

describe('an automation', () => {
  test('posts the event with its run to the relay, and leaves the run open', () => {
    const [automation] = automations({blueprint: 'deploymentConfig', property: 'healthStatus'});
    expect(automation).toEqual({
      identifier: 'port_reactor_deploymentConfig',
      title: 'Port Reactor: deploymentConfig',
      description: expect.stringContaining(MARKER),
      trigger: {
        type: 'automation',
        event: {type: 'ANY_ENTITY_CHANGE', blueprintIdentifier: 'deploymentConfig'},
        condition: {
          type: 'JQ',
          combinator: 'or',
          expressions: [
            '.diff.before.properties.healthStatus != .diff.after.properties.healthStatus and .action != "DELETE"',
          ],
        },
      },
      invocationMethod: {
        type: 'WEBHOOK',
        url: URL,
        agent: false,
        synchronized: false,
        method: 'POST',
        headers: {RUN_ID: '{{ .run.id }}'},
        body: {'{{ spreadValue() }}': '{{ .event }}', runId: '{{ .run.id }}'},
      },
      publish: true,
    });
  });

  test('has runId after the keys of the event, because a later key overrides', () => {
    const [automation] = automations({});
    expect(Object.keys(automation?.invocationMethod.body ?? {})).toEqual(['{{ spreadValue() }}', 'runId']);
  });

  test.each([
    ['created', 'ENTITY_CREATED'],
    ['updated', 'ENTITY_UPDATED'],
    ['deleted', 'ENTITY_DELETED'],
    [['created', 'deleted'], 'ANY_ENTITY_CHANGE'],
    [['updated', 'timer-expired'], 'ENTITY_UPDATED'],
    [undefined, 'ANY_ENTITY_CHANGE'],
  ])('for on: %j is triggered by %s', (on, type) => {
    const [automation] = automations({property: 'ttl', ...(on && {on})});
    expect(automation?.trigger.event).toEqual({type, blueprintIdentifier: 'service'});
  });

  test('exists once for each blueprint, in the order of the rules', () => {
    const made = automations({blueprint: 'b', property: 'p'}, {blueprint: 'a'}, {blueprint: 'b', property: 'q'});
    expect(made.map(({identifier}) => identifier)).toEqual(['port_reactor_b', 'port_reactor_a']);
    expect(made[0]?.trigger.condition?.expressions).toHaveLength(2);
  });

  test('exists once for each timer, without a condition', () => {
    const on = 'timer-expired';
    const made = automations({on, property: 'ttl'}, {on, property: 'ttl'}, {on, property: 'lease'});
    expect(made.map(({identifier}) => identifier)).toEqual(['port_reactor_service:ttl', 'port_reactor_service:lease']);
    expect(made[0]?.trigger).toEqual({
      type: 'automation',
      event: {type: 'TIMER_PROPERTY_EXPIRED', blueprintIdentifier: 'service', propertyIdentifier: 'ttl'},
    });
  });

  test('does not exist for a timer that no rule names', () => {
    const rules = rulesOf({on: 'timer-expired'}, {on: 'timer-expired', property: 'ttl'});
    expect(automationsFor(rules, URL)).toHaveLength(1);
    expect(rulesWithoutTimer(rules).map(({name}) => name)).toEqual(['rule-0']);
  });
});

describe('its identifier', () => {
  const identifierOf = (blueprint: string, rule: object = {}) => automations({blueprint, ...rule})[0]?.identifier ?? '';

  test.each(['a/b', 'a\\b', 'a:b', 'a b', 'x'.repeat(100), '𠀀'.repeat(60)])(
    'is valid in Port and stable for the blueprint %s',
    name => {
      const identifier = identifierOf(name);
      expect(identifier).toMatch(/^port_reactor_[\p{L}0-9@_.+:=-]+_[0-9a-f]{8}$/u);
      expect(identifier.length).toBeLessThanOrEqual(100);
      expect(identifierOf(name)).toBe(identifier);
    },
  );

  test('differs for names that are equal after cleaning', () => {
    const timer = {on: 'timer-expired', property: 'c'};
    const all = ['a/b', 'a\\b', 'a_b', 'a:c'].map(name => identifierOf(name));
    all.push(identifierOf('a', timer), identifierOf('a:c', timer), `${identifierOf('x'.repeat(99))}`);
    expect(new Set(all).size).toBe(all.length);
  });

  test('is the name itself if Port accepts it, in any script', () => {
    expect(identifierOf('dienst_größe.v2')).toBe('port_reactor_dienst_größe.v2');
  });
});

test('a title is within the limit of Port for any name of a blueprint', () => {
  const rules = parseRules(
    JSON.stringify({version: 1, rules: [{name: 'r', blueprint: 'b'.repeat(100), property: 'p', notify: true}]}),
    'rules.yml',
  );
  const [automation] = automationsFor(rules, 'https://relay.example.com/webhooks/port');
  expect(automation?.title).toBe(`Port Reactor: ${'b'.repeat(85)}…`);
});
