import {expect, test} from '@jest/globals';
import {readBlueprintFiles} from '../../../src/lint/catalog/read-blueprints.ts';

const read = (text: string) => readBlueprintFiles([{file: 'b.json', text}]);
const service = {identifier: 'service', schema: {properties: {health: {type: 'string'}}}};
const database = {...service, identifier: 'database'};

test.each([
  ['one', service, ['service']],
  ['a list', [service, database], ['service', 'database']],
  ['an answer of Port', {ok: true, blueprint: service}, ['service']],
  ['an answer of Port with all blueprints', {ok: true, blueprints: [service, database]}, ['service', 'database']],
])('blueprints are read from %s', (_, json, names) => {
  const {blueprints, problems} = read(JSON.stringify(json));
  expect([...blueprints.known.keys()]).toEqual(names);
  expect(blueprints.names).toEqual(names);
  expect(problems).toEqual([]);
});

test.each([
  ['nothing', '', 1, /is not JSON/],
  ['a text', '"service"', 1, /is not a blueprint\. Export it with GET/],
  ['null', 'null', 1, /is not a blueprint/],
  ['an object without a name', '{}', 1, /has no `identifier`/],
  ['no properties', '{"identifier": "a",\n "schema": {}}', 2, /has no `properties`/],
  [
    'one of several',
    '[{"identifier": "a", "schema": {"properties": {}}},\n {"identifier": "b"}]',
    2,
    /has no `schema`/,
  ],
])('an invalid blueprint is reported: %s', (_, text, line, words) => {
  expect(read(text).problems).toEqual([
    {file: 'b.json', line, column: expect.any(Number), message: expect.stringMatching(words)},
  ]);
});

test('several files are read as one collection', () => {
  const files = [service, database].map((one, index) => ({file: `${index}.json`, text: JSON.stringify(one)}));
  expect(readBlueprintFiles(files).blueprints.names).toEqual(['service', 'database']);
});
