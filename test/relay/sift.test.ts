import {describe, expect, test} from '@jest/globals';
import {sift} from '../../relay/sift.ts';
import {loadRules, parseRules} from '../../src/rules/parse-rules.ts';
import {aChange, type ChangeOptions} from '../helpers/values/a-change.ts';

const rulesOf = (rules: string) => parseRules(`version: 1\nrules:\n${rules}`, 'rules.yml');

const rules = rulesOf(`
  - {name: any-health, blueprint: deploymentConfig, property: healthStatus, on: updated, notify: true}
  - {name: crashed, blueprint: deploymentConfig, property: healthStatus, from: Degraded, to: Crashed, notify: true}
  - {name: cpu, blueprint: database, property: cpuUtil, above: 80, notify: true}
  - {name: gone, blueprint: database, on: deleted, notify: true}
`);

describe('sift', () => {
  test('passes a change that a rule matches, with the transition of the first such rule', () => {
    const sifted = sift(rules, aChange({from: 'Degraded', to: 'Crashed'}));
    expect(sifted).toMatchObject({
      isRelevant: true,
      transition: {property: 'healthStatus', from: 'Degraded', to: 'Crashed'},
    });
  });

  test('passes a change without a transition if the rule has no property', () => {
    expect(sift(rules, aChange({blueprint: 'database', action: 'DELETE'}))).toEqual({
      isRelevant: true,
      transition: undefined,
    });
  });

  test('passes a change if a rule cannot be decided', () => {
    const cut = aChange({blueprint: 'database', to: 'Healthy', truncated: ['after.properties.*']});
    expect(sift(rules, cut)).toEqual({isRelevant: true, transition: undefined});
  });

  test('passes a change that a rule with mistakes can match, and applies the valid rules to others', () => {
    const halfKnown = (broken: string) =>
      loadRules(
        `version: 1\nrules:\n  - ${broken}\n  - {name: cpu, blueprint: database, above: 80, property: cpuUtil, notify: true}`,
        'rules.yml',
      ).value;
    const ofDatabase = halfKnown('{name: a, blueprint: database, propety: x, notify: true}');
    const ofAny = halfKnown('{name: a, bluprint: database, notify: true}');
    const isRelevant = (blueprint: string, rules = ofDatabase) =>
      sift(rules, aChange({blueprint, from: 1, to: 2})).isRelevant;
    expect([isRelevant('database'), isRelevant('service'), isRelevant('service', ofAny)]).toEqual([true, false, true]);
  });

  test.each([
    ['a recovery', aChange({from: 'Crashed', to: 'Healthy', action: 'CREATE'}), 'Healthy'],
    [
      'a value that gets back below its threshold',
      aChange({blueprint: 'database', property: 'cpuUtil', from: 90, to: 60}),
      60,
    ],
    ['a deletion', aChange({action: 'DELETE', from: 'Healthy'}), null],
  ])('passes %s although no rule matches it', (_, change, to) => {
    expect(sift(rules, change)).toMatchObject({isRelevant: true, transition: {to}});
  });

  test('passes every change if the rules are not known', () => {
    expect(sift(undefined, aChange({blueprint: 'unheard-of', to: 'Healthy'}))).toEqual({
      isRelevant: true,
      transition: undefined,
    });
  });

  test('ignores a change if no rule watches its blueprint, with a one-line reason', () => {
    expect(sift(rules, aChange({blueprint: 'ser\nvice'}))).toEqual({
      isRelevant: false,
      reason: 'no rule watches blueprint ser vice',
    });
  });

  test('gives the reason of the rule that was nearest to a match', () => {
    const change = aChange({blueprint: 'database', property: 'cpuUtil', from: 70, to: 79});
    expect(sift(rules, change)).toEqual({
      isRelevant: false,
      reason: 'cpu: cpuUtil is at 79, not at 80 or more; and 1 more',
    });
  });

  test('gives the reason of one of many rules, in at most 300 characters', () => {
    const many = rulesOf(
      Array.from(
        {length: 40},
        (_, i) => `  - {name: rule-${i}-${'x'.repeat(30)}, blueprint: service, property: p${i}, notify: true}`,
      ).join('\n'),
    );
    const sifted = sift(many, aChange({blueprint: 'service', from: 'Healthy', to: 'Healthy'}));
    expect(sifted).toMatchObject({
      isRelevant: false,
      reason: expect.stringMatching(/^rule-0-x+: p0 did not change: it is still not set; and 39 more$/),
    });
    const long = rulesOf(
      `  - {name: ${'x'.repeat(90)}, blueprint: service, property: ${'p'.repeat(400)}, notify: true}`,
    );
    const {reason = ''} = sift(long, aChange({blueprint: 'service'})) as {reason?: string};
    expect(reason).toHaveLength(300);
  });
});

describe('the entity that shows an incident in Port', () => {
  const shown = parseRules(
    `version: 1
incidents: {blueprint: portReactorIncident}
rules:
  - {name: health, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: true}`,
    'rules.yml',
  );
  const ofIncident = (options: ChangeOptions) =>
    sift(shown, aChange({blueprint: 'portReactorIncident', ...options}), 'client').isRelevant;

  test.each<[string, ChangeOptions, boolean]>([
    ['a person acknowledges', {property: 'acknowledged', from: false, to: true}, true],
    ['a person silences', {property: 'silencedUntil', from: null, to: '2026-12-01T18:00:00Z'}, true],
    ['its timer expires', {action: 'TIMER_EXPIRED', timer: 'due', by: {byPort: true}}, true],
    ['a timer without a name expires', {action: 'TIMER_EXPIRED'}, true],
    ['another timer expires', {action: 'TIMER_EXPIRED', timer: 'ttl'}, false],
    ['we acknowledge', {property: 'acknowledged', from: false, to: true, by: {userId: 'client@clients'}}, false],
    [
      'an automation of Port acknowledges',
      {property: 'acknowledged', from: false, to: true, by: {byPort: true}},
      false,
    ],
    ['another property changes', {property: 'state', from: 'open', to: 'closed'}, false],
    ['it is created', {action: 'CREATE', property: 'acknowledged', to: false}, false],
    ['another blueprint has such a property', {blueprint: 'x', property: 'acknowledged', from: false, to: true}, false],
  ])('%s', (_, options, isRelevant) => {
    expect(ofIncident(options)).toBe(isRelevant);
  });
});
