import {expect, test} from '@jest/globals';
import type {Change} from '../../../src/change/change.ts';
import {hintsFor} from '../../../src/cli/explain/hints.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {aChange} from '../../helpers/values/a-change.ts';

const EVENT: Change = {
  ...aChange(),
  blueprint: 'database',
  before: {properties: {cpuUtil: 1, spec: {cpu: 1}}, relations: {cluster: 'a'}},
  after: {properties: {cpuUtil: 2, spec: {cpu: 2}}, relations: {cluster: 'b'}},
};

function hints(keys: string, change = EVENT): string[] {
  const head = 'version: 1\nstatuses: {status: [any, none]}\nrules:\n';
  const {rules, statuses} = parseRules(`${head}  - {name: r, ${keys}, notify: true}\n`, 'rules.yml');
  return rules.flatMap(rule => hintsFor(rule, change, statuses));
}

test.each([
  ['property: properties.cpuUtil', ['Write `property: cpuUtil`', 'the event has `cpuUtil`']],
  ['property: cpuUtl', ['the event has `cpuUtil`']],
  ['property: CPUUTIL', ['the event has `cpuUtil`']],
  ['property: spec.cpu', ['`if: before.properties.spec.cpu != after.properties.spec.cpu`', 'the event has `spec`']],
  ['property: cluster', ['`if: before.relations.cluster != after.relations.cluster`']],
  ['property: title', ['`if: before.title != after.title`.']],
  ["property: cpuUtil, to: '>80'", ['`to`: ">80" is compared literally']],
  ["property: cpuUtil, from: ['1', any]", ['Remove `from`']],
  ['if: after.properties.cpuUtl > 80', ['`if`: the event has `properties.cpuUtil`, but not `properties.cpuUtl`']],
  ["if: after.properties.cluster == 'b'", ['the event has `relations.cluster`, but not']],
  ["if: after.relations.clustr == 'b'", ['the event has `relations.cluster`, but not']],
])('%s: %j', (keys, expected) => {
  expect(hints(`blueprint: database, ${keys}`)).toEqual(expected.map(text => expect.stringContaining(text)));
});

test.each([
  'blueprint: database, property: cpuUtil, to: 80',
  'blueprint: database, property: memory',
  'blueprint: database, if: after.properties.CPUUTIL > 80',
  'blueprint: database, if: after.properties.locked != true',
  'blueprint: database, property: status, to: any',
  'blueprint: cluster, property: properties.cpuUtil',
])('%s: no hint', keys => {
  expect(hints(keys)).toEqual([]);
});

test('a blueprint that is a pattern has a hint for any event', () => {
  expect(hints("blueprint: 'data*'")).toEqual([expect.stringContaining('Write a rule for each')]);
});

test('a cut property has no hint', () => {
  const change = {...EVENT, truncated: ['before.properties.*', 'after.properties.*']};
  expect(hints('blueprint: database, property: cpuUtl', change)).toEqual([]);
  expect(hints('blueprint: database, if: after.properties.cpuUtl > 80', change)).toEqual([]);
});
