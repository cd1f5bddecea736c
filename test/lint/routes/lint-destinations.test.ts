import {expect, test} from '@jest/globals';
import {namedDestinations} from '../../../src/lint/routes/lint-destinations.ts';

test('a file names destinations in routes, rules and escalations, as one name or a list', () => {
  const rule = (escalate: unknown) => ({notify: {slack: 'a', escalate}});
  const json = {
    routes: [{slack: 'b', fallback: 'c'}],
    rules: [rule({after: '5m', slack: 'd'}), rule([{slack: ['e', 'f']}, 'x', null])],
  };
  expect(namedDestinations(json).map(({value}) => value)).toEqual(['b', 'c', 'a', 'd', 'a', 'e', 'f']);
  expect(namedDestinations(json)[3]?.path).toEqual(['rules', 0, 'notify', 'escalate', 'slack']);
});
