import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {checkEvent} from '../../src/rule-tests/check-event.ts';

const FIXTURES = new URL('../fixtures/port/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'));
const mistakesIn = (event: unknown) => checkEvent(event).map(({path, message}) => `${path.join('.')}: ${message}`);

describe('an event of Port has no mistyped key', () => {
  test.each(readdirSync(FIXTURES).filter(name => name.endsWith('.json')))('%s', name => {
    expect(mistakesIn(read(name))).toEqual([]);
  });
});

test.each<[object, string, string]>([
  [{diff: {after: {propertes: {}}}}, 'diff.after.propertes', 'properties'],
  [{diff: {before: {relation: {}}}}, 'diff.before.relation', 'relations'],
  [{diff: {beffore: {}}}, 'diff.beffore', 'before'],
  [{context: {entityIdentifer: 'x'}}, 'context.entityIdentifer', 'entityIdentifier'],
  [{event: {dif: {}}}, 'event.dif', 'diff'],
  [{port_payload: {event: {diff: {aftr: {}}}}}, 'port_payload.event.diff.aftr', 'after'],
  [{version: 1, changes: [{befor: {}}]}, 'changes.0.befor', 'before'],
])('a mistyped key is found: %j', (event, at, meant) => {
  const key = at.split('.').at(-1);
  expect(mistakesIn(event)).toEqual([`${at}: "${key}" is not a key of Port's events here. Did you mean "${meant}"?`]);
});

test.each<[string, unknown]>([
  [
    'keys that are not similar to those of Port',
    {audit: 1, extra: {x: 1}, diff: {after: {owner: 'x', scorecards: {}}}},
  ],
  ['names of properties and relations', {diff: {after: {properties: {propertes: 1, titel: 2}, relations: {tean: 3}}}}],
  ['a similar key beside the right one', {diff: {after: {team: 'a', teams: ['a']}}}],
  ['values that are not objects', ['x', null]],
])('%s are allowed', (_, event) => {
  expect(mistakesIn(event)).toEqual([]);
});
