/** The schemas agree with the loader as far as possible, and explain every key. */
import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {isObject} from '../../src/base/json.ts';
import {keyPaths, rulesSchema, ruleTestsSchema} from '../../src/schemas/file-schemas.ts';
import type {JsonSchema} from '../../src/schemas/json-schema.ts';
import {RULE_TESTS_DOCS} from '../../src/schemas/rule-tests-docs.ts';
import {RULES_DOCS} from '../../src/schemas/rules-docs.ts';
import {accepts} from '../helpers/values/json-schema.ts';

const ROOT = new URL('../../', import.meta.url);
const RULES = rulesSchema();
const RULE_TESTS = ruleTestsSchema();
const SAMPLES = {rules: '.github/port-reactor.yml', tests: '.github/port-reactor.test.yml'};

const read = (path: string) => parse(readFileSync(new URL(path, ROOT), 'utf8'), {merge: true, logLevel: 'error'});
describe.each([
  ['rules', RULES, RULES_DOCS],
  ['rule tests', RULE_TESTS, RULE_TESTS_DOCS],
])('the schema of %s', (_, schema, docs) => {
  test('has a description and an example for exactly its keys', () => {
    expect(Object.keys(docs).toSorted()).toEqual(keyPaths(schema).toSorted());
  });

  test('has descriptions that are sentences', () => {
    for (const {description} of Object.values(docs)) expect(description).toMatch(/^[A-Z0-9].*[.:]$|: .*\.$/s);
  });

  test.each(Object.entries(docs))('accepts its own examples: %s', (path, {examples}) => {
    const own = schemasAt(schema, path.split('.'));
    expect(own.length).toBeGreaterThan(0);
    for (const example of examples) expect(own.some(one => accepts(one, example))).toBe(true);
  });

  test('uses the draft that YAML language servers support', () => {
    expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
    expect(schema['title']).toMatch(/^Port Reactor: /);
  });
});

describe('the schema of rules', () => {
  const fixtures = (folder: string) => readdirSync(new URL(`test/fixtures/rules/${folder}`, ROOT));

  test.each(
    fixtures('good')
      .map(name => `test/fixtures/rules/good/${name}`)
      .concat(SAMPLES.rules),
  )('accepts %s', path => {
    expect(accepts(RULES, read(path))).toBe(true);
  });

  test('refuses most invalid files', () => {
    const readable = fixtures('bad').flatMap(name => {
      try {
        return [{name, value: read(`test/fixtures/rules/bad/${name}`)}];
      } catch {
        return []; // not YAML
      }
    });
    const refused = readable.filter(({value}) => !accepts(RULES, value)).map(({name}) => name);
    // Only the loader can check conditions, and whether names and routes fit each other.
    const beyond = readable
      .map(({name}) => name)
      .filter(name => !/^(if-|route|unreachable|same-|run-missing|mute-|silence-)/.test(name));
    expect(refused.length).toBeGreaterThan(0.85 * beyond.length);
  });

  test.each([
    ['a misspelt key', {severty: 'critical'}],
    ['an unknown word', {severity: 'critcal'}],
    ['a bare duration', {remediate: {run: 'a.sh', timeout: 5}}],
    ['a shell line', {remediate: {run: 'kubectl scale'}}],
    ['attempts that are not whole', {remediate: {run: 'a.sh', attempts: 1.5}}],
    ['an address as a destination', {notify: {slack: 'https://hooks.slack.com/services/T/B/x'}}],
    ['nothing to do', {notify: false}],
    ['a name of spaces', {name: '  '}],
    ['a variable that the action sets', {remediate: {run: 'a.sh', env: {reactor_RULE: 1}}}],
    ['settings of a script beside a job', {remediate: {job: 'a', timeout: '5m'}}],
    ['a value of a timer', {property: 'ttl', on: ['timer-expired'], to: 1}],
    ['an incident without a bad side', {property: 'p', for: '5m'}],
    ['a script and a job', {remediate: {run: 'a.sh', job: 'b'}}],
    ['a transition without a property', {from: 'Healthy'}],
  ])('refuses %s', (_, keys) => {
    const rule = {name: 'r', blueprint: 'b', notify: true};
    expect(accepts(RULES, {version: 1, rules: [rule]})).toBe(true);
    expect(accepts(RULES, {version: 1, rules: [{...rule, ...keys}]})).toBe(false);
  });
});

