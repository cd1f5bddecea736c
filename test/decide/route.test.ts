import {describe, expect, test} from '@jest/globals';
import {DEFAULT_DESTINATION, destinationOf} from '../../src/decide/route.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange, type ChangeOptions} from '../helpers/a-change.ts';

function destination(routes: string, keys = 'property: healthStatus', options: ChangeOptions = {}): string {
  const rule = `  - {name: degraded, blueprint: deploymentConfig, ${keys}}`;
  const rules = parseRules(`version: 1\nroutes: [${routes}]\nrules:\n${rule}\n`, 'rules.yml');
  const [first] = rules.rules;
  if (first === undefined) throw new Error('no rule');
  return destinationOf(rules.routes, first, aChange(options));
}

describe('a route takes', () => {
  test.each<[string, ChangeOptions, boolean]>([
    ['team: payments', {team: ['payments']}, true],
    ['team: payments', {team: ['search', 'payments']}, true],
    ['team: [billing, payments]', {team: ['payments']}, true],
    ['team: payments', {team: ['Payments']}, false],
    ['team: payments', {team: []}, false],
    ['blueprint: deploymentConfig', {}, true],
    ['blueprint: service', {}, false],
    ['entity: [a, notification-service-prod]', {}, true],
    ['entity: notification', {}, false],
    ['property: healthStatus', {}, true],
    ['property: cpuUtil', {}, false],
    ['severity: critical', {}, true],
    ['severity: [info, warning]', {}, false],
    ['rule: degraded', {}, true],
    ['team: payments, severity: critical', {team: ['payments']}, true],
    ['team: payments, severity: info', {team: ['payments']}, false],
    ['', {}, true],
  ])('{%s} of %j: %s', (match, options, taken) => {
    const keys = 'property: healthStatus, severity: critical, notify: true';
    expect(destination(`{match: {${match}}, slack: taken}`, keys, options)).toBe(taken ? 'taken' : DEFAULT_DESTINATION);
  });

  test('no property where the rule names none', () => {
    expect(destination('{match: {property: healthStatus}, slack: taken}', 'notify: true')).toBe('default');
  });
});

test('the first route that takes decides', () => {
  const routes = '{match: {team: search}, slack: one}, {match: {team: payments}, slack: two}, {slack: three}';
  expect(destination(routes, 'notify: true', {team: ['payments', 'search']})).toBe('one');
  expect(destination(routes, 'notify: true', {team: ['payments']})).toBe('two');
  expect(destination(routes, 'notify: true')).toBe('three');
});

test("the rule's own destination wins over every route", () => {
  expect(destination('{slack: routed}', 'notify: {slack: own}')).toBe('own');
});

test('without routes it is the default', () => {
  expect(destination('', 'notify: true')).toBe('default');
});
