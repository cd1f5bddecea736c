/** The rest: test/lint/corpus.test.ts. */
import {expect, test} from '@jest/globals';
import {checkShared} from '../../../src/lint/catalog/lint-reads.ts';

const json = {routes: [{slack: ['a', '{{ after.relations.tema }}'], fallback: 'a'}]};
const service = {identifier: 'service', relations: {team: {target: 'team'}}};

test('a relation that a route reads is one of some blueprint that is watched', () => {
  const message = 'no blueprint that the rules watch has the relation "tema". Did you mean "team"?';
  expect(checkShared(json, [service])).toEqual([{path: ['routes', 0, 'slack', 1], part: 'tema', message}]);
  expect(checkShared(json, [service, {identifier: 'x', relations: {Tema: {}}}])).toEqual([]);
});

test('of a blueprint that tells of no relations, nothing is known', () => {
  expect(checkShared(json, [service, {identifier: 'x'}])).toEqual([]);
});
