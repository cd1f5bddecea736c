import {describe, expect, test} from '@jest/globals';
import {describeSelector, selects} from '../../src/decide/select.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {TruthValue} from '../../src/rules/truth-value.ts';
import {aChange, type ChangeOptions} from '../helpers/values/a-change.ts';

function compiled(match: string, keys = 'property: healthStatus, severity: critical') {
  const rule = `  - {name: degraded, blueprint: deploymentConfig, ${keys}, notify: true}`;
  const rules = parseRules(`version: 1\nroutes: [{match: {${match}}, slack: a}]\nrules:\n${rule}\n`, 'rules.yml');
  const [[first], [route]] = [rules.rules, rules.routes];
  if (first === undefined || route === undefined) throw new Error('no rule');
  return {rule: first, selector: route.match};
}

function isSelected(match: string, options: ChangeOptions = {}, keys?: string): TruthValue {
  const {rule, selector} = compiled(match, keys);
  return selects(selector, rule, aChange(options));
}

const inEnvironment = (property: unknown, relation?: unknown): ChangeOptions => ({
  after: {properties: {environment: property}, relations: {environment: relation}},
});

describe('a match is selected', () => {
  test.each<[string, ChangeOptions, boolean]>([
    ['team: payments', {team: ['payments']}, true],
    ['team: payments', {team: ['search', 'payments']}, true],
    ['team: [billing, payments]', {team: ['payments']}, true],
    ['team: payments', {team: ['Payments']}, false],
    ['team: pay*', {team: ['payments']}, false],
    ['team: payments', {team: []}, false],
    ['blueprint: deploymentConfig', {}, true],
    ['blueprint: service', {}, false],
    ['entity: [a, notification-service-prod]', {}, true],
    ['entity: notification', {}, false],
    ['entity: notification-*', {}, true],
    ['entity: ["*-staging", "{notification,search}-*-prod"]', {}, true],
    ['property: healthStatus', {}, true],
    ['property: cpuUtil', {}, false],
    ['severity: critical', {}, true],
    ['severity: [info, warning]', {}, false],
    ['rule: degraded', {}, true],
    ['environment: production', inEnvironment('production'), true],
    ['environment: [staging, production]', inEnvironment('production', 'staging'), true],
    ['environment: staging', inEnvironment('production', 'staging'), false],
    ['environment: production', inEnvironment(null, 'production'), true],
    ['environment: production', inEnvironment(undefined, ['eu', 'production']), true],
    ['environment: production', inEnvironment(['production', 7]), true],
    ['environment: "7"', inEnvironment(7), false],
    ['environment: production', inEnvironment({name: 'production'}), false],
    ['environment: production', {}, false],
    ['environment: production', {action: 'TIMER_EXPIRED'}, false],
    ['environment: production', {action: 'DELETE', properties: {environment: 'production'}}, true],
    ['team: payments, severity: critical', {team: ['payments']}, true],
    ['team: payments, severity: info', {team: ['payments']}, false],
    ['entity: x*, severity: critical', {}, false],
    ['', {}, true],
  ])('by {%s} of %j: %s', (match, options, expected) => {
    expect(isSelected(match, options)).toBe(expected);
  });

  test('by no property if the rule does not name one', () => {
    expect(isSelected('property: healthStatus', {}, 'severity: info')).toBe(false);
  });
});

test('describeSelector shows what a selector requires', () => {
  const description = describeSelector(
    compiled('entity: [web-*, api], team: payments, severity: [info, warning]').selector,
  );
  expect(description).toBe('team: payments, severity: info or warning, entity: web-* or api');
  expect(describeSelector({})).toBe('');
});
