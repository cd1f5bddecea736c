import {expect, test} from '@jest/globals';
import type {Found} from '../../../src/cli/init/setup-plan.ts';
import {warningsOf} from '../../../src/cli/init/setup-warnings.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';

const URL = 'https://relay.example.com/webhooks/port';
const blueprint = {
  schema: {properties: {healthStatus: {}, ttl: {}}},
  mirrorProperties: {teamHealth: {}},
  calculationProperties: {score: {}},
  aggregationProperties: {incidents: {}},
};

function warn(rule: object, found: Found = {object: blueprint}, url = URL): string[] {
  const rules = [{name: 'r', blueprint: 'service', notify: true, ...rule}];
  const parsed = parseRules(JSON.stringify({version: 1, rules}), 'rules.yml');
  return warningsOf(parsed, url, new Map([['service', found]]));
}

test.each([
  ['mirror', 'teamHealth'],
  ['calculation', 'score'],
])('a %s property never fires an automation', (kind, property) => {
  expect(warn({property})).toEqual([
    `${property} of service is a ${kind} property: changes of mirror/calculation properties never fire an automation. Use the property that it is derived from.`,
  ]);
});

test('does not warn about a mirror property that is only read', () => {
  expect(warn({property: 'healthStatus', if: "after.properties.teamHealth == 'bad'"})).toEqual([]);
});

test.each(['healthStatus', 'incidents'])('does not warn about the property %s', property => {
  expect(warn({property})).toEqual([]);
});

test('suggests a name for a property that the blueprint does not have', () => {
  expect(warn({property: 'healthstatus'})).toEqual([
    'Blueprint service has no property "healthstatus". Did you mean "healthStatus"?',
  ]);
});

test.each([
  ['missing', {object: undefined}],
  ['not readable', {error: 'no'}],
  ['without properties', {object: {}}],
])('does not warn about a blueprint that is %s', (_, found) => {
  expect(warn({property: 'healthstatus'}, found)).toEqual([]);
});

test('warns about an expired timer without a name, because it has no automation', () => {
  expect(warn({on: ['timer-expired']})).toEqual([expect.stringMatching(/^Rule r .*has no `property`.*no automation/)]);
});

test('warns about a private relay, because Port does not call it', () => {
  const [warning] = warn({}, {object: blueprint}, 'http://localhost:3000/webhooks/port');
  expect(warning).toMatch(/^localhost is a private address.*private_destination.*smee\.io.*WEBHOOK_PROXY_URL/);
});
