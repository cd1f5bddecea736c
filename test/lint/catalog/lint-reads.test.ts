/** Other cases are in test/lint/corpus.slow.test.ts. */
import {expect, test} from '@jest/globals';
import {toBlueprint} from '../../../src/lint/catalog/blueprint.ts';
import {checkShared} from '../../../src/lint/catalog/lint-reads.ts';

const json = {routes: [{slack: ['a', '{{ after.relations.tema }}'], fallback: 'a'}]};
const service = toBlueprint('service', {relations: {team: {target: 'team'}}});

test('a relation that a route reads exists in one of the watched blueprints', () => {
  const message = 'no blueprint of the rules has the relation "tema". Did you mean "team"?';
  expect(checkShared(json, [service])).toEqual([{path: ['routes', 0, 'slack', 1], part: 'tema', message}]);
  expect(checkShared(json, [service, toBlueprint('x', {relations: {Tema: {}}})])).toEqual([]);
});

test('the relation is not reported if one blueprint does not list its relations', () => {
  expect(checkShared(json, [service, toBlueprint('x', {})])).toEqual([]);
});