test.each([
  ['mute', {name: 'n', zone: 'UTC', when: {from: '25:00'}}],
  ['mute', {name: 'n', zone: 'UTC', when: [{days: 'monday'}]}],
  ['mute', {name: 'n', zone: 'BST', when: {days: 'mon'}}],
  ['silences', {match: {}, owner: 'o', reason: 'r', until: '2026-12-01T18:00'}],
  ['routes', {slack: ['a', 'https://hooks.slack.com/services/T/B/x']}],
])('the schema of rules refuses, in %s: %j', (list, item) => {
  expect(accepts(RULES, {version: 1, rules: [{name: 'r', blueprint: 'b', notify: true}], [list]: [item]})).toBe(false);
});

test.each([
  {change: {blueprint: 'b'}},
  {expect: 'nothing'},
  {change: {blueprint: 'b'}, expect: {}},
  {change: {blueprint: 'b'}, expect: {messages: [{}]}},
  {change: {blueprint: 'b'}, expect: {remediations: [{rule: 'r'}]}},
  {change: {blueprint: 'b'}, event: 'e.json', expect: 'nothing'},
  {change: {blueprint: 'b', from: 1}, expect: 'nothing'},
  {change: {property: 'p'}, expect: 'nothing'},
  {change: {blueprint: 'b', at: '2026-12-01T18:00'}, expect: 'nothing'},
  {changes: [{blueprint: 'b'}]},
  {changes: [{event: 'e.json', blueprint: 'b', expect: 'nothing'}]},
])('the schema of rule tests refuses %j', test => {
  expect(accepts(RULE_TESTS, {version: 1, tests: [{name: 't', ...test}]})).toBe(false);
});

test('the schema of rule tests accepts tests, and refuses a misspelt key', () => {
  const tests = read(SAMPLES.tests);
  expect(accepts(RULE_TESTS, tests)).toBe(true);
  expect(accepts(RULE_TESTS, {...tests, tets: []})).toBe(false);
});

/** The schemas of the key at a path. Each alternative can have one. */
function schemasAt(schema: unknown, [key, ...rest]: readonly string[]): JsonSchema[] {
  if (!isObject(schema)) return [];
  if (key === undefined) return [schema];
  const {properties, items, additionalProperties, anyOf} = schema;
  const own = key === '*' ? (items ?? additionalProperties) : isObject(properties) ? properties[key] : undefined;
  const alternatives = Array.isArray(anyOf) ? anyOf : [];
  return [...schemasAt(own, rest), ...alternatives.flatMap(one => schemasAt(one, [key, ...rest]))];
}

describe('completion', () => {
  test('never offers a list or a mapping, which editors show as [object Object]', () => {
    for (const schema of [RULES, RULE_TESTS]) {
      const offered = [...valuesAt(schema, ['examples', 'enum', 'default', 'const'])];
      expect(offered.length).toBeGreaterThan(20);
      expect(offered.filter(value => typeof value === 'object' && value !== null)).toEqual([]);
    }
  });

  test('shows lists and mappings in the descriptions', () => {
    const {properties} = RULES as {properties: Record<string, {description: string}>};
    expect(properties['statuses']?.description).toContain(
      'For example: `{ healthStatus: [ Healthy, Restarting, Degraded, Crashed ] }`',
    );
  });
});

/** The single values under the keywords, anywhere in the schema. */
function* valuesAt(schema: unknown, keywords: readonly string[]): Generator<unknown> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (keywords.includes(key)) yield* [value].flat();
    else yield* valuesAt(value, keywords);
  }
}
